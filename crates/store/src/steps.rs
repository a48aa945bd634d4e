//! The steps of a run, as they were recorded.

use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use chrono::{DateTime, Utc};
use domain::artifact::{Artifact, NewArtifact};
use domain::id::{ProjectId, RunId};
use domain::step::Step;
use serde_json::Value;
use uuid::Uuid;

/// A step to be recorded, with its artifacts.
#[derive(Debug, Clone, Copy)]
pub struct NewStep<'a> {
    /// The step.
    pub step: &'a Step,
    /// Its artifacts.
    pub artifacts: &'a [NewArtifact],
}

/// A step and what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedStep {
    /// The step.
    pub step: Step,
    /// Its artifacts, without their bytes.
    pub artifacts: Vec<Artifact>,
}

/// The steps of every run.
#[derive(Debug, Clone, Copy)]
pub struct Steps<'a>(pub(crate) &'a Store);

impl Steps<'_> {
    /// The steps of a run after one of them, in order.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list(
        self,
        project: ProjectId,
        run: RunId,
        after_seq: Option<u32>,
        limit: u32,
    ) -> Result<Vec<RecordedStep>, StoreError> {
        let rows = sqlx::query_as!(
            StepRow,
            "-- steps.list
            select run_id, seq, intent, page, decision, action, step.failure, observation,
                fingerprint, extracted, step.started_at, duration_ms
            from step
            join run on run.id = step.run_id
            where run_id = $1 and run.project_id = $2 and seq > $3
            order by seq
            limit $4",
            run.as_uuid(),
            project.as_uuid(),
            after_seq.map_or(-1, |seq| i32::try_from(seq).unwrap_or(i32::MAX)),
            i64::from(limit),
        )
        .fetch_all(self.0.pool())
        .await?;
        let mut steps = rows
            .into_iter()
            .map(|row| Ok(RecordedStep { step: row.try_into()?, artifacts: Vec::new() }))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return Ok(steps);
        };
        let seqs = first.step.seq..last.step.seq.saturating_add(1);
        for artifact in self.0.artifacts().of_steps(project, run, seqs).await? {
            if let Ok(at) = steps.binary_search_by_key(&artifact.step, |it| it.step.seq) {
                steps[at].artifacts.push(artifact);
            }
        }
        Ok(steps)
    }
}

struct StepRow {
    run_id: Uuid,
    seq: i32,
    intent: String,
    page: String,
    decision: Value,
    action: Value,
    failure: Option<Value>,
    observation: Value,
    fingerprint: Option<Value>,
    extracted: Option<Value>,
    started_at: DateTime<Utc>,
    duration_ms: i64,
}

impl TryFrom<StepRow> for Step {
    type Error = Corrupt;

    fn try_from(row: StepRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("step", format_args!("{}/{}", row.run_id, row.seq));
        Ok(Self {
            seq: name.number("seq", row.seq)?,
            intent: row.intent,
            decision: name.json("decision", row.decision)?,
            action: name.json("action", row.action)?,
            failure: name.optional_json("failure", row.failure)?,
            observation: name.json("observation", row.observation)?,
            fingerprint: name.optional_json("fingerprint", row.fingerprint)?,
            extracted: row.extracted,
            page: row.page,
            started_at: row.started_at,
            duration_ms: name.number("duration_ms", row.duration_ms)?,
        })
    }
}
