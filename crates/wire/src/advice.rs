//! What an agent in trouble is told.

use chrono::{DateTime, Utc};
use domain::failure::ErrorClass;
use domain::id::{RecallId, RemedyId, SituationId};
use domain::memory::{
    Advice, Approach, KnownRemedy, Origin, Proof, Remedy, RemedyStep, Situation, Tactic, Tier,
    Voucher,
};
use domain::plan::StepForm;
use domain::recall::{OutsideRecall, estimated_tokens, in_words, readable, when_not};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What memory knows that may help.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemoryAnswer {
    /// The recall: name it when you report what became of the advice.
    pub id: RecallId,
    /// What kind of trouble it was taken for.
    pub error_class: ErrorClass,
    /// The question as it was understood.
    pub asked: Situation,
    /// What had to be assumed, and what would have made the question better.
    pub notes: Vec<String>,
    /// The advice, best first: at most three pieces, none when nothing is good enough.
    pub advice: Vec<OfferedAdvice>,
    /// What is known not to work in this very situation.
    pub dead_ends: Vec<DeadEnd>,
    /// Why there is no advice.
    pub abstained: Option<String>,
    /// What kept memory from answering in full: without embeddings it is asked by its exact key and
    /// by words only.
    pub trouble: Option<String>,
    /// All of it in words, for people and language models; cut to fit `token_budget`.
    pub text: String,
    /// About how many tokens `text` is: a third of its bytes.
    pub text_tokens: u64,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// How long asking and judging took.
    pub took_ms: u32,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferedAdvice {
    /// Its rank, from 1: name it when you report what became of it.
    #[schema(minimum = 1, maximum = 3)]
    pub rank: u32,
    /// How relevant: `high` can be copied, `medium` tells what this site needs, `low` is an approach
    /// that helped on another site.
    pub tier: Tier,
    /// From 0 to 1: similarity, proof, recency and trust in one.
    pub confidence: f64,
    /// The kind of answer to a failure.
    pub tactic: Tactic,
    /// What it does, without saying where.
    pub approach: Approach,
    /// What to do, in words.
    pub text: String,
    /// What to do, in order. Empty with the tier `low`, which carries no locator, address or value.
    pub steps: Vec<OfferedStep>,
    /// When not to use it.
    pub when_not: Vec<String>,
    /// How its uses went.
    pub proof: Proof,
    /// Who vouches for it.
    pub trust: Voucher,
    /// Where it comes from: the run and the step in which it was first seen to work, or a report.
    pub provenance: Origin,
    /// The remedy.
    pub remedy_id: RemedyId,
    /// The situation it comes from.
    pub situation_id: SituationId,
    /// What happened then; nothing of another site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub situation: Option<Situation>,
}

/// One action of a remedy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferedStep {
    /// What to do, as a step of a plan has it; never a value.
    pub action: StepForm,
    /// Whether it does what the failed step was for: then what it enters or reads is what that step
    /// would have. Where no action does, do the failed step again afterwards.
    pub own: bool,
    /// Of a `select`: which option of the failed step the named one stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<String>,
    /// What the element looked like when it last worked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub element: Option<SeenElement>,
}

/// An element, in what tells it from others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SeenElement {
    /// Its tag.
    pub tag: String,
    /// Its role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Its accessible name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its test id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_id: Option<String>,
    /// A path to it, as it was then.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub css: String,
}

/// Something that is known not to work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeadEnd {
    /// What it is, in words.
    pub text: String,
    /// What it does, without saying where.
    pub approach: Approach,
    /// What was done, in order.
    pub steps: Vec<OfferedStep>,
    /// How its uses went.
    pub proof: Proof,
    /// Where it was first tried.
    pub provenance: Origin,
    /// The remedy.
    pub remedy_id: RemedyId,
}

impl MemoryAnswer {
    /// The answer to a question, with what had to be assumed of it.
    #[must_use]
    pub fn new(recall: OutsideRecall, notes: Vec<String>, token_budget: Option<usize>) -> Self {
        let OutsideRecall { id, situation, answer, asked_at, took_ms, .. } = recall;
        let text = readable(&situation, &answer, token_budget, asked_at);
        let served = (1..).zip(answer.served());
        Self {
            id,
            error_class: situation.class,
            notes,
            advice: served
                .map(|(rank, advice)| OfferedAdvice::new(rank, advice, &situation, asked_at))
                .collect(),
            dead_ends: answer.judged.dead_ends.iter().map(DeadEnd::of).collect(),
            abstained: answer.abstained,
            trouble: answer.trouble,
            text_tokens: u64::try_from(estimated_tokens(&text)).unwrap_or(u64::MAX),
            text,
            asked: situation,
            asked_at,
            took_ms,
        }
    }
}

impl OfferedAdvice {
    fn new(rank: u32, advice: &Advice, asked: &Situation, now: DateTime<Utc>) -> Self {
        let KnownRemedy { id, remedy, trust, proof, origin } = advice.remedy.clone();
        Self {
            rank,
            tier: advice.tier,
            confidence: advice.confidence,
            tactic: remedy.approach.tactic(),
            approach: remedy.approach,
            text: in_words(advice),
            when_not: when_not(advice, asked, now),
            steps: steps(remedy),
            trust: Voucher::of(trust, &proof),
            proof,
            provenance: origin,
            remedy_id: id,
            situation_id: advice.situation_id,
            situation: (advice.tier >= Tier::Medium).then(|| advice.situation.clone()),
        }
    }
}

impl DeadEnd {
    fn of(known: &KnownRemedy) -> Self {
        let KnownRemedy { id, remedy, trust: _, proof, origin } = known.clone();
        Self {
            text: remedy.describe(),
            approach: remedy.approach,
            steps: steps(remedy),
            proof,
            provenance: origin,
            remedy_id: id,
        }
    }
}

fn steps(remedy: Remedy) -> Vec<OfferedStep> {
    let step = |step: RemedyStep| OfferedStep {
        action: step.form,
        own: step.own,
        instead_of: step.renamed,
        element: step.fingerprint.map(|print| SeenElement {
            tag: print.tag,
            role: print.role,
            name: print.name,
            id: print.id,
            test_id: print.test_id,
            css: print.css_path,
        }),
    };
    remedy.steps.into_iter().map(step).collect()
}
