//! Claiming: takes due tasks and expired leases, never one task twice.
//!
//! Claims take turns, by an advisory lock that ends with the transaction: a claim decides by what
//! runs on each site, so it must see what the claim before it took. The lock is requested in a
//! statement of its own, because a statement sees what was committed before it began, not before
//! its lock was granted.

use super::finish::Held;
use super::{RESUMPTIONS, after, before, vanished};
use crate::error::{Corrupt, StoreError};
use crate::escalations::{ResumedRow, list_resumed, list_told_plans};
use crate::store::Store;
use crate::text::{clean, json};
use chrono::{DateTime, Utc};
use domain::backoff::{AfterFailure, after_failure};
use domain::failure::TaskFailure;
use domain::id::{LeaseToken, ProjectId, RunId, TaskId};
use domain::ports::{Claim, Lease, LeaseError};
use domain::run::RunEnd;
use domain::task::TaskSpec;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The number is "waymark" in ASCII; an advisory lock belongs to one database.
const BEGIN: &str = "begin; select pg_advisory_xact_lock(33602696382607979)";

/// How far into the queue a claim looks before it goes from site to site.
const HEAD: i64 = 64;

/// How one claim sees the clock.
#[derive(Clone, Copy)]
struct Times {
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    /// Nothing may have started on a site after this; `None` without a pace.
    quiet_since: Option<DateTime<Utc>>,
}

struct ClaimedRow {
    id: Uuid,
    project_id: Uuid,
    run_id: Uuid,
    attempt: i32,
    max_attempts: i32,
    token: Uuid,
    spec: Value,
    secrets: Option<Vec<u8>>,
    traceparent: Option<String>,
    tracestate: Option<String>,
    resumes: Option<Uuid>,
    due_at: Option<DateTime<Utc>>,
}

impl Store {
    pub(super) async fn claim_leases(&self, claim: &Claim) -> Result<Vec<Lease>, LeaseError> {
        if claim.free == 0 {
            return Ok(Vec::new());
        }
        let mut transaction = self.pool().begin_with(BEGIN).await.map_err(StoreError::from)?;
        let now = self.clock().now();
        let times = Times {
            now,
            until: after(now, claim.lease),
            quiet_since: (!claim.pace.is_zero()).then(|| before(now, claim.pace)),
        };
        let due = self.due(&mut transaction, claim, times).await?;
        let rows = match &*due {
            [] => Vec::new(),
            due => self.take(&mut transaction, claim, times, due).await?,
        };
        let answers: Vec<Uuid> = rows.iter().filter_map(|row| row.resumes).collect();
        let mut answers = list_resumed(&mut transaction, &answers).await?;
        let again = rows.iter().filter(|row| row.attempt > 1 && row.spec["plan"].is_null());
        let again: Vec<Uuid> = again.map(|row| row.id).collect();
        let mut told = list_told_plans(&mut transaction, &again).await?;
        transaction.commit().await.map_err(StoreError::from)?;

        let mut leases = Vec::with_capacity(rows.len());
        for row in rows {
            self.announcer().changed(TaskId::from_uuid(row.id));
            let held = row.held()?;
            let max_attempts = row.max_attempts;
            let answer = row.resumes.and_then(|id| answers.remove(&id));
            let told = told.remove(&row.id);
            match self.read_lease(row, held, times.until, answer) {
                Ok(lease) => leases.push(Lease { told, ..lease }),
                Err(failure) => self.hand_back(held, max_attempts, failure).await,
            }
        }
        Ok(leases)
    }

    /// What to claim, in order. The head of the queue nearly always has it. When it is all of sites
    /// that are full, every site is asked.
    async fn due(
        &self,
        connection: &mut PgConnection,
        claim: &Claim,
        times: Times,
    ) -> Result<Vec<Uuid>, StoreError> {
        let free = i64::try_from(claim.free).unwrap_or(i64::MAX);
        let head = sqlx::query_file!(
            "queries/claim_near.sql",
            times.now,
            free,
            i64::from(claim.per_site),
            times.quiet_since,
            HEAD.max(free),
            &*clean(&claim.worker),
            RESUMPTIONS,
        )
        .fetch_one(&mut *connection)
        .await?;
        if head.whole || head.ids.len() >= claim.free {
            return Ok(head.ids);
        }
        let ids = sqlx::query_file_scalar!(
            "queries/claim_far.sql",
            times.now,
            free,
            i64::from(claim.per_site),
            times.quiet_since,
            &*clean(&claim.worker),
            RESUMPTIONS,
        )
        .fetch_all(connection)
        .await?;
        Ok(ids)
    }

    async fn take(
        &self,
        connection: &mut PgConnection,
        claim: &Claim,
        times: Times,
        due: &[Uuid],
    ) -> Result<Vec<ClaimedRow>, StoreError> {
        let ids = || due.iter().map(|_| self.clock().new_id()).collect();
        let (runs, tokens): (Vec<Uuid>, Vec<Uuid>) = (ids(), ids());
        let rows = sqlx::query_file_as!(
            ClaimedRow,
            "queries/claim.sql",
            times.now,
            due,
            times.until,
            &*clean(&claim.worker),
            &runs,
            &tokens,
            json(&vanished())?,
            RESUMPTIONS,
        )
        .fetch_all(connection)
        .await?;
        Ok(rows)
    }

    /// Makes a lease of the row, or says why nobody here can work on it.
    fn read_lease(
        &self,
        row: ClaimedRow,
        held: Held,
        until: DateTime<Utc>,
        answer: Option<ResumedRow>,
    ) -> Result<Lease, TaskFailure> {
        let spec: TaskSpec = serde_json::from_value(row.spec).map_err(|error| {
            TaskFailure::infrastructure(format!("this version cannot read the task: {error}"))
        })?;
        let secrets = match row.secrets {
            None => BTreeMap::new(),
            Some(sealed) => self
                .secret_key()
                .open(held.task_id.as_uuid(), &sealed)
                .map_err(|error| TaskFailure::infrastructure(error.to_string()))?,
        };
        let resumed = answer
            .map(|answer| answer.open(self.secret_key()))
            .transpose()
            .map_err(|error| TaskFailure::infrastructure(error.to_string()))?;
        Ok(Lease {
            task_id: held.task_id,
            project_id: ProjectId::from_uuid(row.project_id),
            run_id: held.run_id,
            attempt: held.attempt,
            token: held.token,
            until,
            spec,
            secrets,
            traceparent: row.traceparent,
            tracestate: row.tracestate,
            due_at: row.due_at,
            resumed: resumed.map(Box::new),
            told: None,
        })
    }

    /// Ends an attempt that this process cannot make; another one may, so it is tried again.
    async fn hand_back(&self, held: Held, max_attempts: i32, failure: TaskFailure) {
        let now = self.clock().now();
        let max_attempts = u32::try_from(max_attempts).unwrap_or(0);
        let (failure, retry_at) =
            match after_failure(failure.clone(), held.attempt, max_attempts, now, 1.0) {
                AfterFailure::RetryAt(at) => (failure, Some(at)),
                AfterFailure::GiveUp(end) => (end, None),
            };
        tracing::warn!(
            task.id = %held.task_id,
            run.id = %held.run_id,
            "task {} cannot be worked on here: {}", held.task_id, failure.message
        );
        let end = RunEnd::Failed(failure, Value::Null);
        if let Err(error) = self.finish_held(held, &end, retry_at).await {
            tracing::warn!(
                task.id = %held.task_id,
                error = &error as &dyn std::error::Error,
                "task {} stays leased until the lease expires", held.task_id
            );
        }
    }
}

impl ClaimedRow {
    fn held(&self) -> Result<Held, StoreError> {
        let name = Corrupt::row("task", self.id);
        Ok(Held {
            task_id: TaskId::from_uuid(self.id),
            run_id: RunId::from_uuid(self.run_id),
            attempt: name.number("attempt", self.attempt)?,
            token: LeaseToken::from_uuid(self.token),
        })
    }
}
