//! Cancelling: a task that waits ends at once, a running one after its step.

use crate::error::StoreError;
use crate::tasks::{TaskRow, Tasks};
use domain::event::EventKind;
use domain::id::{ProjectId, TaskId};
use domain::task::{Task, TaskState};

/// What became of a wish to cancel.
#[derive(Debug, Clone, PartialEq)]
pub enum Cancelled {
    /// There is no such task.
    NotFound,
    /// It had ended before.
    AlreadyEnded(Task),
    /// It was waiting and is cancelled now.
    Ended(Task),
    /// It is running and stops after its step.
    Requested(Task),
}

impl Tasks<'_> {
    /// Cancels a task. Doing so twice changes nothing more.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn cancel(self, project: ProjectId, id: TaskId) -> Result<Cancelled, StoreError> {
        loop {
            if let Some(task) = self.try_cancel(project, id).await? {
                // A worker that runs it should look, too: it need not wait for its next heartbeat.
                self.0.announcer().queued(id);
                return Ok(match task.state {
                    TaskState::Running => Cancelled::Requested(task),
                    _ => Cancelled::Ended(task),
                });
            }
            match self.find(project, id).await? {
                None => return Ok(Cancelled::NotFound),
                Some(task) if task.state.is_terminal() => return Ok(Cancelled::AlreadyEnded(task)),
                Some(task) if task.cancel_requested => return Ok(Cancelled::Requested(task)),
                // It moved between the two queries, and can be cancelled now.
                Some(_) => {}
            }
        }
    }

    async fn try_cancel(self, project: ProjectId, id: TaskId) -> Result<Option<Task>, StoreError> {
        let row = sqlx::query_file_as!(
            TaskRow,
            "queries/task_cancel.sql",
            id.as_uuid(),
            project.as_uuid(),
            self.0.clock().now(),
            EventKind::Cancelling.as_str(),
            EventKind::Cancelled.as_str(),
        )
        .fetch_optional(self.0.pool())
        .await?;
        row.map(Task::try_from).transpose().map_err(Into::into)
    }
}
