//! Finishing: the run ends and the task moves, in one statement, only for who holds the lease.

use crate::error::StoreError;
use crate::store::Store;
use crate::text::json;
use chrono::{DateTime, Utc};
use domain::event::EventKind;
use domain::failure::TaskFailure;
use domain::id::{LeaseToken, RunId, TaskId};
use domain::ports::{Lease, LeaseError};
use domain::run::{Outcome, RunEnd};
use domain::task::{TaskMove, TaskState};
use serde_json::{Value, json as value};

/// The part of a lease that a write names.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) task_id: TaskId,
    pub(super) run_id: RunId,
    pub(super) attempt: u32,
    pub(super) token: LeaseToken,
}

impl From<&Lease> for Held {
    fn from(lease: &Lease) -> Self {
        Self {
            task_id: lease.task_id,
            run_id: lease.run_id,
            attempt: lease.attempt,
            token: lease.token,
        }
    }
}

/// What an end means for the task.
#[derive(Clone, Copy)]
struct Ending<'a> {
    by: TaskMove,
    outcome: Outcome,
    failure: Option<&'a TaskFailure>,
    result: Option<&'a Value>,
    claimable_at: Option<DateTime<Utc>>,
}

impl Store {
    pub(super) async fn finish_lease(
        &self,
        lease: &Lease,
        end: &RunEnd,
        retry_at: Option<DateTime<Utc>>,
    ) -> Result<(), LeaseError> {
        self.finish_held(lease.into(), end, retry_at).await
    }

    pub(super) async fn finish_held(
        &self,
        held: Held,
        end: &RunEnd,
        retry_at: Option<DateTime<Utc>>,
    ) -> Result<(), LeaseError> {
        if let RunEnd::Waiting(waiting) = end {
            return self.park(held, waiting).await;
        }
        let ending = Ending::of(end, retry_at, self.clock().now());
        let requeued = ending.by == TaskMove::Requeue;
        if self.end(held, &ending).await? {
            self.announce_end(held.task_id, requeued);
            return Ok(());
        }
        // A task that was to be cancelled does not go back to the queue: its run ended as it did,
        // the task is cancelled.
        if requeued && self.end(held, &ending.cancelled()).await? {
            self.announce_end(held.task_id, false);
            return Ok(());
        }
        if self.has_ended(held, ending.outcome).await? {
            return Ok(());
        }
        Err(LeaseError::Lost)
    }

    /// Ends a run as cancelled.
    pub(super) async fn end_cancelled(&self, held: Held) -> Result<bool, StoreError> {
        let ending = Ending::of(&RunEnd::Cancelled, None, self.clock().now());
        let ended = self.end(held, &ending).await?;
        if ended {
            self.announce_end(held.task_id, false);
        }
        Ok(ended)
    }

    async fn end(&self, held: Held, ending: &Ending<'_>) -> Result<bool, StoreError> {
        let state = TaskState::Running.after(ending.by)?;
        let result = ending.result.map(json).transpose()?;
        let failure = ending.failure.map(json).transpose()?;
        let keeps_failure = failure.is_none() && ending.by != TaskMove::Succeed;
        let row = sqlx::query_file!(
            "queries/finish.sql",
            held.task_id.as_uuid(),
            held.token.as_uuid(),
            self.clock().now(),
            state.as_str(),
            state.is_terminal(),
            i32::from(ending.outcome == Outcome::Released),
            ending.claimable_at,
            result.as_deref().filter(|_| state.is_terminal()),
            keeps_failure,
            failure.as_deref(),
            ending.outcome.as_str(),
            failure.as_deref(),
            result.as_deref(),
            event_of(state).as_str(),
            json(&ending.event(held))?,
        )
        .fetch_one(self.pool())
        .await?;
        Ok(row.ended > 0)
    }

    /// Whether this very end was written before, by a call whose answer got lost. Nobody else can
    /// have: an end that others write says `lost`. An attempt that was given back before its answer
    /// was used up leaves its run open, and its task in the queue.
    pub(super) async fn has_ended(&self, held: Held, outcome: Outcome) -> Result<bool, StoreError> {
        let recorded = sqlx::query!(
            r#"-- leases.has_ended
            select run.outcome, task.state = 'queued' and task.resumes is not null as "open!"
            from run
            join task on task.id = run.task_id and task.run_id = run.id
            where run.id = $1 and run.task_id = $2"#,
            held.run_id.as_uuid(),
            held.task_id.as_uuid(),
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(recorded.is_some_and(|run| match run.outcome {
            Some(recorded) => recorded == outcome.as_str(),
            None => outcome == Outcome::Released && run.open,
        }))
    }

    fn announce_end(&self, task: TaskId, requeued: bool) {
        if requeued {
            self.announcer().queued(task);
        } else {
            self.announcer().changed(task);
        }
    }
}

impl<'a> Ending<'a> {
    fn of(end: &'a RunEnd, retry_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        let succeeded = (TaskMove::Succeed, Outcome::Succeeded);
        let ((by, outcome), failure, result, claimable_at) = match end {
            RunEnd::Succeeded(result) => (succeeded, None, Some(result), None),
            RunEnd::Failed(failure, result) => {
                let by = match retry_at {
                    Some(_) => TaskMove::Requeue,
                    None => TaskMove::Fail,
                };
                ((by, Outcome::Failed), Some(failure), Some(result), retry_at)
            }
            RunEnd::Released => ((TaskMove::Requeue, Outcome::Released), None, None, Some(now)),
            // A question is parked, not ended; what cannot be parked any more is cancelled.
            RunEnd::Cancelled | RunEnd::Waiting(_) => {
                ((TaskMove::Cancel, Outcome::Cancelled), None, None, None)
            }
        };
        Self { by, outcome, failure, result, claimable_at }
    }

    /// The same end of the run, with the task cancelled.
    fn cancelled(self) -> Self {
        Self { by: TaskMove::Cancel, claimable_at: None, ..self }
    }

    fn event(&self, held: Held) -> Value {
        let mut data = value!({
            "run_id": held.run_id,
            "attempt": held.attempt,
            "outcome": self.outcome,
        });
        if let Some(failure) = self.failure {
            data["failure"] = value!(failure);
        }
        if let Some(at) = self.claimable_at {
            data["run_after"] = value!(at);
        }
        data
    }
}

/// What an end is called in the task's events.
pub(super) const fn event_of(state: TaskState) -> EventKind {
    match state {
        TaskState::Queued | TaskState::Running => EventKind::Requeued,
        TaskState::Waiting => EventKind::Waiting,
        TaskState::Succeeded => EventKind::Succeeded,
        TaskState::Failed => EventKind::Failed,
        TaskState::Cancelled => EventKind::Cancelled,
    }
}
