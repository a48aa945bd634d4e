//! What becomes of runs once they have ended: memory, and at last nothing.

use async_trait::async_trait;
use domain::id::RunId;
use domain::ports::{Distillery, MemoryError, Retention, RetentionError, Swept};
use domain::retention::Removed;
use std::sync::Arc;
use telemetry::metrics;

/// A distillery whose runs are counted.
pub(crate) struct MeteredDistillery<D>(pub(crate) Arc<D>);

#[async_trait]
impl<D: Distillery> Distillery for MeteredDistillery<D> {
    async fn learn(&self, run: RunId) -> Result<(), MemoryError> {
        let learnt = self.0.learn(run).await;
        metrics().remembered(1, learnt.is_ok());
        learnt
    }

    async fn catch_up(&self) -> Result<usize, MemoryError> {
        let caught_up = self.0.catch_up().await;
        match &caught_up {
            Ok(runs) => metrics().remembered(u64::try_from(*runs).unwrap_or(u64::MAX), true),
            Err(_) => metrics().remembered(1, false),
        }
        caught_up
    }
}

/// Retention whose rows are counted.
pub(crate) struct MeteredRetention<R>(Arc<R>);

impl<R> MeteredRetention<R> {
    /// Begins at zero, so that what is removed first is missed by no rate.
    pub(crate) fn new(inner: Arc<R>) -> Self {
        count(&Removed::default());
        Self(inner)
    }
}

#[async_trait]
impl<R: Retention> Retention for MeteredRetention<R> {
    async fn sweep(&self) -> Result<Swept, RetentionError> {
        let swept = self.0.sweep().await;
        if let Ok(Swept::All(report)) = &swept {
            count(&report.removed);
        }
        swept
    }
}

fn count(removed: &Removed) {
    for (kind, rows) in [
        ("tasks", removed.tasks),
        ("runs", removed.runs),
        ("steps", removed.steps),
        ("artifacts", removed.artifacts),
        ("recalls", removed.recalls),
        ("situations", removed.situations),
        ("remedies", removed.remedies),
        ("working_locators", removed.working_locators),
        ("goals", removed.goals),
    ] {
        metrics().removed(kind, rows);
    }
}
