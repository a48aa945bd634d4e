//! A recall: one question to memory, what came back, and what was made of it. Part of the trace:
//! written once, when the decision has been made.

use crate::heal::Candidate;
use crate::id::{ProjectId, RecallId, RunId};
use crate::memory::{Approach, Judged, Situation};
use crate::step::HealSource;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One question to memory and what was made of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Recall {
    /// Its id.
    pub id: RecallId,
    /// Whose memory was asked.
    pub project_id: ProjectId,
    /// The run that asked.
    pub run_id: RunId,
    /// The number of the step that had failed.
    pub after: u32,
    /// What was asked.
    pub situation: Situation,
    /// What came back, and what was made of it.
    pub answer: RecallAnswer,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// How long asking and judging took.
    pub took_ms: u32,
}

/// What came back from memory, what the page itself suggested, and what was chosen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct RecallAnswer {
    /// What memory offered, rejected and warned of.
    pub judged: Judged,
    /// What was considered on the page, best first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub considered: Vec<Candidate>,
    /// What will be tried, in order.
    pub chosen: Vec<Chosen>,
    /// Why less is tried than could be: nothing was good enough, or a budget is used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abstained: Option<String>,
    /// What kept memory from answering in full.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}

/// One way that will be tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Chosen {
    /// What it does.
    pub approach: Approach,
    /// Where it comes from.
    #[serde(flatten)]
    pub by: HealSource,
    /// What it is, in words.
    pub what: String,
}
