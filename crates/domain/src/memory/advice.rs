//! Judging what memory holds for a failing step: tier, confidence, and why not.

mod judging;
mod reader;
mod relevance;
mod settled;

pub use judging::{UNREADABLE, judge, judge_for_outside};
pub use settled::GIVEN_UP_DAYS;

use crate::id::{RemedyId, SituationId};
use crate::memory::{KnownRemedy, Situation, Verdict};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How relevant a memory is, and so what may be done with it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Other site and other error: nothing.
    Skip,
    /// Other site, same error: the approach only, never a locator, URL or value.
    Low,
    /// Same site, other error: this site's working locators, waits and order.
    Medium,
    /// Same site, same error: copy, after a pre-check.
    High,
}

/// A question to memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What happened.
    pub situation: Situation,
    /// The meaning of the situation's text; `None` when it could not be had, and then only the
    /// exact key and words are asked.
    pub embedding: Option<Vec<f32>>,
}

/// What memory holds that may bear on a question: facts, not judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// Its id.
    pub id: SituationId,
    /// What happened then.
    pub situation: Situation,
    /// Whether it is the very key that was asked for.
    pub exact: bool,
    /// Cosine similarity of the texts, where a search by meaning came upon it: what words alone brought
    /// up is further away than all of those, and judged by the words it shares.
    pub similarity: Option<f64>,
    /// Reciprocal rank fusion of vector and text search; 0 for an exact hit that neither found.
    pub fused: f64,
    /// How often it was met.
    pub seen: u32,
    /// When it was last met.
    pub last_seen_at: DateTime<Utc>,
    /// What was tried then, and what became of it: dead ends too.
    pub remedies: Vec<KnownRemedy>,
}

/// One memory offered to an agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Advice {
    /// How relevant.
    pub tier: Tier,
    /// From 0 to 1: similarity, proof and recency in one.
    pub confidence: f64,
    /// The situation it comes from.
    pub situation_id: SituationId,
    /// What happened then.
    pub situation: Situation,
    /// What to do, with its proof and where it comes from.
    pub remedy: KnownRemedy,
}

/// A memory that is not offered, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rejected {
    /// The remedy.
    pub remedy_id: RemedyId,
    /// The situation it comes from.
    pub situation_id: SituationId,
    /// How relevant it would be.
    pub tier: Tier,
    /// Its confidence.
    pub confidence: f64,
    /// Why not.
    pub why: String,
}

/// What comes of a question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Judged {
    /// At most three pieces of advice, best first; none when nothing is good enough.
    pub offered: Vec<Advice>,
    /// What a human settled about this very situation, by saying that the step can be left out, or
    /// that it cannot be done. Nothing else is offered then that could be copied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Box<Advice>>,
    /// What else came up.
    pub rejected: Vec<Rejected>,
    /// What was tried in this very situation and never worked.
    pub dead_ends: Vec<KnownRemedy>,
    /// What was flagged as wrong in this very situation: not to be found again by other means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flagged: Vec<KnownRemedy>,
}

impl Advice {
    /// Advice that is not offered, for a reason.
    #[must_use]
    pub(crate) fn rejected(&self, why: String) -> Rejected {
        Rejected {
            remedy_id: self.remedy.id,
            situation_id: self.situation_id,
            tier: self.tier,
            confidence: self.confidence,
            why,
        }
    }
}

impl Tier {
    /// Every tier, least relevant first.
    pub const ALL: [Self; 4] = [Self::Skip, Self::Low, Self::Medium, Self::High];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Skip => "skip",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Whether what became of a use elsewhere counts for the remedy that was advised. A copy does. A
    /// pattern that did not help against another trouble is no worse against its own. An approach
    /// has no remedy.
    #[must_use]
    pub const fn counts(self, verdict: Verdict) -> bool {
        match self {
            Self::High => true,
            Self::Medium => matches!(verdict, Verdict::Worked),
            Self::Low | Self::Skip => false,
        }
    }
}

/// The four cells of relevance.
///
/// | | same error | other error |
/// | --- | --- | --- |
/// | **same site** | high: copy | medium: the pattern |
/// | **other site** | low: the approach | skip |
#[must_use]
pub const fn tier(same_site: bool, same_error: bool) -> Tier {
    match (same_site, same_error) {
        (true, true) => Tier::High,
        (true, false) => Tier::Medium,
        (false, true) => Tier::Low,
        (false, false) => Tier::Skip,
    }
}

#[cfg(test)]
mod tests;
