//! Appending to a trace: durable when it returns, exactly once however often it is repeated, and
//! only for who holds the lease.

use crate::error::StoreError;
use crate::search::PassageColumns;
use crate::steps::NewStep;
use crate::store::Store;
use crate::text::{clean, clean_option, json};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::artifact::NewArtifact;
use domain::ports::{Lease, LeaseError, Trace};
use domain::step::Step;
use serde::Serialize;
use serde_json::json as value;
use uuid::Uuid;

#[async_trait]
impl Trace for Store {
    async fn append(
        &self,
        lease: &Lease,
        step: &Step,
        artifacts: &[NewArtifact],
    ) -> Result<(), LeaseError> {
        self.append_all(lease, &[NewStep { step, artifacts }]).await
    }
}

impl Store {
    /// Appends several steps at once, all or none. One statement and one commit, whether for one
    /// step or for a thousand.
    ///
    /// # Errors
    /// As [`Trace::append`].
    pub async fn append_all(&self, lease: &Lease, steps: &[NewStep<'_>]) -> Result<(), LeaseError> {
        let rows = StepColumns::of(lease, steps)?;
        let files = ArtifactColumns::of(steps);
        let words = PassageColumns::of_steps(lease, steps);
        let held = sqlx::query_file_scalar!(
            "queries/append.sql",
            lease.task_id.as_uuid(),
            lease.token.as_uuid(),
            self.clock().now(),
            &rows.seq,
            &rows.intent,
            &rows.page,
            &rows.decision,
            &rows.action,
            &rows.failure as &[Option<String>],
            &rows.observation,
            &rows.fingerprint as &[Option<String>],
            &rows.extracted as &[Option<String>],
            &rows.started_at,
            &rows.duration_ms,
            &rows.event,
            &files.id,
            &files.step,
            &files.kind as &[&str],
            &files.name as &[Option<String>],
            &files.media_type,
            &files.content as &[&[u8]],
            &words.seq,
            &words.id,
            &words.site,
            &words.page,
            &words.class as &[Option<&str>],
            &words.title,
            &words.message,
            &words.text,
        )
        .fetch_one(self.pool())
        .await
        .map_err(StoreError::from)?;
        if !held {
            return Err(LeaseError::Lost);
        }
        self.announcer().changed(lease.task_id);
        Ok(())
    }
}

/// The steps column by column, as the statement takes them.
#[derive(Default)]
struct StepColumns {
    seq: Vec<i32>,
    intent: Vec<String>,
    page: Vec<String>,
    decision: Vec<String>,
    action: Vec<String>,
    failure: Vec<Option<String>>,
    observation: Vec<String>,
    fingerprint: Vec<Option<String>>,
    extracted: Vec<Option<String>>,
    started_at: Vec<DateTime<Utc>>,
    duration_ms: Vec<i64>,
    event: Vec<String>,
}

impl StepColumns {
    fn of(lease: &Lease, steps: &[NewStep<'_>]) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for NewStep { step, .. } in steps {
            columns.seq.push(seq(step));
            columns.intent.push(clean(&step.intent).into_owned());
            columns.page.push(clean(&step.page).into_owned());
            columns.decision.push(json(&step.decision)?);
            columns.action.push(json(&step.action)?);
            columns.failure.push(optional(step.failure.as_ref())?);
            columns.observation.push(json(&step.observation)?);
            columns.fingerprint.push(optional(step.fingerprint.as_ref())?);
            columns.extracted.push(optional(step.extracted.as_ref())?);
            columns.started_at.push(step.started_at);
            columns.duration_ms.push(step.duration_ms.into());
            columns.event.push(event(lease, step)?);
        }
        Ok(columns)
    }
}

/// The artifacts column by column; their bytes are not copied.
#[derive(Default)]
struct ArtifactColumns<'a> {
    id: Vec<Uuid>,
    step: Vec<i32>,
    kind: Vec<&'static str>,
    name: Vec<Option<String>>,
    media_type: Vec<String>,
    content: Vec<&'a [u8]>,
}

impl<'a> ArtifactColumns<'a> {
    fn of(steps: &[NewStep<'a>]) -> Self {
        let mut columns = Self::default();
        for NewStep { step, artifacts } in steps {
            for artifact in *artifacts {
                columns.id.push(artifact.id.as_uuid());
                columns.step.push(seq(step));
                columns.kind.push(artifact.kind.as_str());
                columns.name.push(clean_option(artifact.name.as_ref()));
                columns.media_type.push(clean(&artifact.media_type).into_owned());
                columns.content.push(&artifact.content);
            }
        }
        columns
    }
}

fn seq(step: &Step) -> i32 {
    i32::try_from(step.seq).unwrap_or(i32::MAX)
}

fn optional(value: Option<&impl Serialize>) -> Result<Option<String>, StoreError> {
    value.map(json).transpose()
}

/// What the task's event stream says of a step.
fn event(lease: &Lease, step: &Step) -> Result<String, StoreError> {
    let mut data = value!({
        "run_id": lease.run_id,
        "attempt": lease.attempt,
        "seq": step.seq,
        "intent": step.intent,
        "action": step.action.action,
        "ok": step.failure.is_none(),
        "duration_ms": step.duration_ms,
        "url": step.observation.url,
    });
    if let Some(failure) = &step.failure {
        data["error_class"] = value!(failure.class);
        data["message"] = value!(failure.message);
    }
    json(&data)
}
