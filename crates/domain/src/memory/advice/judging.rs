//! From what memory holds to at most three pieces of advice, and a reason for everything else.

use super::reader::Reader;
use super::relevance::{Relevance, confidence, is_this, tier_of};
use super::settled::{latest, why_unsettled};
use super::{Advice, Judged, Question, Remembered, Tier};
use crate::memory::{Approach, KnownRemedy, Remedy, Situation, Standing, Trust};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;

/// How much is offered.
const OFFERS: usize = 3;

/// Below this confidence nothing is offered. Calibrated by `cargo xtask bench recall`.
pub(super) const CONFIDENCE_FLOOR: f64 = 0.30;

/// Why a remedy that an older version remembered is not offered; the caller counts these.
pub const UNREADABLE: &str = "an older version remembered it, and it cannot be read any more";

/// Judges what memory holds. The answer does not depend on the order in which memory gave it.
#[must_use]
pub fn judge(question: &Question, remembered: Vec<Remembered>, now: DateTime<Utc>) -> Judged {
    judge_for(Reader::Ours, question, remembered, now, &|_| None)
}

/// The same for an agent outside: it is told less surely, of what has not been seen to work, and what
/// is of no use to it, for a reason, makes room for the next best. All of what memory holds counts as
/// known all the same: what was tried may be what made another remedy obsolete.
#[must_use]
pub fn judge_for_outside(
    question: &Question,
    remembered: Vec<Remembered>,
    now: DateTime<Utc>,
    unusable: &dyn Fn(&Advice) -> Option<String>,
) -> Judged {
    judge_for(Reader::Outside, question, remembered, now, unusable)
}

fn judge_for(
    reader: Reader,
    question: &Question,
    remembered: Vec<Remembered>,
    now: DateTime<Utc>,
    unusable: &dyn Fn(&Advice) -> Option<String>,
) -> Judged {
    let mut judged = Judged::default();
    let spent = spent_here(question, &remembered);
    let (mut fit, mut settled) = (Vec::new(), Vec::new());
    for known in remembered {
        let relevance = Relevance::of(question, &known);
        for remedy in &known.remedies {
            if remedy.remedy.approach.settles() {
                let confidence = confidence(relevance.likeness, remedy, known.last_seen_at, now);
                let advice = advice(&known, remedy, relevance.tier, confidence);
                let why = why_unsettled(question, &known, remedy, now);
                match why.or_else(|| unusable(&advice)) {
                    Some(why) => judged.rejected.push(advice.rejected(why)),
                    None => settled.push(advice),
                }
                continue;
            }
            if is_here(question, &known) && is_dead_end(remedy) {
                judged.dead_ends.push(remedy.clone());
                continue;
            }
            if is_here(question, &known) && remedy.trust == Trust::Flagged {
                judged.flagged.push(remedy.clone());
            }
            let tier = reader.tier(remedy, tier_of(remedy, relevance.tier));
            let confidence = confidence(relevance.likeness, remedy, known.last_seen_at, now);
            let confidence = reader.confidence(confidence, remedy, relevance.here);
            let advice = advice(&known, remedy, tier, confidence);
            match why_not(&known, remedy, relevance, &spent) {
                Some(why) => judged.rejected.push(advice.rejected(why)),
                None => fit.push(Fit { rank: confidence * relevance.place, advice }),
            }
        }
    }
    fit.sort_by(best_first);
    choose(fit, unusable, &mut judged);
    judged.settled = latest(settled).map(Box::new);
    judged.rejected.sort_by(|a, b| {
        b.tier
            .cmp(&a.tier)
            .then(b.confidence.total_cmp(&a.confidence))
            .then((a.remedy_id, a.situation_id).cmp(&(b.remedy_id, b.situation_id)))
    });
    judged.dead_ends.sort_by_key(|remedy| remedy.id);
    judged.flagged.sort_by_key(|remedy| remedy.id);
    judged
}

/// Advice that may be offered, and what it is ranked by in its tier: its confidence is what it is worth
/// by itself, and of several the one that comes from the place at hand is tried first.
struct Fit {
    rank: f64,
    advice: Advice,
}

fn best_first(a: &Fit, b: &Fit) -> std::cmp::Ordering {
    let id = |it: &Fit| (it.advice.remedy.id, it.advice.situation_id);
    b.advice
        .tier
        .cmp(&a.advice.tier)
        .then(b.rank.total_cmp(&a.rank))
        .then_with(|| id(a).cmp(&id(b)))
}

/// Takes the best, each thing once.
fn choose(fit: Vec<Fit>, unusable: &dyn Fn(&Advice) -> Option<String>, judged: &mut Judged) {
    let mut taken = BTreeSet::new();
    for Fit { advice, .. } in fit {
        let content = advice.remedy.remedy.content();
        let why = if advice.confidence < CONFIDENCE_FLOOR {
            Some(format!(
                "its confidence of {:.2} is below the floor of {CONFIDENCE_FLOOR:.2}",
                advice.confidence
            ))
        } else if let Some(why) = unusable(&advice) {
            Some(why)
        } else if taken.contains(&content) {
            Some("better advice says the same".into())
        } else if judged.offered.len() == OFFERS {
            Some(format!("{OFFERS} better ones are offered"))
        } else if !advice.remedy.remedy.parses() {
            Some(UNREADABLE.into())
        } else {
            None
        };
        if let Some(why) = why {
            judged.rejected.push(advice.rejected(why));
        } else {
            taken.insert(content);
            judged.offered.push(advice);
        }
    }
}

/// Why a remedy is not even considered.
fn why_not(
    known: &Remembered,
    remedy: &KnownRemedy,
    relevance: Relevance,
    spent: &BTreeSet<String>,
) -> Option<String> {
    if remedy.trust == Trust::Flagged {
        return Some("it was flagged as wrong".into());
    }
    if relevance.tier == Tier::Skip {
        return Some("it is of another site and of another error".into());
    }
    if !relevance.near {
        let much = relevance.likeness;
        return Some(format!("what happened then is too little like this ({much:.2})"));
    }
    match remedy.proof.standing() {
        Standing::DeadEnd => return Some("it was tried there and never worked".into()),
        Standing::Retired | Standing::Proven | Standing::Unproven | Standing::Pattern
            if is_superseded(known, remedy) =>
        {
            return Some("it is superseded by a newer remedy".into());
        }
        Standing::Retired => {
            let (failed, worked) = (remedy.proof.failed, remedy.proof.worked);
            return Some(format!("it has retired: it failed {failed} times and worked {worked}"));
        }
        Standing::Proven | Standing::Unproven | Standing::Pattern => {}
    }
    if remedy.trust == Trust::Reported && remedy.proof.is_doubted() {
        let failed = remedy.proof.reported.failed;
        return Some(format!("it is only a hint, and {failed} reports say that it fails"));
    }
    if relevance.tier == Tier::Low && remedy.remedy.approach == Approach::PlanFallback {
        return Some("the other way of another plan carries nothing over".into());
    }
    let untold = remedy.trust == Trust::Reported && relevance.tier == Tier::Low;
    if untold && !remedy.remedy.shows_its_approach(&known.situation) {
        return Some("an agent outside told of it, and what it did shows no approach".into());
    }
    spent
        .contains(&remedy.remedy.content())
        .then(|| "the same was tried in this very situation and does not work".into())
}

/// Whether its last use failed and another one of the situation worked after that.
fn is_superseded(known: &Remembered, remedy: &KnownRemedy) -> bool {
    known.remedies.iter().any(|other| {
        other.id != remedy.id
            && other.trust != Trust::Flagged
            && remedy.proof.gives_way_to(&other.proof)
    })
}

fn is_here(question: &Question, known: &Remembered) -> bool {
    is_this(question, known) && known.situation.site == question.situation.site
}

fn is_dead_end(remedy: &KnownRemedy) -> bool {
    remedy.trust != Trust::Flagged && remedy.proof.standing() == Standing::DeadEnd
}

/// What does not work in this very situation, wherever else it is remembered.
fn spent_here(question: &Question, remembered: &[Remembered]) -> BTreeSet<String> {
    let here = remembered.iter().filter(|known| is_here(question, known));
    here.flat_map(|known| &known.remedies)
        .filter(|remedy| {
            let standing = remedy.proof.standing();
            remedy.trust == Trust::Flagged
                || matches!(standing, Standing::DeadEnd | Standing::Retired)
        })
        .map(|remedy| remedy.remedy.content())
        .collect()
}

/// What is offered of a remedy in its tier. Of another site that is the approach: no locator, no
/// address, no word of it leaves here.
fn advice(known: &Remembered, remedy: &KnownRemedy, tier: Tier, confidence: f64) -> Advice {
    let mut remedy = remedy.clone();
    let mut situation = known.situation.clone();
    if matches!(tier, Tier::Low | Tier::Skip) {
        remedy.remedy = Remedy { approach: remedy.remedy.approach, steps: Vec::new() };
        situation = Situation {
            site: String::new(),
            page: String::new(),
            target: None,
            intent: String::new(),
            message: String::new(),
            ..situation
        };
    }
    Advice { tier, confidence, situation_id: known.id, situation, remedy }
}
