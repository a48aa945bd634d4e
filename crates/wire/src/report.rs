//! What an agent reports of the advice it was given.

mod check;

use chrono::{DateTime, Utc};
use domain::id::{RecallId, RemedyId};
use domain::memory::{Proof, Trust, Voucher};
use domain::plan::StepForm;
use domain::recall::{AdviceOutcome, KeptOutcome};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What became of advice, and what worked instead. At least one of the two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "outcomes": [ { "rank": 1, "outcome": "worked" } ] }))]
pub struct ReportOutcome {
    /// What became of the advice, piece by piece.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 3)]
    pub outcomes: Vec<AdviceReport>,
    /// What worked that memory had not advised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<RemedyForm>,
}

/// What became of one piece of advice, which is named by its rank or by its remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdviceReport {
    /// Its rank, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3)]
    pub rank: Option<i64>,
    /// Its remedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy_id: Option<RemedyId>,
    /// What became of it.
    pub outcome: AdviceOutcome,
    /// Anything to add, for people: never a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// A remedy that an agent found by itself: what it did first, and what it did instead of the failed
/// step. It is kept as a hint, and served as a hint until it has worked in one of our own runs.
///
/// Typed actions only, on the site that was asked about. What is entered is not part of it: in
/// `action` it is that of the failed step, in `first` an input by its placeholder.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "first": [ { "action": "click", "target": { "role": "button", "name": "Accept" } } ],
    "action": { "action": "click", "target": { "role": "button", "name": "Order now" } }
}))]
pub struct RemedyForm {
    /// What was done before, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10)]
    pub first: Vec<StepForm>,
    /// What was done instead of the failed step; the step itself, as it was, when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<StepForm>,
    /// Anything to add, for people: never a secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
}

/// What is kept of a report, and what memory makes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OutcomeReport {
    /// The recall it is about.
    pub recall_id: RecallId,
    /// What became of the advice.
    pub outcomes: Vec<KeptReport>,
    /// The agent's own remedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<KeptReport>,
}

/// One report as it is kept: the first one counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KeptReport {
    /// The rank of the advice; `null` for the agent's own remedy.
    pub rank: Option<u32>,
    /// The remedy.
    pub remedy_id: RemedyId,
    /// What became of it.
    pub outcome: AdviceOutcome,
    /// What the agent added.
    pub note: Option<String>,
    /// When it was first reported.
    pub reported_at: DateTime<Utc>,
    /// Whether it says anything about the remedy. Not so where nothing was done, or where advice from
    /// other trouble did not help: that is no fault of what it does against its own.
    pub counts: bool,
    /// Who vouches for the remedy now; `null` if memory does not hold it any more.
    pub trust: Option<Voucher>,
    /// How its uses went, this report included: what is only reported stands in `reported`.
    pub proof: Option<Proof>,
}

impl OutcomeReport {
    /// What is kept of a report; each with whether it counts, and what memory makes of its remedy now.
    #[must_use]
    pub fn new(
        recall_id: RecallId,
        kept: impl IntoIterator<Item = (KeptOutcome, bool, Option<(Trust, Proof)>)>,
    ) -> Self {
        let kept =
            kept.into_iter().map(|(kept, counts, known)| KeptReport::new(kept, counts, known));
        let (own, outcomes) = kept.partition::<Vec<_>, _>(|kept| kept.rank.is_none());
        Self { recall_id, outcomes, remedy: own.into_iter().next() }
    }
}

impl KeptReport {
    fn new(kept: KeptOutcome, counts: bool, known: Option<(Trust, Proof)>) -> Self {
        let known = known.map(|(trust, proof)| (Voucher::of(trust, &proof), proof));
        let (trust, proof) = known.unzip();
        Self {
            rank: Some(kept.rank).filter(|rank| *rank > 0),
            remedy_id: kept.remedy_id,
            outcome: kept.outcome,
            note: kept.note,
            reported_at: kept.reported_at,
            counts,
            trust,
            proof,
        }
    }
}
