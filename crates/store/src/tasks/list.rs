//! Lists of tasks, newest first.

use crate::error::StoreError;
use crate::page::{Page, PageRequest};
use crate::tasks::{TaskRow, Tasks};
use crate::text::{clean_option, label_filter};
use chrono::{DateTime, Utc};
use domain::id::ProjectId;
use domain::task::{Task, TaskState};

/// Which tasks. Everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// In this state.
    pub state: Option<TaskState>,
    /// On this site.
    pub site: Option<String>,
    /// Under this agent's name.
    pub agent: Option<String>,
    /// With this label.
    pub label: Option<(String, String)>,
    /// Submitted at this time or later.
    pub created_after: Option<DateTime<Utc>>,
    /// Submitted before this time.
    pub created_before: Option<DateTime<Utc>>,
}

impl Tasks<'_> {
    /// The tasks of a project, newest first.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list(
        self,
        project: ProjectId,
        filter: &TaskFilter,
        request: &PageRequest,
    ) -> Result<Page<Task>, StoreError> {
        let rows = sqlx::query_as!(
            TaskRow,
            "-- tasks.list
            select id, project_id, spec, secret_names, state, attempt, run_id, result, failure,
                run_after, asks, asks_until, cancel_requested_at, traceparent, version, created_at, started_at,
                finished_at
            from task
            where project_id = $1
                and ($2::uuid is null or id < $2)
                and ($3::text is null or state = $3)
                and ($4::text is null or site = $4)
                and ($5::text is null or agent = $5)
                and ($6::text is null or labels @> $6::text::jsonb)
                and ($7::timestamptz is null or created_at >= $7)
                and ($8::timestamptz is null or created_at < $8)
            order by id desc
            limit $9",
            project.as_uuid(),
            request.after(),
            filter.state.map(TaskState::as_str),
            clean_option(filter.site.as_ref()),
            clean_option(filter.agent.as_ref()),
            label_filter(filter.label.as_ref())?,
            filter.created_after,
            filter.created_before,
            request.probe(),
        )
        .fetch_all(self.0.pool())
        .await?;
        let tasks = rows.into_iter().map(Task::try_from).collect::<Result<_, _>>()?;
        Ok(request.page(tasks, |task| task.id.as_uuid()))
    }
}
