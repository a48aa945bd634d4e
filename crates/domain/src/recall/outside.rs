//! A recall that an agent outside asked for: not one of our runs, but somebody else's program.

use super::RecallAnswer;
use crate::id::{ProjectId, RecallId, RemedyId};
use crate::memory::{Advice, Approach, Situation, Tier};
use crate::plan::StepForm;
use crate::tactics::prepares;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One question of an agent outside, and what it was answered. A fact: written once.
#[derive(Debug, Clone, PartialEq)]
pub struct OutsideRecall {
    /// Its id.
    pub id: RecallId,
    /// Whose memory was asked.
    pub project_id: ProjectId,
    /// Who asked, and for what.
    pub asked: Asked,
    /// What was asked about.
    pub situation: Situation,
    /// What was answered: `chosen` is the advice that was served, in the order of its ranks.
    pub answer: RecallAnswer,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// How long asking and judging took.
    pub took_ms: u32,
}

/// Who asked, and for what. Nothing of it is searched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// What the agent calls itself.
    pub agent: String,
    /// What it is after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// Scheme, host and port of the page: where a remedy has to stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// What it has tried already.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tried: Vec<TriedWay>,
    /// At most how many pieces of advice.
    pub limit: usize,
}

/// Something that an agent outside has tried already.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TriedWay {
    /// A remedy that memory had named.
    Remedy(RemedyId),
    /// An approach, whatever it was done to.
    Approach(Approach),
    /// An action, without what it typed.
    Action(Box<StepForm>),
}

impl Asked {
    /// Whether a piece of advice comes to something that was tried already.
    #[must_use]
    pub fn has_tried(&self, advice: &Advice, situation: &Situation) -> bool {
        let remedy = &advice.remedy.remedy;
        self.tried.iter().any(|tried| match tried {
            TriedWay::Remedy(id) => *id == advice.remedy.id,
            TriedWay::Approach(approach) => {
                let whole = advice.tier == Tier::Low || is_one_thing(*approach);
                *approach == remedy.approach && whole
            }
            TriedWay::Action(action) => remedy.comes_to(action, situation.target.as_ref()),
        })
    }
}

/// Whether an approach is the same thing each time. Of another locator, say, there are many, and one
/// that was tried says nothing of the others.
#[must_use]
pub const fn is_one_thing(approach: Approach) -> bool {
    prepares(approach)
        || approach.settles()
        || matches!(approach, Approach::Keyboard | Approach::FollowLink)
}
