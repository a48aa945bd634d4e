//! Tasks as a client sees them: submit, find, list, cancel.

mod cancel;
mod insert;
mod list;
mod row;

pub use cancel::Cancelled;
pub use insert::{Idempotency, Inserted, NewTask};
pub use list::TaskFilter;
pub(crate) use row::TaskRow;

use crate::error::StoreError;
use crate::store::Store;
use domain::id::{ProjectId, TaskId};
use domain::task::Task;

/// The tasks of every project.
#[derive(Debug, Clone, Copy)]
pub struct Tasks<'a>(pub(crate) &'a Store);

impl Tasks<'_> {
    /// One task.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn find(self, project: ProjectId, id: TaskId) -> Result<Option<Task>, StoreError> {
        let row = sqlx::query_as!(
            TaskRow,
            "-- tasks.find
            select id, project_id, spec, secret_names, state, attempt, run_id, result, failure,
                run_after, asks, asks_until, cancel_requested_at, traceparent, version, created_at, started_at,
                finished_at
            from task
            where id = $1 and project_id = $2",
            id.as_uuid(),
            project.as_uuid(),
        )
        .fetch_optional(self.0.pool())
        .await?;
        row.map(Task::try_from).transpose().map_err(Into::into)
    }
}
