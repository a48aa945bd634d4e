//! Parking: the run asks a human and stays open, the task waits without a lease.

use super::after;
use super::finish::Held;
use crate::error::StoreError;
use crate::store::Store;
use crate::text::json;
use chrono::{DateTime, Utc};
use domain::event::EventKind;
use domain::id::EscalationId;
use domain::ports::LeaseError;
use domain::run::{Outcome, Waiting};
use serde_json::{Value, json as value};
use std::time::Duration;

impl Store {
    pub(super) async fn park(&self, held: Held, waiting: &Waiting) -> Result<(), LeaseError> {
        if self.try_park(held, waiting).await? {
            self.announcer().changed(held.task_id);
            return Ok(());
        }
        // Nobody is asked about a task that was to be cancelled.
        if self.end_cancelled(held).await? {
            return Ok(());
        }
        if self.has_asked(held).await? || self.has_ended(held, Outcome::Cancelled).await? {
            return Ok(());
        }
        Err(LeaseError::Lost)
    }

    async fn try_park(&self, held: Held, waiting: &Waiting) -> Result<bool, StoreError> {
        let now = self.clock().now();
        let id = EscalationId::new(self.clock());
        let deadline = after(now, Duration::from_secs(waiting.seconds.into()));
        let session = waiting
            .session
            .as_ref()
            .map(|session| self.secret_key().seal(id.as_uuid(), session))
            .transpose()?;
        let parked = sqlx::query_file_scalar!(
            "queries/park.sql",
            held.task_id.as_uuid(),
            held.token.as_uuid(),
            now,
            id.as_uuid(),
            json(&waiting.ask)?,
            deadline,
            session.as_deref(),
            EventKind::Waiting.as_str(),
            json(&event(held, id, waiting, deadline))?,
        )
        .fetch_one(self.pool())
        .await?;
        Ok(parked > 0)
    }

    /// Whether this very question was written before, by a call whose answer got lost.
    async fn has_asked(&self, held: Held) -> Result<bool, StoreError> {
        let asked = sqlx::query_scalar!(
            r#"-- leases.has_asked
            select exists (
                select from escalation where run_id = $1 and lease_token = $2
            ) as "asked!""#,
            held.run_id.as_uuid(),
            held.token.as_uuid(),
        )
        .fetch_one(self.pool())
        .await?;
        Ok(asked)
    }
}

fn event(held: Held, id: EscalationId, waiting: &Waiting, deadline: DateTime<Utc>) -> Value {
    value!({
        "run_id": held.run_id,
        "attempt": held.attempt,
        "escalation_id": id,
        "kind": waiting.ask.kind,
        "question": waiting.ask.question,
        "answers": waiting.ask.answers(),
        "waiting_until": deadline,
    })
}
