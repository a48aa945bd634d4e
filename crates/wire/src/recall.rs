//! A recall: a question to memory, what came back, and what was made of it.

use chrono::{DateTime, Utc};
use domain::heal::Candidate;
use domain::id::RecallId;
use domain::memory::{Advice, KnownRemedy, Rejected, Situation};
use domain::recall::{Chosen, RecallAnswer, Weighed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One question to memory after a step failed, and what was made of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Recall {
    /// Its id.
    pub id: RecallId,
    /// What was asked.
    pub asked: Situation,
    /// The advice that memory gave, best first, with its tier and confidence.
    pub offered: Vec<Advice>,
    /// What a human settled about this very situation: that the step can be left out, or that it
    /// cannot be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Advice>,
    /// What else came up, and why it was not offered.
    pub rejected: Vec<Rejected>,
    /// What was tried in this very situation before and never worked.
    pub dead_ends: Vec<KnownRemedy>,
    /// What was considered on the page itself, best first.
    pub considered: Vec<Candidate>,
    /// What was going to be tried, in order.
    pub chosen: Vec<Chosen>,
    /// Of each piece of advice that was offered, whether it was followed, and why not.
    #[serde(default)]
    pub weighed: Vec<Weighed>,
    /// Why less was tried than could be.
    pub abstained: Option<String>,
    /// What kept memory from answering in full.
    pub trouble: Option<String>,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// How long asking and judging took.
    pub took_ms: u32,
}

impl From<domain::recall::Recall> for Recall {
    fn from(recall: domain::recall::Recall) -> Self {
        let domain::recall::Recall {
            id,
            project_id: _,
            run_id: _,
            after: _,
            situation,
            answer,
            asked_at,
            took_ms,
        } = recall;
        let RecallAnswer { judged, considered, chosen, weighed, abstained, trouble } = answer;
        Self {
            id,
            asked: situation,
            offered: judged.offered,
            settled: judged.settled.map(|settled| *settled),
            rejected: judged.rejected,
            dead_ends: judged.dead_ends,
            considered,
            chosen,
            weighed,
            abstained,
            trouble,
            asked_at,
            took_ms,
        }
    }
}
