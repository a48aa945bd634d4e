//! Counting what would be removed now, and removing nothing.

use super::recalls;
use crate::error::StoreError;
use crate::minted::first_id_after;
use crate::store::Store;
use chrono::{DateTime, Utc};
use domain::id::ProjectId;
use domain::retention::{Keep, Removed};

/// Counts what is overdue by these days. Runs that memory has not learnt from yet are among it: they
/// will be learnt from first.
pub(super) async fn count(
    store: &Store,
    project: ProjectId,
    keep: Keep,
) -> Result<Removed, StoreError> {
    let overdue = keep.overdue(store.clock().now());
    // What was never set lies before everything.
    let never = DateTime::UNIX_EPOCH;
    let traces = overdue.traces.unwrap_or(never);
    let artifacts = overdue.artifacts.unwrap_or(never).max(traces);
    let mut removed = of_traces(store, project, traces, artifacts).await?;
    removed += recalls::count(store.pool(), project, traces).await?;
    if let Some(before) = overdue.memory {
        removed += of_memory(store, project, before).await?;
    }
    Ok(removed)
}

async fn of_traces(
    store: &Store,
    project: ProjectId,
    traces: DateTime<Utc>,
    artifacts: DateTime<Utc>,
) -> Result<Removed, StoreError> {
    let row = sqlx::query_file!(
        "queries/overdue_traces.sql",
        project.as_uuid(),
        first_id_after(artifacts),
        traces,
        artifacts,
    )
    .fetch_one(store.pool())
    .await?;
    Ok(Removed {
        tasks: row.tasks.unsigned_abs(),
        runs: row.runs.unsigned_abs(),
        steps: row.steps.unsigned_abs(),
        artifacts: row.artifacts.unsigned_abs(),
        artifact_bytes: row.bytes.unsigned_abs(),
        ..Removed::default()
    })
}

async fn of_memory(
    store: &Store,
    project: ProjectId,
    before: DateTime<Utc>,
) -> Result<Removed, StoreError> {
    let row = sqlx::query_file!("queries/overdue_memory.sql", project.as_uuid(), before)
        .fetch_one(store.pool())
        .await?;
    Ok(Removed {
        situations: row.situations.unsigned_abs(),
        remedies: row.remedies.unsigned_abs(),
        working_locators: row.working_locators.unsigned_abs(),
        goals: row.goals.unsigned_abs(),
        ..Removed::default()
    })
}
