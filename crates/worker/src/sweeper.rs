//! A reconciler: removes what projects no longer keep.

use domain::ports::{Retention, RetentionError, Swept};
use domain::retention::Report;
use rand::RngExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How often to look whether a project is due, which is a glance at a table of a row per project.
const PERIOD: Duration = Duration::from_secs(5);

/// Between two batches, so that removing much takes nothing from runs that are under way.
const BREATH: Duration = Duration::from_millis(50);

/// Sweeps batch by batch.
pub(crate) struct Sweeper {
    retention: Arc<dyn Retention>,
}

impl Sweeper {
    pub(crate) fn new(retention: Arc<dyn Retention>) -> Self {
        Self { retention }
    }

    /// Sweeps at once and then every few seconds. A batch that is under way is finished.
    pub(crate) async fn run(&self, stop: CancellationToken) {
        loop {
            let pause = match self.reconcile().await {
                Ok(true) => BREATH,
                Ok(false) => PERIOD.mul_f64(rand::rng().random_range(0.5..1.5)),
                Err(error) => {
                    let cause = std::error::Error::source(&error);
                    warn!(%error, ?cause, "{error}");
                    PERIOD.mul_f64(rand::rng().random_range(0.5..1.5))
                }
            };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Whether there may be more to do at once.
    async fn reconcile(&self) -> Result<bool, RetentionError> {
        match self.retention.sweep().await? {
            Swept::Nothing => Ok(false),
            Swept::Part => Ok(true),
            Swept::All(report) => {
                tell(&report);
                Ok(true)
            }
        }
    }
}

fn tell(report: &Report) {
    let removed = &report.removed;
    if removed.is_empty() {
        return;
    }
    info!(
        project.id = %report.project_id,
        retention.report = %report.id,
        tasks = removed.tasks,
        runs = removed.runs,
        steps = removed.steps,
        artifacts = removed.artifacts,
        artifact_bytes = removed.artifact_bytes,
        recalls = removed.recalls,
        situations = removed.situations,
        remedies = removed.remedies,
        working_locators = removed.working_locators,
        goals = removed.goals,
        "removed what project {} no longer keeps", report.project_id,
    );
}
