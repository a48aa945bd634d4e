//! Removing artifacts of tasks that have ended, while their traces stay.

use crate::error::StoreError;
use chrono::{DateTime, Utc};
use domain::id::ProjectId;
use domain::retention::{Overdue, Removed};
use sqlx::PgConnection;

/// How many tasks one batch looks at, and how many artifacts it removes at most.
const TASKS: i64 = 200;
const AT_ONCE: i64 = 100;

/// What a batch came to.
pub(super) struct Batch {
    pub(super) removed: Removed,
    /// Tasks that ended until then have none left.
    pub(super) until: Option<DateTime<Utc>>,
    /// Whether that was the last one that is overdue.
    pub(super) done: bool,
}

/// Removes some, of the tasks that ended after those that have none left. No task ends before them any
/// more: what is overdue ended a day ago or more.
pub(super) async fn remove(
    connection: &mut PgConnection,
    project: ProjectId,
    overdue: Overdue,
    until: Option<DateTime<Utc>>,
) -> Result<Batch, StoreError> {
    let Some(before) = overdue.artifacts else {
        return Ok(Batch { removed: Removed::default(), until, done: true });
    };
    let row = sqlx::query_file!(
        "queries/remove_artifacts.sql",
        project.as_uuid(),
        until.unwrap_or(DateTime::UNIX_EPOCH),
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
        return Ok(Batch { removed, until, done: false });
    }
    let done = row.tasks < TASKS && removed.is_empty();
    Ok(Batch { removed, until: row.last.or(until), done })
}
