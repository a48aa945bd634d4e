//! Avoiding beforehand: which proven remedy a step begins with.

use crate::failure::ErrorClass;
use crate::memory::{Advice, Question, Remembered, Standing, Tier, Trust, judge};
use chrono::{DateTime, Utc};

/// The remedy to begin with, when a step's own way is known to fail: one that nothing speaks
/// against, and better than any other. `known` are the situations of this very target on this page,
/// `worked_at` is when the plan's own way last worked there: where that is later than the failure,
/// the site has come round, and there is nothing to avoid.
#[must_use]
pub fn foreseen(
    known: Vec<Remembered>,
    worked_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<Advice> {
    let still_fails = |it: &Remembered| {
        lasts(it.situation.class) && worked_at.is_none_or(|worked| worked < it.last_seen_at)
    };
    let known = known.into_iter().filter(still_fails).map(without_logins);
    let offered = known.flat_map(|it| {
        let question = Question { situation: it.situation.clone(), embedding: None };
        let itself = Remembered { exact: true, similarity: Some(1.0), ..it };
        judge(&question, vec![itself], now).offered
    });
    offered
        .filter(|advice| advice.tier == Tier::High)
        .filter(|advice| match advice.remedy.proof.standing() {
            Standing::Pattern | Standing::Proven => true,
            // Nothing could show that it worked, as after the last click of a plan. It is what
            // would be done after the plan's way has failed once more.
            Standing::Unproven => advice.remedy.trust >= Trust::Verified,
            Standing::Retired | Standing::DeadEnd => false,
        })
        .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
}

/// Whether a failure lies with the page as it is built, and so comes back. A hiccup of the network
/// is no reason to do things differently from then on, and nor is a code that somebody was asked
/// for: the next one is asked for it again, or is not.
const fn lasts(class: ErrorClass) -> bool {
    !class.is_transient() && !matches!(class, ErrorClass::Challenge)
}

/// A login that had to come first is no reason either: the next one may be logged in. Where it is the
/// step itself that fills in the login page, only its field is another one, and stays so.
fn without_logins(mut it: Remembered) -> Remembered {
    if it.situation.class == ErrorClass::LoginRequired {
        it.remedies.retain(|known| known.remedy.steps.iter().all(|step| step.own));
    }
    it
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{RemedyId, RunId, SituationId};
    use crate::memory::{Approach, KnownRemedy, Origin, Proof, Remedy, RemedyStep, Situation};
    use crate::plan::{ActionName, StepForm, TargetForm};
    use chrono::TimeDelta;
    use uuid::Uuid;

    fn day(number: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(number)
    }

    fn met(class: ErrorClass, trust: Trust, proof: Proof) -> Vec<Remembered> {
        let target = TargetForm { css: Some("#save".into()), ..TargetForm::default() };
        let form = StepForm { target: Some(target.clone()), ..StepForm::of(ActionName::Click) };
        let steps = vec![RemedyStep { form, fingerprint: None, own: true, renamed: None }];
        let situation = Situation {
            site: "shop".into(),
            page: "/".into(),
            class,
            action: ActionName::Click,
            target: Some(target),
            intent: "save".into(),
            message: String::new(),
        };
        let remedy = KnownRemedy {
            id: RemedyId::from_uuid(Uuid::from_u128(1)),
            remedy: Remedy { approach: Approach::OtherLocator, steps },
            trust,
            proof,
            origin: Origin::Run { run_id: RunId::from_uuid(Uuid::from_u128(2)), step: 3 },
        };
        vec![Remembered {
            id: SituationId::from_uuid(Uuid::from_u128(3)),
            situation,
            exact: false,
            similarity: None,
            fused: 0.0,
            seen: 1,
            last_seen_at: day(10),
            remedies: vec![remedy],
        }]
    }

    fn worked() -> Proof {
        Proof { worked: 1, runs: 1, last_worked_at: Some(day(10)), ..Proof::default() }
    }

    fn is_foreseen(known: Vec<Remembered>, worked_at: Option<i64>) -> bool {
        foreseen(known, worked_at.map(day), day(11)).is_some()
    }

    #[test]
    fn what_nothing_speaks_against_is_done_from_the_start() {
        let untold = Proof { unverified: 1, ..Proof::default() };
        let failed = Proof { failed: 1, last_failed_at: Some(day(10)), ..untold.clone() };
        for (trust, proof, expected) in [
            (Trust::Verified, worked(), true),
            (Trust::Verified, untold.clone(), true),
            (Trust::Human, untold.clone(), true),
            (Trust::Reported, untold.clone(), false),
            (Trust::Flagged, worked(), false),
            (Trust::Human, failed, false),
        ] {
            let known = met(ErrorClass::ElementNotFound, trust, proof.clone());
            assert_eq!(is_foreseen(known, None), expected, "{trust:?} {proof:?}");
        }
    }

    #[test]
    fn a_field_of_the_login_page_is_foreseen_and_a_login_is_not() {
        let known = || met(ErrorClass::LoginRequired, Trust::Verified, worked());
        assert!(is_foreseen(known(), None));
        let mut before = known();
        let steps = &mut before[0].remedies[0].remedy.steps;
        let login = RemedyStep { own: false, ..steps[0].clone() };
        steps.insert(0, login);
        assert!(!is_foreseen(before, None));
        assert!(!is_foreseen(met(ErrorClass::Challenge, Trust::Human, worked()), None));
    }

    #[test]
    fn nothing_is_avoided_that_works_again_or_was_a_hiccup() {
        let known = |class| met(class, Trust::Verified, worked());
        assert!(is_foreseen(known(ErrorClass::ElementNotFound), Some(9)));
        assert!(!is_foreseen(known(ErrorClass::ElementNotFound), Some(11)));
        assert!(!is_foreseen(known(ErrorClass::NavigationFailed), None));
    }
}
