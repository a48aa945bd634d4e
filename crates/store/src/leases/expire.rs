//! What nobody answered in time: the task fails, and says what it had asked.

use super::event_of;
use super::reap::AT_ONCE;
use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use crate::tasks::TaskRow;
use crate::text::json;
use chrono::{DateTime, Utc};
use domain::escalation::Ask;
use domain::failure::{FailureKind, TaskFailure};
use domain::run::Outcome;
use domain::task::{Task, TaskMove, TaskState};
use serde_json::{Value, json as value};
use sqlx::PgConnection;
use uuid::Uuid;

struct Unanswered {
    id: Uuid,
    task_id: Uuid,
    run_id: Uuid,
    ask: Value,
}

/// Why a task ends whose question gets no answer to go on with.
pub(crate) struct Ended {
    pub(crate) task: Uuid,
    pub(crate) run: Uuid,
    pub(crate) failure: TaskFailure,
    /// What was extracted until it asked.
    pub(crate) result: Option<Value>,
}

impl Store {
    pub(super) async fn expire_questions(&self) -> Result<Vec<Task>, StoreError> {
        let now = self.clock().now();
        let mut transaction = self.pool().begin().await?;
        let questions = sqlx::query_as!(
            Unanswered,
            "-- leases.unanswered: others may look at the same time, each ends its own
            select escalation.id, task_id, escalation.run_id, ask
            from escalation
            join task on task.id = escalation.task_id
            where escalation.state = 'open' and deadline <= $1
            order by escalation.id
            limit $2
            for no key update of task skip locked",
            now,
            AT_ONCE,
        )
        .fetch_all(&mut *transaction)
        .await?;
        let mut rows = Vec::with_capacity(questions.len());
        for question in questions {
            if close(&mut transaction, question.id, now).await? {
                rows.extend(end_waiting(&mut transaction, question.into(), now).await?);
            }
        }
        transaction.commit().await?;
        self.told(rows)
    }
}

/// Whether it was still open: the answer may have come before our lock.
async fn close(
    connection: &mut PgConnection,
    question: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let closed = sqlx::query!(
        "-- leases.expire
        update escalation
        set state = 'expired', session = null
        where id = $1 and state = 'open' and deadline <= $2",
        question,
        now,
    )
    .execute(connection)
    .await?;
    Ok(closed.rows_affected() > 0)
}

/// Ends a waiting task and its run; its row is locked.
pub(crate) async fn end_waiting(
    connection: &mut PgConnection,
    ended: Ended,
    now: DateTime<Utc>,
) -> Result<Option<TaskRow>, StoreError> {
    let state = TaskState::Waiting.after(TaskMove::Fail)?;
    let data = value!({
        "run_id": ended.run,
        "outcome": Outcome::Failed,
        "failure": ended.failure,
    });
    let row = sqlx::query_file_as!(
        TaskRow,
        "queries/end_waiting.sql",
        ended.task,
        now,
        json(&ended.failure)?,
        ended.result.as_ref().map(json).transpose()?,
        event_of(state).as_str(),
        json(&data)?,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row)
}

impl From<Unanswered> for Ended {
    fn from(question: Unanswered) -> Self {
        let name = Corrupt::row("escalation", question.id);
        let ask: Option<Ask> = name.json("ask", question.ask).ok();
        let asked = ask.as_ref().map_or("its question", |ask| &ask.question);
        let message = format!("nobody answered in time: {asked}");
        Self::of(question.task_id, question.run_id, ask.as_ref(), FailureKind::Unanswered, message)
    }
}

impl Ended {
    /// The end of a task that had asked this.
    pub(crate) fn of(
        task: Uuid,
        run: Uuid,
        ask: Option<&Ask>,
        kind: FailureKind,
        message: String,
    ) -> Self {
        let failure = TaskFailure {
            kind,
            limit: None,
            class: ask.and_then(|ask| Some(ask.situation.as_ref()?.class)),
            message,
            step: ask.and_then(|ask| ask.after),
        };
        let result = ask.map(|ask| Value::Object(ask.resume.result.clone()));
        Self { task, run, failure, result }
    }
}
