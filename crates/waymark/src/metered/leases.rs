//! The queue: what is claimed, how long it takes, how it ends.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::clock::Clock;
use domain::id::RunId;
use domain::ports::{Claim, Heartbeat, Lease, LeaseError, Leases};
use domain::run::RunEnd;
use domain::task::Task;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use telemetry::metrics;
use tokio::time::Instant;

/// Leases that are counted and timed.
pub(crate) struct MeteredLeases<L> {
    inner: Arc<L>,
    clock: Arc<dyn Clock>,
    /// When each run that is under way began.
    begun: Mutex<HashMap<RunId, Instant>>,
}

impl<L> MeteredLeases<L> {
    pub(crate) fn new(inner: Arc<L>, clock: Arc<dyn Clock>) -> Self {
        Self { inner, clock, begun: Mutex::default() }
    }

    fn begin(&self, lease: &Lease) {
        let now = self.clock.now();
        metrics().task_claimed(lease.due_at.and_then(|due| (now - due).to_std().ok()));
        self.lock().insert(lease.run_id, Instant::now());
    }

    /// How long a run took that is not under way any more.
    fn end(&self, lease: &Lease) -> Duration {
        self.lock().remove(&lease.run_id).map(|begun| begun.elapsed()).unwrap_or_default()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, Instant>> {
        self.begun.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, lease: &Lease, end: &RunEnd, retried: bool) {
        let took = self.end(lease);
        let error = match end {
            RunEnd::Failed(failure, _) => Some(failure.kind.as_str()),
            _ => None,
        };
        let outcome = end.as_str();
        metrics().run_ended(outcome, error, took);
        match (end, error) {
            (_, Some(error)) if retried => metrics().task_retried(error),
            (RunEnd::Waiting(waiting), _) => metrics().escalated(waiting.ask.kind.as_str()),
            (RunEnd::Released, _) => {}
            _ => metrics().task_finished(outcome),
        }
    }
}

#[async_trait]
impl<L: Leases> Leases for MeteredLeases<L> {
    async fn claim(&self, claim: &Claim) -> Result<Vec<Lease>, LeaseError> {
        let leases = self.inner.claim(claim).await?;
        for lease in &leases {
            self.begin(lease);
        }
        Ok(leases)
    }

    async fn traced(&self, lease: &Lease, trace_id: &str) -> Result<(), LeaseError> {
        self.inner.traced(lease, trace_id).await
    }

    async fn extend(&self, lease: &Lease, by: Duration) -> Result<Heartbeat, LeaseError> {
        let extended = self.inner.extend(lease, by).await;
        if matches!(extended, Err(LeaseError::Lost)) {
            self.end(lease);
        }
        extended
    }

    async fn finish(
        &self,
        lease: &Lease,
        end: &RunEnd,
        retry_at: Option<DateTime<Utc>>,
    ) -> Result<(), LeaseError> {
        let finished = self.inner.finish(lease, end, retry_at).await;
        match &finished {
            Ok(()) => self.count(lease, end, retry_at.is_some()),
            Err(LeaseError::Lost | LeaseError::Refused(_)) => {
                self.end(lease);
            }
            Err(LeaseError::Unavailable(_)) => {}
        }
        finished
    }

    async fn reap(&self) -> Result<Vec<Task>, LeaseError> {
        let reaped = self.inner.reap().await?;
        for task in &reaped {
            metrics().lease_expired();
            metrics().task_finished(task.state.as_str());
        }
        Ok(reaped)
    }

    async fn ended(&self, runs: &[RunId]) -> Result<Vec<RunId>, LeaseError> {
        self.inner.ended(runs).await
    }
}
