//! A reconciler: ends what vanished workers left behind.

use agent::Agent;
use domain::ports::{LeaseError, Leases};
use rand::RngExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

const PERIOD: Duration = Duration::from_secs(5);

/// Ends tasks whose lease expired and that nobody will take again, and closes the sessions kept here
/// that nobody waits for any more.
pub(crate) struct Reaper {
    leases: Arc<dyn Leases>,
    agent: Agent,
}

impl Reaper {
    pub(crate) fn new(leases: Arc<dyn Leases>, agent: Agent) -> Self {
        Self { leases, agent }
    }

    /// Reconciles at once and then every few seconds.
    pub(crate) async fn run(&self, stop: CancellationToken) {
        loop {
            self.agent.close_overdue().await;
            self.close_abandoned().await;
            if let Err(error) = self.reconcile().await {
                warn!(%error, "the reaper could not look");
            }
            let pause = PERIOD.mul_f64(rand::rng().random_range(0.5..1.5));
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// A run may end while it waits: its task is cancelled, or nobody answers.
    async fn close_abandoned(&self) {
        let parked = self.agent.parked();
        if parked.is_empty() {
            return;
        }
        match self.leases.ended(&parked).await {
            Ok(ended) => self.agent.close_parked(&ended).await,
            Err(error) => warn!(%error, "sessions of runs that ended may stay open for a while"),
        }
    }

    async fn reconcile(&self) -> Result<(), LeaseError> {
        for task in self.leases.reap().await? {
            info!(task.id = %task.id, state = task.state.as_str(), "ended a task left behind");
        }
        Ok(())
    }
}
