//! Memory: what is distilled from traces, and the questions it answers.
//!
//! ```text
//! run, step ──facts──▶ domain::memory::distil ──write──▶ situation, remedy, working_locator, goal
//!                                                                     │
//!                      agent ◀── judge ◀── Remembered ◀── recall ─────┘
//! ```
//!
//! Learning takes turns within a site, so its writes never wait for each other in a circle and
//! counters need no care. Embeddings are made before, outside of any transaction; what could not be
//! embedded is found by its key and its words, and embedded later.

mod check;
mod facts;
mod far;
mod forget;
mod fuse;
mod keep;
mod learn;
mod list;
mod memories;
mod near;
mod plans;
mod recall;
mod reindex;
mod reports;
mod rows;
mod site;
mod size;
mod trouble;
mod unembedded;
mod write;

pub(crate) use forget::{forget_forgotten, forget_some};
pub(crate) use keep::{Taught, keep, taught};
pub(crate) use learn::take_turns;
pub(crate) use reports::{Report, apply, proofs};

pub use learn::Lag;
pub use memories::{Memories, MemoryCursor, MemoryFilter, MemoryPage, MemoryRequest};
pub use size::MemorySize;
pub use trouble::Trouble;
pub(crate) use trouble::Troubles;

use crate::error::StoreError;
use crate::store::Store;
use async_trait::async_trait;
use domain::id::{ProjectId, RunId};
use domain::memory::{Question, Remembered, RememberedPlan, SiteMemory};
use domain::plan::{ActionName, TargetForm};
use domain::ports::{Distillery, Embedder, Memory, MemoryError};
use domain::recall::Recall;
use pgvector::HalfVector;
use std::sync::Arc;
use trouble::Counted;

/// What is remembered, and how it is made.
#[derive(Clone)]
pub struct MemoryStore {
    store: Store,
    embedder: Arc<dyn Embedder>,
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryStore")
    }
}

impl MemoryStore {
    /// The memory of a store, with vectors of this embedder's model.
    #[must_use]
    pub fn new(store: Store, embedder: Arc<dyn Embedder>) -> Self {
        let embedder = Arc::new(Counted { inner: embedder, store: store.clone() });
        Self { store, embedder }
    }

    /// Its embedder, for whoever asks it questions: what fails is counted.
    #[must_use]
    pub fn embedder(&self) -> Arc<dyn Embedder> {
        self.embedder.clone()
    }

    fn note_unreadable(&self, what: &dyn std::fmt::Display) {
        self.store.note_unreadable(what);
    }

    fn model(&self) -> &str {
        &self.embedder.model().name
    }

    /// The vectors of texts, or none of them. Having none is never a reason to fail.
    async fn embed(&self, texts: &[String]) -> Option<Vec<HalfVector>> {
        if texts.is_empty() {
            return Some(Vec::new());
        }
        if self.embedder.model().dimensions == 0 {
            // There is no embedder at all, which was said when the process started.
            return None;
        }
        match self.embedder.embed(texts).await {
            Ok(vectors) if vectors.len() == texts.len() => {
                Some(vectors.iter().map(|vector| HalfVector::from_f32_slice(vector)).collect())
            }
            Ok(vectors) => {
                tracing::warn!("{} texts have {} embeddings", texts.len(), vectors.len());
                None
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "{error}");
                None
            }
        }
    }
}

#[async_trait]
impl Memory for MemoryStore {
    async fn site(
        &self,
        project: ProjectId,
        site: &str,
        targets: &[(ActionName, TargetForm)],
    ) -> Result<SiteMemory, MemoryError> {
        Ok(self.site_memory(project, site, targets).await?)
    }

    async fn recall(
        &self,
        project: ProjectId,
        question: &Question,
    ) -> Result<Vec<Remembered>, MemoryError> {
        Ok(self.recall_all(project, question).await?)
    }

    async fn record(&self, recall: &Recall) -> Result<(), MemoryError> {
        Ok(self.store.recalls().insert(recall).await?)
    }

    async fn plans(
        &self,
        project: ProjectId,
        site: &str,
        goal: &str,
        embedding: Option<&[f32]>,
    ) -> Result<Vec<RememberedPlan>, MemoryError> {
        Ok(self.list_plans(project, site, goal, embedding).await?)
    }

    async fn replays(&self, run: RunId, of: RunId) -> Result<(), MemoryError> {
        Ok(self.note_replay(run, of).await?)
    }
}

#[async_trait]
impl Distillery for MemoryStore {
    async fn learn(&self, run: RunId) -> Result<(), MemoryError> {
        self.learn_run(run).await?;
        Ok(())
    }

    async fn catch_up(&self) -> Result<usize, MemoryError> {
        let learnt = self.learn_batch().await?;
        self.embed_batch().await?;
        Ok(learnt)
    }
}

impl From<StoreError> for MemoryError {
    fn from(error: StoreError) -> Self {
        Self(Box::new(error))
    }
}
