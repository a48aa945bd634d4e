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
struct Ending<'a> {
    by: TaskMove,
    end: &'a RunEnd,
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
        if self.has_ended(held, end.outcome()).await? {
            return Ok(());
        }
        Err(LeaseError::Lost)
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
            i32::from(matches!(ending.end, RunEnd::Released)),
            ending.claimable_at,
            result.as_deref().filter(|_| state.is_terminal()),
            keeps_failure,
            failure.as_deref(),
            ending.end.outcome().as_str(),
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
    /// have: an end that others write says `lost`.
    async fn has_ended(&self, held: Held, outcome: Outcome) -> Result<bool, StoreError> {
        let recorded = sqlx::query_scalar!(
            "-- leases.has_ended
            select outcome from run where id = $1 and task_id = $2",
            held.run_id.as_uuid(),
            held.task_id.as_uuid(),
        )
        .fetch_optional(self.pool())
        .await?;
        Ok(recorded.flatten().as_deref() == Some(outcome.as_str()))
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
        let (by, failure, result, claimable_at) = match end {
            RunEnd::Succeeded(result) => (TaskMove::Succeed, None, Some(result), None),
            RunEnd::Failed(failure, result) => {
                let by = match retry_at {
                    Some(_) => TaskMove::Requeue,
                    None => TaskMove::Fail,
                };
                (by, Some(failure), Some(result), retry_at)
            }
            RunEnd::Cancelled => (TaskMove::Cancel, None, None, None),
            RunEnd::Released => (TaskMove::Requeue, None, None, Some(now)),
        };
        Self { by, end, failure, result, claimable_at }
    }

    /// The same end of the run, with the task cancelled.
    fn cancelled(self) -> Self {
        Self { by: TaskMove::Cancel, claimable_at: None, ..self }
    }

    fn event(&self, held: Held) -> Value {
        let mut data = value!({
            "run_id": held.run_id,
            "attempt": held.attempt,
            "outcome": self.end.outcome(),
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
        TaskState::Queued | TaskState::Running | TaskState::Waiting => EventKind::Requeued,
        TaskState::Succeeded => EventKind::Succeeded,
        TaskState::Failed => EventKind::Failed,
        TaskState::Cancelled => EventKind::Cancelled,
    }
}
