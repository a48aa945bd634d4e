//! A reconciler: learns from the runs that nobody learnt from when they ended, because the worker
//! vanished, the store was away, or the run was another agent's.

use domain::ports::{Distillery, MemoryError};
use rand::RngExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

const PERIOD: Duration = Duration::from_secs(5);

/// Keeps memory up with the traces.
pub(crate) struct Indexer {
    distillery: Arc<dyn Distillery>,
}

impl Indexer {
    pub(crate) fn new(distillery: Arc<dyn Distillery>) -> Self {
        Self { distillery }
    }

    /// Catches up at once and then every few seconds.
    pub(crate) async fn run(&self, stop: CancellationToken) {
        loop {
            let caught_up = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                caught_up = self.catch_up() => caught_up,
            };
            if let Err(error) = caught_up {
                let cause = std::error::Error::source(&error);
                warn!(%error, ?cause, "memory could not catch up with the traces");
            }
            let pause = PERIOD.mul_f64(rand::rng().random_range(0.5..1.5));
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    async fn catch_up(&self) -> Result<(), MemoryError> {
        loop {
            let learnt = self.distillery.catch_up().await?;
            if learnt == 0 {
                return Ok(());
            }
            info!(runs = learnt, "memory caught up with {learnt} runs");
        }
    }
}
