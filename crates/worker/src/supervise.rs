//! One lease from claim to finish.

use crate::heartbeat::Heart;
use crate::worker::{Stop, creation};
use agent::{Aborted, Agent, Signals};
use domain::backoff::{AfterFailure, after_failure};
use domain::clock::Clock;
use domain::failure::{LimitName, TaskFailure};
use domain::ports::{Distillery, Lease, LeaseError, Leases};
use domain::run::RunEnd;
use futures::FutureExt as _;
use rand::RngExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use telemetry::spans;
use tokio::sync::watch;
use tracing::{Instrument as _, Span, info, warn};

/// Sees runs through.
#[derive(Clone)]
pub(crate) struct Supervisor {
    leases: Arc<dyn Leases>,
    distillery: Arc<dyn Distillery>,
    agent: Agent,
    clock: Arc<dyn Clock>,
    lease: Duration,
    nudge: watch::Sender<()>,
}

/// A run ends itself when its seconds are used up; this much later it is ended from outside.
const OVERTIME: Duration = Duration::from_secs(30);

/// How long handing a task back may take when everything is dropped.
const LAST_WORDS: Duration = Duration::from_secs(3);

impl Supervisor {
    pub(crate) fn new(
        leases: Arc<dyn Leases>,
        distillery: Arc<dyn Distillery>,
        agent: Agent,
        clock: Arc<dyn Clock>,
        lease: Duration,
    ) -> Self {
        Self { leases, distillery, agent, clock, lease, nudge: watch::Sender::default() }
    }

    /// Makes every run look soon whether its task is to be cancelled.
    pub(crate) fn nudge(&self) {
        self.nudge.send_replace(());
    }

    pub(crate) async fn see_through(&self, lease: Lease, stop: Stop) {
        let span = spans::process(&spans::Attempt {
            task: &lease.task_id,
            run: &lease.run_id,
            number: lease.attempt,
            follows: follows(&lease),
            creation: creation(&lease),
        });
        self.hold(&lease, &stop).instrument(span).await;
    }

    async fn hold(&self, lease: &Lease, stop: &Stop) {
        info!(run.id = %lease.run_id, "run {} begins", lease.run_id);
        let signals = Signals { stopping: stop.soft.child_token(), ..Signals::default() };
        let nudges = self.nudge.subscribe();
        let mut heart =
            Heart::new(self.leases.as_ref(), self.clock.as_ref(), lease, self.lease, nudges);
        let ended = tokio::select! {
            biased;
            () = stop.hard.cancelled() => Ended::Dropped,
            ended = self.attempt(lease, &signals) => ended,
            () = heart.beat(&signals) => Ended::LeaseLost,
        };
        match ended {
            Ended::Run(end) => {
                tokio::select! {
                    biased;
                    () = stop.hard.cancelled() => self.hand_back(lease).await,
                    finished = self.finish(lease, end) => {
                        if finished {
                            self.learn(lease, stop).await;
                        }
                    }
                    // The store may stay away for long: keep the lease until it is back.
                    () = heart.beat(&signals) => lost(lease),
                }
            }
            Ended::Dropped => self.hand_back(lease).await,
            Ended::LeaseLost => {
                spans::fails(&Span::current(), "lease_lost");
                lost(lease);
            }
        }
    }

    async fn attempt(&self, lease: &Lease, signals: &Signals) -> Ended {
        let limit = Duration::from_secs(lease.spec.limits.seconds.into()) + OVERTIME;
        let run = AssertUnwindSafe(self.agent.run(lease, signals)).catch_unwind();
        let run = tokio::time::timeout(limit, run);
        // Whoever reads the run finds its trace while it runs; the run does not wait for that.
        let (end, ()) = tokio::join!(run, self.tell_trace(lease));
        let end = match end {
            Ok(Ok(Ok(end))) => end,
            Ok(Ok(Err(Aborted::LeaseLost))) => return Ended::LeaseLost,
            Ok(Ok(Err(error @ Aborted::Trace(_)))) => {
                warn!(%error, cause = ?std::error::Error::source(&error), "run aborted");
                failed(TaskFailure::infrastructure("the trace could not be written"))
            }
            Ok(Err(panic)) => {
                let message = format!("the agent panicked: {}", panic_text(panic.as_ref()));
                // What it said may be what a page said: it stays with the task.
                tracing::error!("the agent panicked; the task's failure says how");
                failed(TaskFailure::infrastructure(message))
            }
            Err(_) => failed(TaskFailure::over_limit(
                LimitName::Seconds,
                format!("used up its {} seconds inside one step", lease.spec.limits.seconds),
            )),
        };
        Ended::Run(end)
    }

    /// Keeps with the run which trace it is in, if somebody is told of that trace and the claim could
    /// not know it.
    async fn tell_trace(&self, lease: &Lease) {
        if follows(lease) {
            return;
        }
        let Some(trace_id) = telemetry::sent_trace(&Span::current()) else { return };
        if let Err(error) = self.leases.traced(lease, &trace_id).await {
            warn!(%error, "the run is not found by its trace");
        }
    }

    /// Makes the run part of memory at once. What does not work now, the indexer does later.
    async fn learn(&self, lease: &Lease, stop: &Stop) {
        let span = spans::create_memory(&lease.run_id);
        tokio::select! {
            biased;
            () = stop.hard.cancelled() => {}
            learnt = self.distillery.learn(lease.run_id).instrument(span.clone()) => {
                if let Err(error) = learnt {
                    spans::fails(&span, "memory_unavailable");
                    let cause = std::error::Error::source(&error);
                    warn!(%error, ?cause, "the run is learnt from later");
                }
            }
        }
    }

    /// Ends the run in the store; whether it has ended there.
    async fn finish(&self, lease: &Lease, end: RunEnd) -> bool {
        let (end, retry_at) = match end {
            RunEnd::Failed(failure, result) => {
                let attempts = lease.spec.limits.attempts;
                let jitter = rand::rng().random_range(0.0..1.0);
                let now = self.clock.now();
                match after_failure(failure.clone(), lease.attempt, attempts, now, jitter) {
                    AfterFailure::RetryAt(at) => (RunEnd::Failed(failure, result), Some(at)),
                    AfterFailure::GiveUp(failure) => (RunEnd::Failed(failure, result), None),
                }
            }
            end => (end, None),
        };
        let outcome = end.as_str();
        if let RunEnd::Failed(failure, _) = &end {
            spans::fails(&Span::current(), failure.kind.as_str());
        }
        let mut wait = Duration::from_millis(50);
        loop {
            match self.leases.finish(lease, &end, retry_at).await {
                Ok(()) => {
                    info!(run.id = %lease.run_id, outcome, "run {} {outcome}", lease.run_id);
                    return end.outcome().is_some();
                }
                Err(LeaseError::Lost) => {
                    lost(lease);
                    return false;
                }
                Err(LeaseError::Unavailable(cause)) => {
                    warn!(%cause, "the end of the run waits for the store");
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(Duration::from_secs(2));
                }
                Err(LeaseError::Refused(cause)) => {
                    // The lease runs out and the reaper or another worker takes over.
                    tracing::error!(%cause, "the store refused the end of the run");
                    return false;
                }
            }
        }
    }

    async fn hand_back(&self, lease: &Lease) {
        let release = self.leases.finish(lease, &RunEnd::Released, None);
        match tokio::time::timeout(LAST_WORDS, release).await {
            Ok(Ok(())) => info!(run.id = %lease.run_id, "run {} handed back", lease.run_id),
            Ok(Err(error)) => warn!(%error, "the task could not be handed back"),
            Err(_) => warn!("the task could not be handed back in time"),
        }
    }
}

/// How the holding of a lease ended.
enum Ended {
    /// The run came to an end.
    Run(RunEnd),
    /// Everything is being dropped.
    Dropped,
    /// Somebody else holds the task now.
    LeaseLost,
}

/// Whether an attempt goes on in the trace of the request. A first attempt that goes on with an
/// answer does so there too: its run has the id of that trace, and is whole in it.
const fn follows(lease: &Lease) -> bool {
    lease.attempt == 1 && lease.traceparent.is_some()
}

fn failed(failure: TaskFailure) -> RunEnd {
    RunEnd::Failed(failure, serde_json::Value::Object(serde_json::Map::new()))
}

fn lost(lease: &Lease) {
    warn!(run.id = %lease.run_id, "run {} lost its lease and stops", lease.run_id);
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
