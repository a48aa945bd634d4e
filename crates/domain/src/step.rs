//! A step of a trace: one decision, one action, one observation. Written once.

use crate::failure::Failure;
use crate::heal::Stage;
use crate::id::{EscalationId, RecallId, RemedyId, SituationId};
use crate::memory::{Approach, Tier};
use crate::observation::Observation;
use crate::plan::StepForm;
use crate::snapshot::Fingerprint;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a step was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
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
    /// Memory knows that the plan's way fails here, and the run begins with what works.
    Foreseen {
        /// Which step of the plan, from 0.
        step: u32,
        /// The situation it avoids.
        situation_id: SituationId,
        /// What works instead.
        remedy_id: RemedyId,
        /// Whether this does what the step is for, or prepares it.
        own: bool,
        /// How sure memory is, from 0 to 1.
        confidence: f64,
    },
    /// Another way after a failure.
    Heal {
        /// Which step of the plan, from 0.
        step: u32,
        /// The number of the failed step in this trace.
        after: u32,
        /// Which try, from 0.
        attempt: u32,
        /// What it does.
        approach: Approach,
        /// Where it comes from.
        #[serde(flatten)]
        by: HealSource,
        /// Whether this does what the step is for, or prepares it.
        own: bool,
        /// The question to memory that went before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        recall_id: Option<RecallId>,
    },
    /// Done again after a session was restored.
    Restore {
        /// Which step of the plan, from 0.
        step: u32,
    },
}

/// Where another way comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum HealSource {
    /// Memory advised it.
    Advice {
        /// The situation it comes from.
        situation_id: SituationId,
        /// The remedy.
        remedy_id: RemedyId,
        /// How relevant it is.
        tier: Tier,
        /// How sure memory is, from 0 to 1.
        confidence: f64,
    },
    /// The element was found again on the page.
    Explored {
        /// What it was recognised by.
        stage: Stage,
        /// From 0 to 1, within its stage.
        score: f64,
        /// How far it was ahead of the next one.
        margin: f64,
    },
    /// What is done about such a failure in general.
    Routine,
    /// A human said so.
    Human {
        /// The question that was answered.
        escalation_id: EscalationId,
    },
}

impl HealSource {
    /// Where it comes from, in a word: a tier of advice, or what else there is.
    #[must_use]
    pub const fn tier(&self) -> &'static str {
        match self {
            Self::Advice { tier, .. } => tier.as_str(),
            Self::Explored { .. } => "explored",
            Self::Routine => "routine",
            Self::Human { .. } => "human",
        }
    }
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
