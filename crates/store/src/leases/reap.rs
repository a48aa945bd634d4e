//! Reaping: ends what expired leases left behind and no claim may take.

use super::event_of;
use super::{RESUMPTIONS, vanished};
use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use crate::tasks::TaskRow;
use crate::text::json;
use chrono::{DateTime, Utc};
use domain::task::{Task, TaskMove, TaskState};
use serde_json::json as value;
use uuid::Uuid;

/// How many one call ends at most, so that its transaction stays short.
pub(super) const AT_ONCE: i64 = 100;

struct Expired {
    id: Uuid,
    run_id: Option<Uuid>,
    attempt: i32,
    cancelled: bool,
}

impl Store {
    pub(super) async fn reap_tasks(&self) -> Result<Vec<Task>, StoreError> {
        let now = self.clock().now();
        let mut transaction = self.pool().begin().await?;
        let expired = sqlx::query_as!(
            Expired,
            r#"-- leases.expired: others may reap at the same time, each its own
            select id, run_id, attempt, cancel_requested_at is not null as "cancelled!"
            from task
            where state = 'running' and leased_until <= $1
                and (
                    cancel_requested_at is not null
                    or (attempt >= max_attempts and (resumes is null or resumptions >= $3))
                )
            order by id
            limit $2
            for no key update skip locked"#,
            now,
            AT_ONCE,
            RESUMPTIONS,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let mut rows = Vec::with_capacity(expired.len());
        for task in expired {
            rows.extend(end(&mut transaction, task, now).await?);
        }
        transaction.commit().await?;
        self.told(rows)
    }
}

async fn end(
    connection: &mut sqlx::PgConnection,
    task: Expired,
    now: DateTime<Utc>,
) -> Result<Option<TaskRow>, StoreError> {
    let attempt = Corrupt::row("task", task.id).number("attempt", task.attempt)?;
    let (by, failure) = if task.cancelled {
        (TaskMove::Cancel, None)
    } else {
        (TaskMove::Fail, Some(vanished().after_attempts(attempt)))
    };
    let state = TaskState::Running.after(by)?;
    let data = value!({
        "run_id": task.run_id,
        "attempt": attempt,
        "outcome": domain::run::Outcome::Lost,
        "failure": failure,
    });
    let row = sqlx::query_file_as!(
        TaskRow,
        "queries/reap_end.sql",
        task.id,
        now,
        state.as_str(),
        failure.as_ref().map(json).transpose()?,
        json(&vanished())?,
        event_of(state).as_str(),
        json(&data)?,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row)
}
