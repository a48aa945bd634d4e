//! The steps of a run, as they were recorded.

use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use chrono::{DateTime, Utc};
use domain::artifact::{Artifact, NewArtifact};
use domain::id::{ProjectId, RunId};
use domain::recall::Recall;
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
    /// What was asked of memory after it failed.
    pub recalls: Vec<Recall>,
}

impl RecordedStep {
    fn bare(step: Step) -> Self {
        Self { step, artifacts: Vec::new(), recalls: Vec::new() }
    }
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
            .map(|row| Ok(RecordedStep::bare(row.try_into()?)))
            .collect::<Result<Vec<_>, StoreError>>()?;
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            return Ok(steps);
        };
        let seqs = first.step.seq..last.step.seq.saturating_add(1);
        for recall in self.0.recalls().list_after(project, run, seqs.clone()).await? {
            if let Ok(at) = steps.binary_search_by_key(&recall.after, |it| it.step.seq) {
                steps[at].recalls.push(recall);
            }
        }
        for artifact in self.0.artifacts().of_steps(project, run, seqs).await? {
            if let Ok(at) = steps.binary_search_by_key(&artifact.step, |it| it.step.seq) {
                steps[at].artifacts.push(artifact);
            }
        }
        Ok(steps)
    }
}

pub(crate) struct StepRow {
    pub(crate) run_id: Uuid,
    pub(crate) seq: i32,
    pub(crate) intent: String,
    pub(crate) page: String,
    pub(crate) decision: Value,
    pub(crate) action: Value,
    pub(crate) failure: Option<Value>,
    pub(crate) observation: Value,
    pub(crate) fingerprint: Option<Value>,
    pub(crate) extracted: Option<Value>,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) duration_ms: i64,
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
