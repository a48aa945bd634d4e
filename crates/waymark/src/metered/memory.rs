//! What memory is asked, and what it has to say.

use async_trait::async_trait;
use domain::id::{ProjectId, RunId};
use domain::memory::{Question, Remembered, RememberedPlan, SiteMemory};
use domain::plan::{ActionName, TargetForm};
use domain::ports::{Memory, MemoryError};
use domain::recall::Recall;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use telemetry::{Asker, metrics};

/// How many recalls are remembered as counted: a recall is recorded again within its own step.
const LATEST: usize = 256;

/// A memory whose recalls by runs are counted.
pub(crate) struct MeteredMemory<M> {
    inner: Arc<M>,
    counted: Mutex<BTreeSet<domain::id::RecallId>>,
}

impl<M> MeteredMemory<M> {
    pub(crate) fn new(inner: Arc<M>) -> Self {
        Self { inner, counted: Mutex::default() }
    }

    /// Whether this recall was not counted before: it is recorded again once more is known of it.
    fn is_new(&self, recall: &Recall) -> bool {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.len() > LATEST {
            // Ids grow with time.
            counted.pop_first();
        }
        counted.insert(recall.id)
    }
}

#[async_trait]
impl<M: Memory> Memory for MeteredMemory<M> {
    async fn site(
        &self,
        project: ProjectId,
        site: &str,
        targets: &[(ActionName, TargetForm)],
    ) -> Result<SiteMemory, MemoryError> {
        self.inner.site(project, site, targets).await
    }

    async fn recall(
        &self,
        project: ProjectId,
        question: &Question,
    ) -> Result<Vec<Remembered>, MemoryError> {
        self.inner.recall(project, question).await
    }

    async fn record(&self, recall: &Recall) -> Result<(), MemoryError> {
        if self.is_new(recall) {
            let tiers = recall.answer.judged.offered.iter().map(|advice| advice.tier.as_str());
            let took = Duration::from_millis(recall.took_ms.into());
            metrics().recalled(Asker::Agent, tiers, took);
        }
        self.inner.record(recall).await
    }

    async fn plans(
        &self,
        project: ProjectId,
        site: &str,
        goal: &str,
        embedding: Option<&[f32]>,
    ) -> Result<Vec<RememberedPlan>, MemoryError> {
        self.inner.plans(project, site, goal, embedding).await
    }

    async fn replays(&self, run: RunId, of: RunId) -> Result<(), MemoryError> {
        self.inner.replays(run, of).await
    }
}
