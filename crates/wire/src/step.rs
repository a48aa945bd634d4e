//! A step of a trace.

use crate::Recall;
use chrono::{DateTime, Utc};
use domain::artifact::{Artifact, ArtifactKind};
use domain::failure::Failure;
use domain::id::ArtifactId;
use domain::observation::Observation;
use domain::plan::StepForm;
use domain::snapshot::Fingerprint;
use domain::step::StepDecision;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One decision, one action, one observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Step {
    /// Its number in the run, from 0 without gaps.
    pub seq: u32,
    /// What it was for.
    pub intent: String,
    /// Why it was taken.
    pub decision: StepDecision,
    /// What was done: placeholders, never the values of secrets. The content of files to upload is
    /// left out; the task's plan has it.
    pub action: StepForm,
    /// Whether it did what it should.
    pub ok: bool,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What was seen.
    pub observation: Observation,
    /// The element acted upon, as it was before.
    pub fingerprint: Option<Fingerprint>,
    /// What was extracted.
    pub extracted: Option<serde_json::Value>,
    /// The normalised page on which it began.
    pub page: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it took, recording excluded.
    pub duration_ms: u32,
    /// What belongs to it and is too large for it.
    pub artifacts: Vec<ArtifactRef>,
    /// What memory was asked after it failed, and what was made of the answer.
    pub recalls: Vec<Recall>,
}

/// An artifact by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ArtifactRef {
    /// Its id, for `GET /v1/artifacts/{id}`.
    pub id: ArtifactId,
    /// What it is.
    pub kind: ArtifactKind,
    /// Its name.
    pub name: Option<String>,
}

impl From<Artifact> for ArtifactRef {
    fn from(artifact: Artifact) -> Self {
        Self { id: artifact.id, kind: artifact.kind, name: artifact.name }
    }
}

impl Step {
    /// A recorded step with its artifacts and recalls.
    #[must_use]
    pub fn new(
        step: domain::step::Step,
        artifacts: Vec<Artifact>,
        recalls: Vec<domain::recall::Recall>,
    ) -> Self {
        let domain::step::Step {
            seq,
            intent,
            decision,
            mut action,
            failure,
            observation,
            fingerprint,
            extracted,
            page,
            started_at,
            duration_ms,
        } = step;
        without_contents(&mut action);
        Self {
            seq,
            intent,
            decision,
            action,
            ok: failure.is_none(),
            failure,
            observation,
            fingerprint,
            extracted,
            page,
            started_at,
            duration_ms,
            artifacts: artifacts.into_iter().map(Into::into).collect(),
            recalls: recalls.into_iter().map(Into::into).collect(),
        }
    }
}

/// A list of steps must not ship megabytes of uploads.
pub(crate) fn without_contents(action: &mut StepForm) {
    for file in action.files.iter_mut().flatten() {
        file.text = None;
        file.base64 = None;
    }
    action.fallbacks.iter_mut().for_each(without_contents);
}
