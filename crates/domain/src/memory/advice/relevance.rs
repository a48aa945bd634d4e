//! How much a remembered situation bears on a question.

use super::{Question, Remembered, Tier, tier};
use crate::heal::same_purpose;
use crate::memory::words;
use crate::memory::{KnownRemedy, Trust, recency};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// From which similarity on two situations of one page, class and purpose are about the same thing,
/// so that a remedy may be copied. A model alone does not tell: two steps on one page that fail
/// alike read alike, whatever each of them is for. Calibrated by `cargo xtask bench recall`.
const COPY_FLOOR: f64 = 0.80;

/// Below this, another error has nothing to say. Calibrated likewise.
const HINT_FLOOR: f64 = 0.55;

/// Below this, the same class of error has nothing to say: what covers one button covers others too,
/// on this site and elsewhere, however little their intents have in common. Calibrated likewise.
const PATTERN_FLOOR: f64 = 0.35;

/// How much each signal may lift or lower a similarity: half of this up, half of it down. Hindsight
/// ranks this way (arXiv 2512.12818): multiplied and capped, so that a weak match does not win by
/// being fresh.
const PROOF_BOOST: f64 = 0.2;
const RECENCY_BOOST: f64 = 0.2;
const TRUST_BOOST: f64 = 0.1;

/// How much more a situation of the very page, of the same kind of action, and of the same class of
/// error says than one that is as alike in words. What failed is asked about where it failed, and the
/// model hardly knows places. Calibrated by `cargo xtask bench recall`.
const PAGE: f64 = 1.5;
const ACTION: f64 = 1.3;
const CLASS: f64 = 1.2;

/// What is left of the confidence in a remedy that has only been reported: whoever says that it works
/// was not watched.
const REPORTED: f64 = 0.6;

/// What all signals at their best make of a similarity of 1.
const BEST: f64 =
    (1.0 + PROOF_BOOST / 2.0) * (1.0 + RECENCY_BOOST / 2.0) * (1.0 + TRUST_BOOST / 2.0);

/// How much a situation bears on a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Relevance {
    /// The cell it falls into.
    pub(super) tier: Tier,
    /// How alike the two are, from 0 to 1.
    pub(super) likeness: f64,
    /// Whether it is near enough to be used in that tier.
    pub(super) near: bool,
    /// Whether it is of the same site and the same class of error.
    pub(super) here: bool,
    /// By how much it comes before what is as likely to help, for where it happened.
    pub(super) place: f64,
}

impl Relevance {
    pub(super) fn of(question: &Question, remembered: &Remembered) -> Self {
        let (asked, known) = (&question.situation, &remembered.situation);
        let same_site = asked.site == known.site;
        let same_class = asked.class == known.class;
        let likeness = likeness(question, remembered);
        // On the same site an error is the same when it befell the same thing; on another one
        // nothing is the same thing, and the class and some likeness have to do.
        // One brittle locator serves many purposes: the third row is somebody else tomorrow.
        let alike = is_this(question, remembered)
            || (asked.page == known.page
                && asked.is_an_action_like(known)
                && likeness >= COPY_FLOOR);
        let same_subject = alike && same_purpose(&asked.intent, &known.intent);
        let same_error = same_class && (same_subject || !same_site);
        let floor = if same_class { PATTERN_FLOOR } else { HINT_FLOOR };
        let page = if asked.is_on_the_page_of(known) { PAGE } else { 1.0 };
        let action = if asked.is_an_action_like(known) { ACTION } else { 1.0 };
        let class = if same_class { CLASS } else { 1.0 };
        Self {
            tier: tier(same_site, same_error),
            likeness,
            near: likeness >= floor,
            here: same_site && same_class,
            place: page * action * class,
        }
    }
}

/// Whether it is the very situation that is asked about, in these words or others.
pub(super) fn is_this(question: &Question, remembered: &Remembered) -> bool {
    remembered.exact || question.situation.is_same_trouble(&remembered.situation)
}

/// Similarity with proof, recency and trust in one, from 0 to 1.
pub(super) fn confidence(
    likeness: f64,
    remedy: &KnownRemedy,
    last_seen: DateTime<Utc>,
    now: DateTime<Utc>,
) -> f64 {
    let boost = |much: f64, signal: f64| 1.0 + much * (signal - 0.5);
    let own = remedy.proof.last_worked_at.unwrap_or(last_seen);
    let last = remedy.proof.last_believed().map_or(own, |believed| believed.max(own));
    let score = likeness
        * boost(PROOF_BOOST, remedy.proof.credence())
        * boost(RECENCY_BOOST, recency(last, now))
        * boost(TRUST_BOOST, remedy.trust.signal())
        * if is_only_reported(remedy) { REPORTED } else { 1.0 };
    (score / BEST).clamp(0.0, 1.0)
}

/// The tier of a remedy. What is only reported is a hint until it has worked here, and so is what
/// reports say has ceased to work.
pub(super) fn tier_of(remedy: &KnownRemedy, tier: Tier) -> Tier {
    let doubted = remedy.trust != Trust::Human && remedy.proof.is_doubted();
    if is_only_reported(remedy) || doubted { tier.min(Tier::Medium) } else { tier }
}

fn is_only_reported(remedy: &KnownRemedy) -> bool {
    remedy.trust == Trust::Reported && remedy.proof.worked == 0
}

/// How alike two situations are: 1 for the same one, by meaning where both are embedded, else by
/// the words they share.
fn likeness(question: &Question, remembered: &Remembered) -> f64 {
    if is_this(question, remembered) {
        return 1.0;
    }
    match remembered.similarity {
        Some(similarity) if similarity.is_finite() => similarity.clamp(0.0, 1.0),
        Some(_) => 0.0,
        None => {
            let [asked, known] = [&question.situation, &remembered.situation]
                .map(|situation| words::split(&situation.text()).into_iter().collect());
            shared(&asked, &known)
        }
    }
}

fn shared(one: &BTreeSet<String>, other: &BTreeSet<String>) -> f64 {
    let all = one.union(other).count();
    if all == 0 {
        return 0.0;
    }
    let both = one.intersection(other).count();
    f64::from(u32::try_from(both).unwrap_or(u32::MAX))
        / f64::from(u32::try_from(all).unwrap_or(u32::MAX))
}
