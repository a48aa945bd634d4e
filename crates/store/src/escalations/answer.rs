//! Answering: the task goes back to the queue with the answer, or ends when the human gives up.

use crate::error::StoreError;
use crate::escalations::Escalations;
use crate::leases::{Ended, after, end_waiting};
use crate::text::{clean, json};
use chrono::{DateTime, Utc};
use domain::escalation::{Answer, Escalation};
use domain::event::EventKind;
use domain::failure::FailureKind;
use domain::id::{EscalationId, ProjectId};
use serde_json::json as value;
use sqlx::PgConnection;
use std::time::Duration;

/// How long only the worker that parked the session may claim an answered task.
const RESERVED: Duration = Duration::from_secs(3);

/// What became of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// It counts: the run goes on with it, or ends.
    Done(Escalation),
    /// It came too late. The state says why: somebody answered before, the deadline is over (also
    /// while the state is still `open`), or the task was cancelled.
    Closed(Escalation),
    /// There is no such question.
    NotFound,
}

impl Escalations<'_> {
    /// Answers a question. The value of an input is encrypted and kept until it is used; whether
    /// the answer makes sense for the question is for the caller to say, before.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn answer(
        self,
        project: ProjectId,
        id: EscalationId,
        answer: &Answer,
        by: &str,
    ) -> Result<Answered, StoreError> {
        let Some(asked) = self.find(project, id).await? else {
            return Ok(Answered::NotFound);
        };
        let now = self.0.clock().now();
        let mut transaction = self.0.pool().begin().await?;
        lock(&mut transaction, &asked).await?;
        // A statement of its own: it sees what was committed before the lock was granted.
        if !is_open(&mut transaction, id, now).await? {
            // Not in its own time: who ends the task now would pass by what is locked.
            transaction.rollback().await?;
            return Ok(self.find(project, id).await?.map_or(Answered::NotFound, Answered::Closed));
        }
        let gave_up = matches!(answer, Answer::GiveUp { .. });
        if let Answer::GiveUp { reason } = answer {
            give_up(&mut transaction, &asked, (reason.as_deref(), by), now).await?;
        } else {
            self.resume(&mut transaction, &asked, (answer, by), now).await?;
        }
        transaction.commit().await?;
        if gave_up {
            self.0.announcer().changed(asked.task_id);
        } else {
            self.0.announcer().queued(asked.task_id);
        }
        Ok(self.find(project, id).await?.map_or(Answered::NotFound, Answered::Done))
    }

    async fn resume(
        self,
        connection: &mut PgConnection,
        asked: &Escalation,
        (answer, by): (&Answer, &str),
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (answer, input) = without_value(answer);
        let id = asked.id.as_uuid();
        let input = input.map(|value| self.0.secret_key().seal(id, value)).transpose()?;
        let answer_json = json(&answer)?;
        let kind = value!(answer)["kind"].take();
        let event = value!({ "run_id": asked.run_id, "escalation_id": asked.id, "kind": kind });
        sqlx::query_file!(
            "queries/answer.sql",
            id,
            asked.task_id.as_uuid(),
            now,
            answer_json,
            &*clean(by),
            input.as_deref(),
            after(now, RESERVED),
            EventKind::Answered.as_str(),
            json(&event)?,
        )
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// What is kept of an answer, and the value that is not.
fn without_value(answer: &Answer) -> (Answer, Option<&String>) {
    match answer {
        Answer::Input { value, target } => {
            (Answer::Input { value: None, target: target.clone() }, value.as_ref())
        }
        answer => (answer.clone(), None),
    }
}

/// Whoever changes a question holds the lock on its task.
async fn lock(connection: &mut PgConnection, asked: &Escalation) -> Result<(), StoreError> {
    sqlx::query!(
        "-- escalations.lock
        select id from task where id = $1 for no key update",
        asked.task_id.as_uuid(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(())
}

async fn is_open(
    connection: &mut PgConnection,
    id: EscalationId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let open = sqlx::query_scalar!(
        r#"-- escalations.is_open
        select exists (
            select from escalation where id = $1 and state = 'open' and deadline > $2
        ) as "open!""#,
        id.as_uuid(),
        now,
    )
    .fetch_one(connection)
    .await?;
    Ok(open)
}

async fn give_up(
    connection: &mut PgConnection,
    asked: &Escalation,
    (reason, by): (Option<&str>, &str),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let answer = Answer::GiveUp { reason: reason.map(ToOwned::to_owned) };
    sqlx::query!(
        "-- escalations.give_up
        update escalation
        set state = 'answered', answer = $2::text::jsonb, answered_at = $3, answered_by = $4,
            session = null
        where id = $1 and state = 'open'",
        asked.id.as_uuid(),
        json(&answer)?,
        now,
        &*clean(by),
    )
    .execute(&mut *connection)
    .await?;
    let message = match reason {
        Some(reason) => format!("a human gave up: {reason}"),
        None => format!("a human gave up on: {}", asked.ask.question),
    };
    let (task, run) = (asked.task_id.as_uuid(), asked.run_id.as_uuid());
    let ended = Ended::of(task, run, Some(&asked.ask), FailureKind::Blocked, message);
    end_waiting(connection, ended, now).await?;
    Ok(())
}
