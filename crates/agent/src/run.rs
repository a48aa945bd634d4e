//! The loop of one run.

use crate::attempt::Attempt;
use crate::recorder::Recorder;
use domain::clock::Clock;
use domain::decide::{Last, Move, Progress, decide};
use domain::failure::{Failure, TaskFailure};
use domain::plan::{PlanStep, plan_steps};
use domain::ports::{Browsers, Lease, LeaseError, Session, SessionOptions, Trace};
use domain::run::RunEnd;
use std::sync::Arc;
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument as _, info, info_span};

/// Runs tasks.
#[derive(Clone)]
pub struct Agent {
    browsers: Arc<dyn Browsers>,
    trace: Arc<dyn Trace>,
    clock: Arc<dyn Clock>,
}

/// What the outside tells a run while it is under way.
#[derive(Debug, Clone, Default)]
pub struct Signals {
    /// The client wants the task cancelled: stop after the step.
    pub cancelled: CancellationToken,
    /// The worker is stopping: give the attempt back after the step.
    pub stopping: CancellationToken,
    /// The lease is lost: stop at once, write nothing.
    pub lost: CancellationToken,
}

/// Why nothing more may be written about a run.
#[derive(Debug, thiserror::Error)]
pub enum Aborted {
    /// Somebody else holds the task now.
    #[error("the lease was lost")]
    LeaseLost,
    /// The store refuses the trace.
    #[error("the trace cannot be written")]
    Trace(#[source] LeaseError),
}

impl Agent {
    /// An agent over these adapters.
    #[must_use]
    pub fn new(browsers: Arc<dyn Browsers>, trace: Arc<dyn Trace>, clock: Arc<dyn Clock>) -> Self {
        Self { browsers, trace, clock }
    }

    /// Makes one attempt at a task.
    ///
    /// # Errors
    /// The lease was lost or the trace cannot be written.
    pub async fn run(&self, lease: &Lease, signals: &Signals) -> Result<RunEnd, Aborted> {
        let span = info_span!(
            "run", run.id = %lease.run_id, task.id = %lease.task_id, attempt = lease.attempt
        );
        let run = async {
            tokio::select! {
                biased;
                () = signals.lost.cancelled() => Err(Aborted::LeaseLost),
                end = self.attempt(lease, signals) => end,
            }
        };
        run.instrument(span).await
    }

    async fn attempt(&self, lease: &Lease, signals: &Signals) -> Result<RunEnd, Aborted> {
        let plan = match plan_steps(&lease.spec.plan, &lease.values()) {
            Ok(plan) => plan,
            Err(faults) => return Ok(RunEnd::Failed(unreadable(&faults), empty())),
        };
        let options = SessionOptions { secrets: lease.secrets.values().cloned().collect() };
        let mut session = match self.browsers.open(options).await {
            Ok(session) => session,
            Err(failure) => return Ok(RunEnd::Failed(no_browser(&failure), empty())),
        };
        let end = self.steps(lease, signals, &plan, session.as_mut()).await;
        session.close().await;
        end
    }

    async fn steps(
        &self,
        lease: &Lease,
        signals: &Signals,
        plan: &[PlanStep],
        session: &mut dyn Session,
    ) -> Result<RunEnd, Aborted> {
        let limits = &lease.spec.limits;
        let begun = Instant::now();
        let deadline = begun + Duration::from_secs(limits.seconds.into());
        let recorder = Recorder::new(self.trace.as_ref(), self.clock.as_ref(), lease);
        let mut attempt = Attempt::new(session, self.clock.as_ref(), recorder, deadline);
        let mut last = Last::Nothing;
        loop {
            let progress = Progress {
                steps: attempt.steps(),
                elapsed: begun.elapsed(),
                cancelled: signals.cancelled.is_cancelled(),
                stopping: signals.stopping.is_cancelled(),
            };
            last = match decide(plan, &last, attempt.seen(), progress, limits) {
                Move::Start => attempt.start(&lease.spec.start_url).await?,
                Move::Act { at, decision } => attempt.step(plan, at, decision).await?,
                Move::Succeed => return Ok(RunEnd::Succeeded(attempt.into_result())),
                Move::Fail(failure) => {
                    info!(kind = ?failure.kind, class = ?failure.class, "run failed");
                    return Ok(RunEnd::Failed(failure, attempt.into_result()));
                }
                Move::Cancel => return Ok(RunEnd::Cancelled),
                Move::Release => return Ok(RunEnd::Released),
            };
        }
    }
}

fn empty() -> serde_json::Value {
    serde_json::Value::Object(serde_json::Map::new())
}

/// The plan was checked when the task was submitted, so this is a plan of another version of us.
fn unreadable(faults: &[domain::invalid::Invalid]) -> TaskFailure {
    let list: Vec<String> =
        faults.iter().map(|fault| format!("{} {}", fault.field, fault.message)).collect();
    TaskFailure::invalid(format!("the plan cannot be read: {}", list.join("; ")))
}

fn no_browser(failure: &Failure) -> TaskFailure {
    TaskFailure {
        class: Some(failure.class),
        ..TaskFailure::infrastructure(failure.message.clone())
    }
}
