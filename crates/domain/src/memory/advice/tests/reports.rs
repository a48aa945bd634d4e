//! What reports of agents outside do to the confidence in a remedy, and what they never do.

use super::*;
use crate::memory::Reports;

/// The tier and the confidence in a remedy, whether it is offered or not.
fn worth(trust: Trust, proof: Proof, outside: bool) -> (Tier, f64) {
    let it = KnownRemedy { trust, ..known(1, "#it", proof) };
    let judge = |question: &Question, remembered, now| {
        if outside {
            judge_for_outside(question, remembered, now, &|_| None)
        } else {
            judge(question, remembered, now)
        }
    };
    let Judged { offered, rejected, .. } = judge(&question(), vec![exact(vec![it])], now());
    let offered = offered.iter().map(|it| (it.tier, it.confidence));
    offered.chain(rejected.iter().map(|it| (it.tier, it.confidence))).next().unwrap()
}

fn reports(worked: u32, failed: u32) -> Reports {
    Reports {
        worked,
        failed,
        last_worked_at: (worked > 0).then(|| ago(2)),
        last_failed_at: (failed > 0).then(now),
        ..Reports::default()
    }
}

fn told(proof: &Proof, worked: u32, failed: u32) -> Proof {
    Proof { reported: reports(worked, failed), ..proof.clone() }
}

#[test]
fn reports_of_failure_lower_confidence_clearly() {
    let untold = Proof { unverified: 1, ..Proof::default() };
    let seen = Proof { last_worked_at: Some(ago(1)), ..worked(2) };
    for start in [untold, seen] {
        let of = |worked, failed| worth(Trust::Verified, told(&start, worked, failed), true).1;
        let before = of(0, 0);
        assert!(of(0, 5) < before - 0.1, "{} of {before}", of(0, 5));
        assert!(of(3, 4) < before, "{} of {before}", of(3, 4));
        assert!(of(1, 0) > before, "{} of {before}", of(1, 0));
    }
}

fn proofs() -> impl Strategy<Value = (Trust, Proof)> {
    let trust = prop_oneof![Just(Trust::Reported), Just(Trust::Verified), Just(Trust::Human)];
    (trust, 0_u32..6, 0_u32..3, 1_u32..3, 0_i64..500).prop_map(
        |(trust, worked, failed, untold, days)| {
            let proof = Proof {
                worked,
                failed,
                unverified: untold,
                runs: worked,
                agents: worked.min(1),
                last_worked_at: (worked > 0).then(|| ago(days)),
                last_failed_at: (failed > 0).then(|| ago(days + 1)),
                reported: Reports::default(),
            };
            (trust, proof)
        },
    )
}

proptest! {
    #[test]
    fn each_report_counts_for_what_it_says(
        (trust, proof) in proofs(),
        worked in 0_u32..12,
        failed in 0_u32..12,
        outside: bool,
    ) {
        let of = |worked, failed| worth(trust, told(&proof, worked, failed), outside).1;
        let here = of(worked, failed);
        // The last digits are those of the arithmetic.
        prop_assert!(of(worked, failed + 1) <= here + 1e-9, "a failure raises it");
        prop_assert!(of(worked + 1, failed) >= here - 1e-9, "a success lowers it");
        if failed > worked {
            prop_assert!(here <= of(0, 0) + 1e-9, "most say that it fails, and it rises");
        }
    }

    #[test]
    fn reports_make_nothing_high((trust, proof) in proofs(), worked in 0_u32..99, failed in 0_u32..9) {
        let (before, _) = worth(trust, proof.clone(), true);
        let (after, _) = worth(trust, told(&proof, worked, failed), true);
        prop_assert!(after <= before, "{after:?} after {before:?}");
        prop_assert!(proof.worked > 0 || after <= Tier::Medium, "{after:?}");
    }
}

#[test]
fn other_sites_are_told_of_a_report_what_its_actions_show_and_nothing_else() {
    let there = |approach, form: StepForm| {
        let mut it = known(1, "#it", Proof { reported: reports(3, 0), ..Proof::default() });
        it.trust = Trust::Reported;
        let step = RemedyStep { form, own: false, ..it.remedy.steps[0].clone() };
        it.remedy = Remedy { approach, steps: vec![step] };
        let there = remembered(ELSEWHERE, ErrorClass::ElementNotFound, 0.95, vec![it]);
        judge_for_outside(&question(), vec![there], now(), &|_| None)
    };
    let named = TargetForm { name: Some("Close".into()), ..TargetForm::default() };
    let close = StepForm { target: Some(named), ..StepForm::of(ActionName::Click) };
    let shown = there(Approach::DismissOverlay, close);
    assert_eq!(shown.offered[0].tier, Tier::Low);
    let user = TargetForm { label: Some("User".into()), ..TargetForm::default() };
    let value = Some("{{inputs.user}}".into());
    let fill = StepForm { target: Some(user), value, ..StepForm::of(ActionName::Fill) };
    // The approach of the first is what an older version made of it.
    for approach in [Approach::DismissOverlay, Approach::PlanFallback] {
        let told = there(approach, fill.clone());
        assert_eq!(told.offered, [], "{approach:?}");
        assert!(
            told.rejected[0].why.contains("carries nothing over")
                || told.rejected[0].why.contains("shows no approach")
        );
    }
}
