//! Asking memory: patient for a moment, and never a reason to fail. What memory cannot say is
//! logged and written into the recall; the run goes on without.

use domain::clock::Clock;
use domain::id::RunId;
use domain::memory::{Judged, Question, RememberedPlan, SiteMemory, Situation, goal_key, judge};
use domain::plan::{ActionName, PlanStep, TargetForm};
use domain::ports::{Embedder, Lease, Memory};
use domain::recall::Recall;
use std::sync::Arc;
use std::time::Duration;
use telemetry::spans;
use tokio::time::{Instant, timeout};
use tracing::{Instrument as _, warn};

/// How long memory and the embedding may take, each.
const PATIENCE: Duration = Duration::from_secs(3);

/// Asks memory on behalf of runs.
#[derive(Clone)]
pub(crate) struct Recaller {
    memory: Arc<dyn Memory>,
    embedder: Arc<dyn Embedder>,
    clock: Arc<dyn Clock>,
}

/// What memory said about a failure.
#[derive(Debug, Default)]
pub(crate) struct Answered {
    pub(crate) judged: Judged,
    /// What kept it from answering in full.
    pub(crate) trouble: Option<String>,
    /// How long asking and judging took.
    pub(crate) took: Duration,
}

impl Recaller {
    pub(crate) fn new(
        memory: Arc<dyn Memory>,
        embedder: Arc<dyn Embedder>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { memory, embedder, clock }
    }

    /// What is known of the plan's targets on the task's site.
    pub(crate) async fn site(&self, lease: &Lease, plan: &[PlanStep]) -> SiteMemory {
        let targets = targets(plan);
        let asking = self.memory.site(lease.project_id, &lease.spec.site, &targets);
        let known = searching("site", |site: &SiteMemory| site.working.len(), async {
            patient("what is known of the site", asking).await
        });
        known.await.unwrap_or_default()
    }

    /// What memory advises in a situation.
    pub(crate) async fn ask(&self, lease: &Lease, situation: &Situation) -> Answered {
        let begun = Instant::now();
        let embedding = self.embed_one(situation.text()).await;
        let mut trouble = embedding.is_none().then(|| "asked by words only".to_owned());
        let question = Question { situation: situation.clone(), embedding };
        let asking = self.memory.recall(lease.project_id, &question);
        let remembered = searching("situations", Vec::len, async {
            patient("what happened before", asking).await
        });
        let Some(remembered) = remembered.await else {
            trouble = Some("memory did not answer".into());
            return Answered { judged: Judged::default(), trouble, took: begun.elapsed() };
        };
        let judged = judge(&question, remembered, self.clock.now());
        Answered { judged, trouble, took: begun.elapsed() }
    }

    /// The successful runs of the same goal.
    /// `None` when memory does not answer: then nobody knows whether there are any.
    pub(crate) async fn plans(&self, lease: &Lease) -> Option<Vec<RememberedPlan>> {
        let (project, spec) = (lease.project_id, &lease.spec);
        let goal = goal_key(&spec.goal, &spec.inputs);
        let embedding = self.embed_one(goal.clone()).await;
        let asking = self.memory.plans(project, &spec.site, &goal, embedding.as_deref());
        let plans = async { patient("how this goal was reached", asking).await };
        searching("plans", Vec::len, plans).await
    }

    /// Says that a run goes by the plan of another one.
    pub(crate) async fn replays(&self, lease: &Lease, of: RunId) {
        patient("a replay to keep", self.memory.replays(lease.run_id, of)).await;
    }

    pub(crate) async fn record(&self, recall: &Recall) {
        let span = spans::update_memory(&recall.id);
        let kept = patient("a recall to keep", self.memory.record(recall));
        if kept.instrument(span.clone()).await.is_none() {
            spans::fails(&span, "memory_unavailable");
        }
    }

    /// How close each text is to the first one; `None` when there is no embedding.
    pub(crate) async fn similarities(&self, to: &str, texts: Vec<String>) -> Option<Vec<f64>> {
        let mut all = Vec::with_capacity(texts.len() + 1);
        all.push(to.to_owned());
        all.extend(texts);
        let vectors = self.embed(&all).await?;
        let (first, rest) = vectors.split_first()?;
        Some(rest.iter().map(|vector| cosine(first, vector)).collect())
    }

    async fn embed_one(&self, text: String) -> Option<Vec<f32>> {
        self.embed(&[text]).await?.pop()
    }

    async fn embed(&self, texts: &[String]) -> Option<Vec<Vec<f32>>> {
        let model = self.embedder.model();
        let span = spans::embeddings(&model.name, model.dimensions);
        let vectors = patient("what texts mean", self.embedder.embed(texts));
        let vectors = vectors.instrument(span.clone()).await;
        if vectors.is_none() {
            spans::fails(&span, "no_embedding");
        }
        vectors
    }
}

/// A question to memory, as telemetry sees it: about what, and how much came back.
async fn searching<T>(
    about: &'static str,
    count: impl FnOnce(&T) -> usize,
    asking: impl Future<Output = Option<T>>,
) -> Option<T> {
    let span = spans::search_memory(about);
    let found = asking.instrument(span.clone()).await;
    spans::searched(&span, found.as_ref().map(count));
    found
}

/// An answer of memory or of the embedding, if it comes in time.
async fn patient<T, E: std::fmt::Debug>(
    what: &'static str,
    asking: impl Future<Output = Result<T, E>>,
) -> Option<T> {
    match timeout(PATIENCE, asking).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            warn!(cause = ?error, what, "the run goes on without it");
            None
        }
        Err(_) => {
            warn!(what, "the run goes on without it: it took too long");
            None
        }
    }
}

/// The dot product; vectors have length one.
fn cosine(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn targets(plan: &[PlanStep]) -> Vec<(ActionName, TargetForm)> {
    let mut targets: Vec<(ActionName, TargetForm)> = Vec::new();
    for step in plan {
        let Some(target) = &step.form.target else { continue };
        let target = (step.form.action, target.clone());
        if !targets.contains(&target) {
            targets.push(target);
        }
    }
    targets
}
