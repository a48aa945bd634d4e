//! The words that counters are told apart by: each begins at zero, so that no rate misses what
//! happens first.

use domain::escalation::EscalationKind;
use domain::failure::FailureKind;
use domain::memory::{Tactic, Tier};
use domain::recall::AdviceOutcome;
use telemetry::{Asker, Words, metrics};

/// Says that nothing has happened yet.
pub(crate) fn begin_at_zero() {
    let advice_tiers = [Tier::Low, Tier::Medium, Tier::High].map(Tier::as_str);
    let heal_tiers = [&advice_tiers[..], &["explored", "routine", "human"]].concat();
    let ours = ["worked", "failed"].map(|outcome| (Asker::Agent, outcome));
    let theirs = AdviceOutcome::ALL.map(|outcome| (Asker::Api, outcome.as_str()));
    metrics().begin(&Words {
        heal_tiers: &heal_tiers,
        tactics: &Tactic::ALL.map(Tactic::as_str),
        advice_tiers: &advice_tiers,
        outcomes: &[&ours[..], &theirs[..]].concat(),
        escalations: &EscalationKind::ALL.map(EscalationKind::as_str),
        // Nothing else is tried again.
        retries: &[FailureKind::Infrastructure.as_str()],
    });
}
