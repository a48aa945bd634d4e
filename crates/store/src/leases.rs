//! The leases on tasks: who may work on what, and until when.
//!
//! Each statement that moves a task names what it requires of the row, so none can do harm that
//! another has made harmful meanwhile: `claim` takes the due and the abandoned, `extend`, `finish`
//! and `park` demand the token and a lease that has not expired, `reap` ends what nobody may claim
//! and what nobody answered.

mod claim;
mod expire;
mod finish;
mod park;
mod reap;

pub(crate) use expire::{Ended, end_waiting};
use finish::event_of;

use crate::error::StoreError;
use crate::store::Store;
use crate::tasks::TaskRow;
use crate::text::clean;
use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use domain::failure::TaskFailure;
use domain::id::RunId;
use domain::ports::{Claim, Heartbeat, Lease, LeaseError, Leases};
use domain::run::RunEnd;
use domain::task::Task;
use std::time::Duration;
use uuid::Uuid;

#[async_trait]
impl Leases for Store {
    async fn claim(&self, claim: &Claim) -> Result<Vec<Lease>, LeaseError> {
        self.claim_leases(claim).await
    }

    async fn traced(&self, lease: &Lease, trace_id: &str) -> Result<(), LeaseError> {
        self.keep_trace(lease, trace_id).await
    }

    async fn extend(&self, lease: &Lease, by: Duration) -> Result<Heartbeat, LeaseError> {
        self.extend_lease(lease, by).await
    }

    async fn finish(
        &self,
        lease: &Lease,
        end: &RunEnd,
        retry_at: Option<DateTime<Utc>>,
    ) -> Result<(), LeaseError> {
        self.finish_lease(lease, end, retry_at).await
    }

    async fn reap(&self) -> Result<Vec<Task>, LeaseError> {
        let mut tasks = self.reap_tasks().await?;
        tasks.extend(self.expire_questions().await?);
        Ok(tasks)
    }

    async fn ended(&self, runs: &[RunId]) -> Result<Vec<RunId>, LeaseError> {
        let runs: Vec<Uuid> = runs.iter().map(|run| run.as_uuid()).collect();
        let ended = sqlx::query_scalar!(
            "-- leases.ended
            select id from run where id = any ($1) and outcome is not null",
            &runs,
        )
        .fetch_all(self.pool())
        .await
        .map_err(StoreError::from)?;
        Ok(ended.into_iter().map(RunId::from_uuid).collect())
    }
}

impl Store {
    /// The tasks that were ended, once whoever watches them has been told.
    fn told(&self, rows: Vec<TaskRow>) -> Result<Vec<Task>, StoreError> {
        rows.into_iter()
            .map(|row| {
                let task = Task::try_from(row)?;
                self.announcer().changed(task.id);
                Ok(task)
            })
            .collect()
    }

    async fn keep_trace(&self, lease: &Lease, trace_id: &str) -> Result<(), LeaseError> {
        let kept = sqlx::query!(
            "-- leases.traced: a run that goes on with an answer keeps the trace it began in
            update run
            set trace_id = coalesce(run.trace_id, $4)
            from task
            where task.id = $1 and lease_token = $2 and state = 'running' and leased_until > $3
                and run.id = task.run_id and outcome is null",
            lease.task_id.as_uuid(),
            lease.token.as_uuid(),
            self.clock().now(),
            &*clean(trace_id),
        )
        .execute(self.pool())
        .await
        .map_err(StoreError::from)?;
        if kept.rows_affected() == 0 { Err(LeaseError::Lost) } else { Ok(()) }
    }

    async fn extend_lease(&self, lease: &Lease, by: Duration) -> Result<Heartbeat, LeaseError> {
        let now = self.clock().now();
        let row = sqlx::query!(
            r#"-- leases.extend
            update task
            set leased_until = greatest(leased_until, $4)
            where id = $1 and lease_token = $2 and state = 'running' and leased_until > $3
            returning leased_until as "until!", cancel_requested_at is not null as "cancel!""#,
            lease.task_id.as_uuid(),
            lease.token.as_uuid(),
            now,
            after(now, by),
        )
        .fetch_optional(self.pool())
        .await
        .map_err(StoreError::from)?
        .ok_or(LeaseError::Lost)?;
        Ok(Heartbeat { until: row.until, cancel_requested: row.cancel })
    }
}

/// What is said of a run whose lease expired.
fn vanished() -> TaskFailure {
    TaskFailure::infrastructure("the worker vanished: its lease ran out without a sign of life")
}

/// How often a task is claimed with one answer before it counts as an answer that nobody survives.
const RESUMPTIONS: i32 = 3;

pub(crate) fn after(now: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by)
        .ok()
        .and_then(|by| now.checked_add_signed(by))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn before(now: DateTime<Utc>, by: Duration) -> DateTime<Utc> {
    TimeDelta::from_std(by)
        .ok()
        .and_then(|by| now.checked_sub_signed(by))
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}
