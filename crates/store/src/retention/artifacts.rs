//! Removing artifacts of tasks that have ended, while their traces stay.

use super::traces::first_id_after;
use crate::error::StoreError;
use domain::id::ProjectId;
use domain::retention::{Overdue, Removed};
use sqlx::PgConnection;
use uuid::Uuid;

/// How many tasks one batch looks at, and how many artifacts it removes at most.
const TASKS: i64 = 200;
const AT_ONCE: i64 = 100;

/// What a batch came to.
pub(super) struct Batch {
    pub(super) removed: Removed,
    /// The last task that has none left.
    pub(super) after: Option<Uuid>,
    /// Whether that was the last one that is overdue.
    pub(super) done: bool,
}

/// Removes some, of the tasks after the one given.
pub(super) async fn remove(
    connection: &mut PgConnection,
    project: ProjectId,
    overdue: Overdue,
    after: Option<Uuid>,
) -> Result<Batch, StoreError> {
    let Some(before) = overdue.artifacts else {
        return Ok(Batch { removed: Removed::default(), after, done: true });
    };
    let row = sqlx::query_file!(
        "queries/remove_artifacts.sql",
        project.as_uuid(),
        after.unwrap_or_default(),
        first_id_after(before),
        before,
        TASKS,
        AT_ONCE,
    )
    .fetch_one(connection)
    .await?;
    let removed = Removed {
        artifacts: row.artifacts.unsigned_abs(),
        artifact_bytes: row.bytes.unsigned_abs(),
        ..Removed::default()
    };
    // Where as many were removed as may be, the same tasks may have more.
    if row.artifacts >= AT_ONCE {
        return Ok(Batch { removed, after, done: false });
    }
    let done = row.tasks < TASKS && removed.is_empty();
    Ok(Batch { removed, after: row.last.or(after), done })
}
