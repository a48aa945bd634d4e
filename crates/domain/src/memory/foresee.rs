//! Avoiding beforehand: which proven remedy a step begins with.

use crate::failure::ErrorClass;
use crate::memory::{Advice, Question, Remembered, Standing, Tier, Trust, judge};
use chrono::{DateTime, Utc};

/// The remedy to begin with, when a step's own way is known to fail: proven or told by a human, and
/// better than any other. `known` are the situations of this very target on this page, `worked_at` is when the
/// plan's own way last worked there: where that is later than the failure, the site has come round,
/// and there is nothing to avoid.
#[must_use]
pub fn foreseen(
    known: Vec<Remembered>,
    worked_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Advice> {
    let still_fails = |it: &Remembered| {
        lasts(it.situation.class) && worked_at.is_none_or(|worked| worked < it.last_seen_at)
    };
    let offered = known.into_iter().filter(still_fails).flat_map(|it| {
        let question = Question { situation: it.situation.clone(), embedding: None };
        let itself = Remembered { exact: true, similarity: Some(1.0), ..it };
        judge(&question, vec![itself], now).offered
    });
    offered
        .filter(|advice| advice.tier == Tier::High)
        .filter(|advice| match advice.remedy.proof.standing() {
            Standing::Pattern | Standing::Proven => true,
            // Nothing could show that it worked, but a human knew.
            Standing::Unproven => advice.remedy.trust == Trust::Human,
            Standing::Retired | Standing::DeadEnd => false,
        })
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
}

/// Whether a failure lies with the page as it is built, and so comes back. A hiccup of the network
/// is no reason to do things differently from then on.
const fn lasts(class: ErrorClass) -> bool {
    !class.is_transient()
}
