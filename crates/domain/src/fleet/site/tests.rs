//! Every reason at its threshold, and every combination of them.

use super::*;

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(100)
}

fn runs(succeeded: u64, failed: u64) -> Period {
    Period { succeeded, failed, ..Period::default() }
}

fn heals(overcome: u64, failures: u64) -> Period {
    Period { failures, overcome, ..runs(9, 0) }
}

fn health(facts: SiteFacts) -> SiteHealth {
    site_health(&facts, now())
}

#[track_caller]
fn check(facts: SiteFacts, state: SiteState, code: ReasonCode, says: &str) {
    let health = health(facts);
    assert_eq!((health.state, health.reasons[0].code), (state, code), "{health:?}");
    assert!(health.reasons[0].text.contains(says), "{health:?}");
}

#[test]
fn a_question_needs_somebody_however_well_all_is() {
    let asked = |open, minutes| SiteFacts {
        questions: Questions { open, oldest: Some(now() - TimeDelta::minutes(minutes)) },
        recent: runs(50, 0),
        ..SiteFacts::default()
    };
    let needed = SiteState::ActionNeeded;
    let code = ReasonCode::QuestionsWait;
    check(asked(1, 59), needed, code, "1 question waits for a human, the first for 59 minutes");
    check(asked(2, 60), needed, code, "2 questions wait for a human, the first for 1 hour");
    check(asked(2, 3 * 24 * 60), needed, code, "for 3 days");
    check(asked(2, -5), needed, code, "for 0 minutes");
    check(asked(0, 5), SiteState::Ok, ReasonCode::Healthy, "50 of 50 runs succeeded in 7 days");
}

#[test]
fn most_runs_failing_needs_somebody_once_there_are_a_few() {
    for (succeeded, failed, most) in
        [(0, 2, false), (0, 3, true), (1, 2, true), (2, 2, false), (5, 5, false), (5, 6, true)]
    {
        let facts = SiteFacts { recent: runs(succeeded, failed), ..SiteFacts::default() };
        let found = health(facts);
        assert_eq!(found.state == SiteState::ActionNeeded, most, "{succeeded}/{failed} {found:?}");
        if most {
            assert_eq!(found.reasons[0].code, ReasonCode::MostFail);
        }
    }
}

#[test]
fn where_nothing_works_yet_somebody_watches() {
    let facts = |recent| SiteFacts { recent, ..SiteFacts::default() };
    let (watch, code) = (SiteState::Watch, ReasonCode::NoneSucceeded);
    check(
        facts(runs(0, 1)),
        watch,
        code,
        "nothing has worked lately: 0 of 1 run succeeded in 7 days",
    );
    check(
        facts(runs(0, 2)),
        watch,
        code,
        "nothing has worked lately: 0 of 2 runs succeeded in 7 days",
    );
    let needed = SiteState::ActionNeeded;
    check(facts(runs(0, 3)), needed, ReasonCode::MostFail, "most runs fail: 0 of 3 runs");
    check(facts(runs(1, 1)), SiteState::Ok, ReasonCode::Healthy, "1 of 2 runs succeeded");
    check(facts(runs(1, 0)), SiteState::Ok, ReasonCode::Healthy, "1 of 1 run succeeded");
}

/// Every pair of small counts against the rule said the other way round: less than before, and so
/// much that the interval of the later ones leaves the earlier share out.
#[test]
fn success_fell_when_it_is_less_than_before_and_not_by_chance() {
    for succeeded in 0..=12 {
        for failed in 0..=12 {
            for (before_succeeded, before_failed) in [(4, 0), (5, 0), (9, 1), (50, 50), (0, 9)] {
                let (recent, before) =
                    (runs(succeeded, failed), runs(before_succeeded, before_failed));
                let found = health(SiteFacts { recent, before, ..SiteFacts::default() });
                let told = succeeded + failed;
                let fell = told >= 5
                    && before.told() >= 5
                    && upper_bound(succeeded, told) < before.success().unwrap();
                let most_fail = told >= 3 && failed > succeeded;
                let none_succeeded = told > 0 && succeeded == 0;
                let expected = match (most_fail, fell || none_succeeded) {
                    (true, _) => SiteState::ActionNeeded,
                    (false, true) => SiteState::Watch,
                    (false, false) => SiteState::Ok,
                };
                assert_eq!(found.state, expected, "{recent:?} {before:?} {found:?}");
                if fell {
                    assert!(recent.success() < before.success(), "{recent:?} {before:?}");
                }
            }
        }
    }
}

#[test]
fn a_fall_is_said_with_both_shares() {
    let (recent, before) = (runs(6, 4), runs(95, 5));
    let facts = SiteFacts { recent, before, ..SiteFacts::default() };
    let says = "6 of 10 runs succeeded in 7 days, 95 % in the weeks before";
    check(facts, SiteState::Watch, ReasonCode::SuccessFell, says);
    let by_chance = SiteFacts { recent: runs(9, 1), before, ..SiteFacts::default() };
    check(by_chance, SiteState::Ok, ReasonCode::Healthy, "9 of 10");
}

#[test]
fn heals_that_hold_less_are_watched() {
    let facts = |recent, before| SiteFacts { recent, before, ..SiteFacts::default() };
    let says = "overcome than before: 2 of 10 in 7 days, 90 % in the weeks before";
    let fell = facts(heals(2, 10), heals(90, 100));
    check(fell, SiteState::Watch, ReasonCode::HealsFell, says);
    for fine in [
        facts(heals(2, 4), heals(90, 100)),
        facts(heals(2, 10), heals(4, 4)),
        facts(heals(9, 10), heals(90, 100)),
        facts(heals(0, 0), heals(90, 100)),
    ] {
        check(fine, SiteState::Ok, ReasonCode::Healthy, "9 of 9");
    }
}

#[test]
fn what_does_not_hold_any_more_is_watched() {
    let lapsed = |lapsed| SiteFacts { lapsed, ..SiteFacts::default() };
    let code = ReasonCode::RemediesLapsed;
    check(lapsed(1), SiteState::Watch, code, "a remedy that used to work failed lately");
    check(lapsed(2), SiteState::Watch, code, "2 remedies");
    let given_up = |given_up| SiteFacts { given_up, ..SiteFacts::default() };
    let code = ReasonCode::GivenUp;
    check(given_up(1), SiteState::Watch, code, "a step that a human found no way past fails");
    check(given_up(3), SiteState::Watch, code, "3 steps that a human found no way past fail,");
}

#[test]
fn a_site_where_nothing_ended_is_quiet() {
    check(
        SiteFacts::default(),
        SiteState::Ok,
        ReasonCode::Quiet,
        "no run has succeeded or failed in 7 days",
    );
    let before = SiteFacts { before: runs(0, 30), ..SiteFacts::default() };
    check(before, SiteState::Ok, ReasonCode::Quiet, "no run has succeeded");
}

/// Each reason is there or is not, whatever else is; the gravest comes first and makes the state.
#[test]
fn reasons_do_not_hide_each_other() {
    let recent = Period { failures: 10, overcome: 2, ..runs(6, 4) };
    let before = Period { failures: 100, overcome: 90, ..runs(95, 5) };
    let mostly = Period { failures: 10, overcome: 2, ..runs(4, 6) };
    for bits in 0..32_u32 {
        let on = |bit: u32| bits & (1 << bit) != 0;
        let facts = SiteFacts {
            questions: Questions { open: u64::from(on(0)), oldest: None },
            recent: if on(1) { mostly } else { recent },
            before: if on(2) { before } else { Period::default() },
            lapsed: u64::from(on(3)),
            given_up: u64::from(on(4)),
        };
        let mut expected = Vec::new();
        if on(0) {
            expected.push(ReasonCode::QuestionsWait);
        }
        if on(1) {
            expected.push(ReasonCode::MostFail);
        }
        if on(2) && !on(1) {
            expected.push(ReasonCode::SuccessFell);
        }
        if on(2) {
            expected.push(ReasonCode::HealsFell);
        }
        if on(3) {
            expected.push(ReasonCode::RemediesLapsed);
        }
        if on(4) {
            expected.push(ReasonCode::GivenUp);
        }
        if expected.is_empty() {
            expected.push(ReasonCode::Healthy);
        }
        let found = health(facts);
        let codes: Vec<_> = found.reasons.iter().map(|reason| reason.code).collect();
        assert_eq!(codes, expected, "{facts:?}");
        let gravest = found.reasons.iter().map(|reason| reason.state).max();
        assert_eq!(Some(found.state), gravest);
    }
}

#[test]
fn the_names_of_states_are_read_back() {
    for state in SiteState::ALL {
        assert_eq!(SiteState::from_name(state.as_str()), Some(state));
        assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
    }
}
