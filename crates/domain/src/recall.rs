//! A recall: one question to memory, what came back, and what was made of it. Part of the trace:
//! written when the decision has been made, and again where something that was chosen did not get
//! its turn.

mod answering;
mod outside;
mod readable;
mod report;
#[cfg(test)]
mod testing;
mod when_not;

pub use answering::{answer, judge_asked};
pub use outside::{Asked, OutsideRecall, TriedWay, is_one_thing};
pub use readable::{LEAST_BUDGET, estimated_tokens, in_words, readable};
pub use report::{AdviceOutcome, KeptOutcome, Outcome, Told, ToldRemedy};
pub use when_not::when_not;

use crate::heal::Candidate;
use crate::id::{ProjectId, RecallId, RemedyId, RunId, SituationId};
use crate::memory::{Advice, Approach, Judged, Situation};
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
    /// Of each piece of advice that was offered, whether it was followed, and why not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weighed: Vec<Weighed>,
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

/// What was made of one piece of advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Weighed {
    /// The situation it comes from.
    pub situation_id: SituationId,
    /// The remedy.
    pub remedy_id: RemedyId,
    /// Whether it was followed.
    pub choice: Choice,
    /// Why it was not followed, or not to its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// Whether advice was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// It was: the steps taken after it name it. Where the run was cut short, it was about to be.
    Chosen,
    /// It was not; nothing was done in its name.
    Rejected,
}

impl Weighed {
    /// Advice that is followed, or that is not for a reason.
    #[must_use]
    pub fn new(advice: &Advice, why_not: Option<String>) -> Self {
        Self {
            situation_id: advice.situation_id,
            remedy_id: advice.remedy.id,
            choice: if why_not.is_some() { Choice::Rejected } else { Choice::Chosen },
            why: why_not,
        }
    }
}

impl RecallAnswer {
    /// Notes what became of advice that had been chosen.
    pub fn weigh(&mut self, advice: &Advice, choice: Choice, why: &str) {
        let same = |it: &&mut Weighed| {
            (it.situation_id, it.remedy_id) == (advice.situation_id, advice.remedy.id)
        };
        if let Some(it) = self.weighed.iter_mut().find(same) {
            it.choice = choice;
            it.why = Some(why.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn advice(number: u32) -> Advice {
        let id = format!("01890000-0000-7000-8000-00000000000{number}");
        let remedy = json!({"id": id, "trust": "verified", "proof": {},
            "remedy": {"approach": "other_locator", "steps": []},
            "origin": {"run_id": id, "step": 2}});
        let situation = json!({"site": "shop", "page": "/", "class": "timeout",
            "action": "click", "intent": "save", "message": ""});
        serde_json::from_value(json!({"tier": "high", "confidence": 0.5, "situation_id": id,
            "situation": situation, "remedy": remedy}))
        .unwrap()
    }

    #[test]
    fn what_did_not_get_its_turn_says_why() {
        let (first, second) = (advice(1), advice(2));
        let weighed = [&first, &second].map(|advice| Weighed::new(advice, None)).to_vec();
        let mut answer = RecallAnswer { weighed, ..RecallAnswer::default() };
        answer.weigh(&second, Choice::Rejected, "another way got past the failure first");
        answer.weigh(&advice(3), Choice::Rejected, "it was never offered");
        let told = serde_json::to_value(&answer.weighed).unwrap();
        let id = |advice: &Advice| json!(advice.remedy.id);
        assert_eq!(
            told,
            json!([
                {"situation_id": id(&first), "remedy_id": id(&first), "choice": "chosen"},
                {"situation_id": id(&second), "remedy_id": id(&second), "choice": "rejected",
                    "why": "another way got past the failure first"},
            ])
        );
    }

    #[test]
    fn a_recall_of_an_earlier_version_is_still_read() {
        let old: RecallAnswer = serde_json::from_value(json!({"chosen": []})).unwrap();
        assert_eq!(old, RecallAnswer::default());
    }
}
