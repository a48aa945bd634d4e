//! What the agent and the worker need from the outside. The adapters are `store` and `browser`.

use crate::artifact::NewArtifact;
use crate::escalation::{Resumed, SavedSession};
use crate::failure::Failure;
use crate::id::{LeaseToken, ProjectId, RunId, TaskId};
use crate::memory::{Question, Remembered, RememberedPlan, SiteMemory};
use crate::observation::Observation;
use crate::plan::{Action, ActionName, Conditions, PlanForm, Target, TargetForm, Values};
use crate::recall::Recall;
use crate::retention::Report;
use crate::run::RunEnd;
use crate::snapshot::{Fingerprint, Snapshot};
use crate::step::Step;
use crate::task::{Task, TaskSpec};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::time::Duration;

/// One isolated browser context with its tabs: what a run acts through.
///
/// Trouble with the page is a [`Failure`]; one of the class `browser_crashed` means that the
/// session is gone.
#[async_trait]
pub trait Session: Send {
    /// Locates and acts, waiting until the target is the only match, attached, visible, stable,
    /// enabled and hit by the pointer; of a navigation it waits for the document.
    async fn act(&mut self, action: &Action, within: Duration) -> Result<Acted, Failure>;

    /// Waits until all conditions hold. Network answers and downloads count from the last `act`.
    async fn check(&mut self, expect: &Conditions, within: Duration) -> Result<(), Failure>;

    /// The elements that match a target and can be seen, at most ten, as they are now: without
    /// waiting, and without touching anything.
    async fn find(&mut self, target: &Target) -> Result<Vec<Fingerprint>, Failure>;

    /// What is seen now, in one round trip, and what happened since the last call.
    async fn observe(&mut self) -> Result<Seen, Failure>;

    /// A picture of the page (PNG), with secrets covered.
    async fn screenshot(&mut self) -> Result<Vec<u8>, Failure>;

    /// What it takes to go on in another session: cookies, storage, and the page.
    async fn save(&mut self) -> Result<SavedSession, Failure>;

    /// Ends the session and forgets everything it stored.
    async fn close(self: Box<Self>);
}

/// What an action did.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Acted {
    /// The element acted upon, as it was before.
    pub fingerprint: Option<Fingerprint>,
    /// What was read.
    pub extracted: Option<serde_json::Value>,
}

/// What was seen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// The page and what happened.
    pub observation: Observation,
    /// Its interactive elements.
    pub snapshot: Snapshot,
    /// Files that arrived since the last call.
    pub downloads: Vec<Download>,
}

/// A file the page gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// How a session is opened.
#[derive(Debug, Clone, Default)]
pub struct SessionOptions {
    /// The values of secrets: to cover in pictures, and for nothing else.
    pub secrets: Vec<String>,
    /// What to begin with: the cookies and storage of a session that was saved. Its page is opened
    /// by whoever asked.
    pub restore: Option<SavedSession>,
}

/// Where sessions come from.
#[async_trait]
pub trait Browsers: Send + Sync {
    /// Opens a fresh session.
    ///
    /// # Errors
    /// No browser could be had: `browser_crashed`, with what to do about it.
    async fn open(&self, options: SessionOptions) -> Result<Box<dyn Session>, Failure>;
}

/// A claimed task: what to do, and the right to write about it.
#[derive(Clone)]
pub struct Lease {
    /// The task.
    pub task_id: TaskId,
    /// Whose it is.
    pub project_id: ProjectId,
    /// The run this lease began.
    pub run_id: RunId,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// What every write names.
    pub token: LeaseToken,
    /// When it expires unless extended.
    pub until: DateTime<Utc>,
    /// What was asked.
    pub spec: TaskSpec,
    /// The values of its secrets, decrypted.
    pub secrets: BTreeMap<String, String>,
    /// The trace context of the request that submitted it.
    pub traceparent: Option<String>,
    /// What vendors say of that context.
    pub tracestate: Option<String>,
    /// Since when it could have been claimed; `None` where it was taken over from a worker that
    /// vanished.
    pub due_at: Option<DateTime<Utc>>,
    /// The answer the run goes on with, when it had asked: the run is the one that asked.
    pub resumed: Option<Box<Resumed>>,
    /// The plan that a human gave in an earlier attempt, when the task has none of its own.
    pub told: Option<PlanForm>,
}

impl Lease {
    /// The values its plan is filled in with.
    #[must_use]
    pub fn values(&self) -> Values {
        Values { inputs: self.spec.inputs.clone(), secrets: self.secrets.clone() }
    }
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lease")
            .field("task_id", &self.task_id)
            .field("run_id", &self.run_id)
            .field("attempt", &self.attempt)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

/// Why a write of a run did not happen.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Somebody else holds the task now, or it has ended.
    #[error("the lease on this task is lost")]
    Lost,
    /// The store cannot be reached; the write may be tried again.
    #[error("the store cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store refused; trying again is pointless.
    #[error("the store refused the write")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where a run leaves its trace.
#[async_trait]
pub trait Trace: Send + Sync {
    /// Appends a step and its artifacts; returns when they are durable. Appending a step that is
    /// there already changes nothing, so an append can be repeated.
    async fn append(
        &self,
        lease: &Lease,
        step: &Step,
        artifacts: &[NewArtifact],
    ) -> Result<(), LeaseError>;
}

/// What a worker asks for.
#[derive(Debug, Clone)]
pub struct Claim {
    /// The worker's name.
    pub worker: String,
    /// How many tasks it can start now.
    pub free: usize,
    /// How long the lease lasts unless extended.
    pub lease: Duration,
    /// How many tasks may run at once on one site.
    pub per_site: u32,
    /// How long to wait between two starts on one site.
    pub pace: Duration,
}

/// What a heartbeat says back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    /// When the lease expires now.
    pub until: DateTime<Utc>,
    /// Whether the client asked to cancel the task.
    pub cancel_requested: bool,
}

/// The leases on tasks.
#[async_trait]
pub trait Leases: Send + Sync {
    /// Claims due tasks and expired leases, at most as many as can start now.
    async fn claim(&self, claim: &Claim) -> Result<Vec<Lease>, LeaseError>;

    /// Keeps with its run which trace the run is in, unless it has one already.
    async fn traced(&self, lease: &Lease, trace_id: &str) -> Result<(), LeaseError>;

    /// Extends a lease.
    async fn extend(&self, lease: &Lease, by: Duration) -> Result<Heartbeat, LeaseError>;

    /// Ends the run and moves the task: to a terminal state, or back to the queue (at `retry_at`
    /// after a failure; at once and without costing an attempt after a release).
    async fn finish(
        &self,
        lease: &Lease,
        end: &RunEnd,
        retry_at: Option<DateTime<Utc>>,
    ) -> Result<(), LeaseError>;

    /// Ends what expired leases left behind: tasks out of attempts fail, cancelled ones are
    /// cancelled. Returns the tasks it ended.
    async fn reap(&self) -> Result<Vec<Task>, LeaseError>;

    /// Which of these runs have ended: nobody will go on with them.
    async fn ended(&self, runs: &[RunId]) -> Result<Vec<RunId>, LeaseError>;
}

/// Wakes a worker when there may be something to claim.
#[async_trait]
pub trait Wakeups: Send {
    /// Returns when something was announced, or after the connection was made anew.
    async fn next(&mut self);
}

/// Texts to vectors.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Which model, as stored beside every vector: vectors of two models are never compared.
    fn model(&self) -> &EmbeddingModel;

    /// The vectors of texts, of length one each, in their order.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError>;
}

/// A model and the length of its vectors.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmbeddingModel {
    /// Its name.
    pub name: String,
    /// How many numbers a vector has.
    pub dimensions: usize,
}

/// Why there are no vectors. Never a reason to fail a step.
#[derive(Debug, thiserror::Error)]
#[error("no embedding: {message}")]
pub struct EmbedError {
    /// What happened and what can be done.
    pub message: String,
    /// What caused it.
    #[source]
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Why memory did not answer. Never a reason to fail a step.
#[derive(Debug, thiserror::Error)]
#[error("memory does not answer")]
pub struct MemoryError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What is remembered. Every question is about one project; nothing crosses it.
#[async_trait]
pub trait Memory: Send + Sync {
    /// What is known of a site, for these actions and targets, in one query.
    async fn site(
        &self,
        project: ProjectId,
        site: &str,
        targets: &[(ActionName, TargetForm)],
    ) -> Result<SiteMemory, MemoryError>;

    /// What may bear on a question, by the exact key and by meaning and words: facts, not judged.
    /// Never fewer than there are, up to a few dozen.
    async fn recall(
        &self,
        project: ProjectId,
        question: &Question,
    ) -> Result<Vec<Remembered>, MemoryError>;

    /// Keeps a recall as part of the trace; again, once more is known of what was made of it.
    async fn record(&self, recall: &Recall) -> Result<(), MemoryError>;

    /// The successful runs of this goal, given by its key, or of one that means the same, on this
    /// site.
    async fn plans(
        &self,
        project: ProjectId,
        site: &str,
        goal: &str,
        embedding: Option<&[f32]>,
    ) -> Result<Vec<RememberedPlan>, MemoryError>;

    /// Keeps, as part of the trace, that a run goes by the plan of another one.
    async fn replays(&self, run: RunId, of: RunId) -> Result<(), MemoryError>;
}

/// Distils what has not been distilled yet.
#[async_trait]
pub trait Distillery: Send + Sync {
    /// Distils this run, if it has ended and was not distilled before.
    async fn learn(&self, run: RunId) -> Result<(), MemoryError>;

    /// Distils runs that have ended, oldest first, at most a batch; returns how many. Also embeds
    /// what was stored while there was no embedding.
    async fn catch_up(&self) -> Result<usize, MemoryError>;
}

/// Why nothing was removed this time.
#[derive(Debug, thiserror::Error)]
#[error("what is overdue could not be removed")]
pub struct RetentionError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What became of a look at what is overdue.
#[derive(Debug, Clone, PartialEq)]
pub enum Swept {
    /// No project is due, or other processes are at it.
    Nothing,
    /// Something was removed; there may be more.
    Part,
    /// Nothing is left of what was overdue in a project.
    All(Box<Report>),
}

/// Removes what projects no longer keep.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Removes one small batch of one project that is due, all of it or nothing. Any process may, at
    /// any time: only one at a time gets a project, and what a process leaves behind that vanishes is
    /// taken up by the next.
    async fn sweep(&self) -> Result<Swept, RetentionError>;
}
