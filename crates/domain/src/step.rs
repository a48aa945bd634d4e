//! A step of a trace: one decision, one action, one observation. Written once.

use crate::failure::Failure;
use crate::observation::Observation;
use crate::plan::StepForm;
use crate::snapshot::Fingerprint;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a step was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "source")]
pub enum StepDecision {
    /// Every run begins at its start URL.
    Start,
    /// The plan says so.
    Plan {
        /// Which step of the plan, from 0.
        step: u32,
    },
    /// The plan's own other way, after the one before it failed.
    Fallback {
        /// Which step of the plan, from 0.
        step: u32,
        /// Which of its fallbacks, from 0.
        fallback: u32,
        /// The number of the failed step in this trace.
        after: u32,
    },
}

/// One step as it is recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Its number in the run, from 0 without gaps.
    pub seq: u32,
    /// What it was for.
    pub intent: String,
    /// Why it was taken.
    pub decision: StepDecision,
    /// What was done: placeholders, never the values of secrets.
    pub action: StepForm,
    /// Why it failed; `None` when it did what it should.
    pub failure: Option<Failure>,
    /// What was seen.
    pub observation: Observation,
    /// The element acted upon.
    pub fingerprint: Option<Fingerprint>,
    /// What was extracted.
    pub extracted: Option<serde_json::Value>,
    /// The normalised page on which it began.
    pub page: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How long it took, recording excluded.
    pub duration_ms: u32,
}
