//! What happened to a task.

use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use domain::event::{EventKind, TaskEvent};
use domain::id::TaskId;

/// The events of tasks.
#[derive(Debug, Clone, Copy)]
pub struct Events<'a>(pub(crate) &'a Store);

impl Events<'_> {
    /// The events of a task after one of them, oldest first.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list_after(
        self,
        task: TaskId,
        after_id: i64,
        limit: u32,
    ) -> Result<Vec<TaskEvent>, StoreError> {
        let rows = sqlx::query!(
            "-- events.list_after
            select id, kind, data, at
            from task_event
            where task_id = $1 and id > $2
            order by id
            limit $3",
            task.as_uuid(),
            after_id,
            i64::from(limit),
        )
        .fetch_all(self.0.pool())
        .await?;
        rows.into_iter()
            .map(|row| {
                let name = Corrupt::row("task_event", row.id);
                Ok(TaskEvent {
                    id: row.id,
                    task_id: task,
                    kind: name.name("kind", &row.kind, EventKind::from_name)?,
                    data: row.data,
                    at: row.at,
                })
            })
            .collect()
    }
}
