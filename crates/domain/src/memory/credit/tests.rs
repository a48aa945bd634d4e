//! Every combination of a verdict, and the lines between standings.

use super::*;
use proptest::prelude::*;

const KINDS: [Option<FailureKind>; 6] = [
    None,
    Some(FailureKind::Blocked),
    Some(FailureKind::Infrastructure),
    Some(FailureKind::Budget),
    Some(FailureKind::Unanswered),
    Some(FailureKind::Invalid),
];

fn at(day: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(day)
}

fn proof(worked: u32, failed: u32, unverified: u32) -> Proof {
    Proof { worked, failed, unverified, runs: worked, ..Proof::default() }
}

/// Every combination, each with the one rule of the table that speaks about it.
#[test]
fn every_use_has_the_verdict_of_the_table() {
    for check in [None, Some(false), Some(true)] {
        for try_failed in [false, true] {
            for run in Outcome::ALL {
                for kind in KINDS {
                    let blocked = run == Outcome::Failed && kind == Some(FailureKind::Blocked);
                    let expected = if try_failed || check == Some(false) {
                        Verdict::Failed
                    } else if run == Outcome::Succeeded && check == Some(true) {
                        Verdict::Worked
                    } else if blocked && check.is_none() {
                        Verdict::Failed
                    } else {
                        Verdict::Unverified
                    };
                    let found = verdict(check, try_failed, run, kind);
                    assert_eq!(found, expected, "{check:?} {try_failed} {run:?} {kind:?}");
                }
            }
        }
    }
}

#[test]
fn few_uses_prove_little() {
    for (worked, failed, bound) in
        [(0, 0, 0.0), (1, 0, 0.21), (2, 0, 0.34), (3, 0, 0.44), (10, 0, 0.72), (1, 1, 0.09)]
    {
        let found = proof(worked, failed, 9).lower_bound();
        assert!((found - bound).abs() < 0.01, "{worked} of {}: {found}", worked + failed);
    }
}

#[test]
fn counts_and_times_make_the_standing() {
    let turned = |worked, failed| Proof {
        last_worked_at: (worked > 0).then(|| at(1)),
        last_failed_at: Some(at(2)),
        ..proof(worked, failed, 0)
    };
    for (proof, expected) in [
        (proof(0, 0, 0), Standing::Unproven),
        (proof(0, 0, 4), Standing::Unproven),
        (proof(1, 0, 0), Standing::Proven),
        (proof(2, 0, 0), Standing::Proven),
        (proof(3, 0, 0), Standing::Pattern),
        (Proof { runs: 2, ..proof(3, 0, 0) }, Standing::Proven),
        (proof(3, 1, 0), Standing::Proven),
        (proof(0, 1, 0), Standing::DeadEnd),
        (proof(0, 5, 0), Standing::DeadEnd),
        (proof(1, 2, 0), Standing::Retired),
        (proof(1, 1, 0), Standing::Proven),
        (turned(1, 1), Standing::Retired),
        (turned(2, 1), Standing::Retired),
        (turned(3, 1), Standing::Proven),
        (turned(4, 2), Standing::Retired),
    ] {
        assert_eq!(proof.standing(), expected, "{proof:?}");
    }
    let cancelled_once = Proof { last_failed_at: Some(at(1)), ..proof(0, 1, 1) };
    assert_eq!(cancelled_once.standing(), Standing::Retired);
}

#[test]
fn a_remedy_that_works_again_is_out_of_retirement() {
    let back = Proof { last_worked_at: Some(at(3)), last_failed_at: Some(at(2)), ..proof(2, 1, 0) };
    assert_eq!(back.standing(), Standing::Proven);
}

#[test]
fn freshness_falls_over_a_year_and_never_to_nothing() {
    for (days, expected) in [(0, 1.0), (73, 0.8), (365, 0.1), (4000, 0.1), (-5, 1.0)] {
        let found = recency(at(0), at(days));
        assert!((found - expected).abs() < 1e-9, "{days} days: {found}");
    }
}

#[test]
fn a_human_outweighs_a_check_and_a_check_a_report() {
    assert!(Trust::ALL.is_sorted());
    assert!(Trust::ALL.map(Trust::signal).is_sorted());
    for trust in Trust::ALL {
        assert_eq!(Trust::from_name(trust.as_str()), Some(trust));
        assert_eq!(serde_json::to_value(trust).unwrap(), trust.as_str());
    }
    for verdict in Verdict::ALL {
        assert_eq!(Verdict::from_name(verdict.as_str()), Some(verdict));
        assert_eq!(serde_json::to_value(verdict).unwrap(), verdict.as_str());
    }
}

proptest! {
    #[test]
    fn proof_grows_with_success_and_shrinks_with_failure(worked in 0u32..10_000, failed in 0u32..10_000) {
        let bound = |worked, failed| proof(worked, failed, 0).lower_bound();
        let here: f64 = bound(worked, failed);
        prop_assert!((0.0..=1.0).contains(&here));
        // The last digits are those of the arithmetic.
        prop_assert!(bound(worked + 1, failed) >= here - f64::EPSILON);
        prop_assert!(bound(worked, failed + 1) <= here + f64::EPSILON);
    }

    #[test]
    fn what_never_worked_is_never_offered_as_proven(failed in 0u32..50, unverified in 0u32..50) {
        let standing = proof(0, failed, unverified).standing();
        prop_assert!(!matches!(standing, Standing::Pattern | Standing::Proven));
    }
}

#[test]
fn reports_rank_and_decide_nothing() {
    let reported = Reports { worked: 18, agents: 5, ..Reports::default() };
    let told = Proof { reported, ..Proof::default() };
    assert_eq!(told.standing(), Standing::Unproven);
    assert!(told.lower_bound() < f64::EPSILON, "what is only reported proves nothing");
    assert!(told.credence() > 0.5);
    let seen = proof(10, 0, 0);
    assert!(
        seen.credence() > told.credence(),
        "ten that were seen outweigh eighteen that were told"
    );
    let failing = Reports { failed: 20, ..Reports::default() };
    let doubted = Proof { reported: failing, ..seen.clone() };
    assert_eq!(doubted.standing(), seen.standing());
    assert!(doubted.credence() < seen.credence());
}

#[test]
fn what_both_sides_report_cancels_out() {
    let told = |worked, failed| {
        let reported =
            Reports { worked, failed, last_worked_at: Some(at(9)), ..Reports::default() };
        Proof { reported, last_worked_at: Some(at(1)), ..proof(2, 0, 0) }
    };
    let start = proof(2, 0, 0);
    for (worked, failed) in [(3, 3), (0, 0), (9, 9)] {
        let told = told(worked, failed);
        assert!((told.credence() - start.credence()).abs() < f64::EPSILON);
        assert!((told.doubt(), told.last_believed()) == (0.0, Some(at(1))), "{told:?}");
    }
    assert!(told(4, 3).credence() > start.credence());
    assert_eq!(told(4, 3).last_believed(), Some(at(9)));
    assert!(told(3, 4).credence() < start.credence());
    assert!(told(3, 4).doubt() < told(3, 9).doubt() && told(0, 1000).doubt() < 1.0);
}
