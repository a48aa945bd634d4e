//! What humans settled, and when it holds.

use super::*;

fn remembered(site: &str, remedies: Vec<KnownRemedy>) -> Remembered {
    Remembered {
        id: SituationId::from_uuid(Uuid::from_u128(8)),
        situation: situation(site, ErrorClass::ElementNotFound),
        exact: site == HERE,
        similarity: Some(1.0),
        fused: 0.0,
        seen: 1,
        last_seen_at: ago(1),
        remedies,
    }
}

fn given_up(days: i64) -> KnownRemedy {
    let proof = Proof { failed: 1, last_failed_at: Some(ago(days)), ..Proof::default() };
    said(Approach::GiveUp, proof)
}

fn said(approach: Approach, proof: Proof) -> KnownRemedy {
    let remedy = Remedy { approach, steps: Vec::new() };
    KnownRemedy { remedy, trust: Trust::Human, ..known(50, "#x", proof) }
}

fn settled(site: &str, remedies: Vec<KnownRemedy>) -> Judged {
    judge(&question(), vec![remembered(site, remedies)], now())
}

#[test]
fn what_a_human_gave_up_is_said_with_its_time_its_run_and_the_way_to_overrule_it() {
    let judged = settled(HERE, vec![given_up(3)]);
    let why = judged.given_up().unwrap();
    for part in ["1972-09-24 00:00 UTC", "until 1972-10-08", "in run", "flagging the memory"] {
        assert!(why.contains(part), "{part}: {why}");
    }
    assert!(!judged.leaves_out());
    assert_eq!((judged.offered, judged.dead_ends), (vec![], vec![]));
}

#[test]
fn what_was_settled_holds_for_the_very_situation_only() {
    let elsewhere = settled(ELSEWHERE, vec![given_up(1)]);
    assert_eq!(elsewhere.settled, None);
    assert_eq!(elsewhere.offered, [], "nothing of it crosses sites");
    let mut other_words = remembered(HERE, vec![given_up(1)]);
    other_words.situation.intent = "push the private button".into();
    assert_eq!(judge(&question(), vec![other_words], now()).settled, None);
}

#[test]
fn what_was_given_up_holds_for_two_weeks_and_until_something_works() {
    let days = |days: i64| settled(HERE, vec![given_up(days)]).settled.is_some();
    assert!(days(13) && !days(14));
    assert!(settled(HERE, vec![given_up(3), known(1, "#new", worked(1))]).given_up().is_none());
    let old = Proof { last_worked_at: Some(ago(5)), ..worked(1) };
    assert!(settled(HERE, vec![given_up(3), known(1, "#old", old)]).given_up().is_some());
    let judged = settled(HERE, vec![given_up(3)]);
    assert!(judged.clone().unless_worked(Some(ago(4))).settled.is_some());
    assert!(judged.unless_worked(Some(ago(2))).settled.is_none());
}

#[test]
fn only_humans_settle_things_and_a_flag_overrules_them() {
    for trust in [Trust::Flagged, Trust::Reported, Trust::Verified] {
        let judged = settled(HERE, vec![KnownRemedy { trust, ..given_up(1) }]);
        assert_eq!(judged.settled, None, "{trust:?}");
        assert_eq!(judged.rejected.len(), 1);
    }
}

#[test]
fn a_step_is_left_out_until_that_fails() {
    let left_out = |proof| settled(HERE, vec![said(Approach::LeaveOut, proof)]).leaves_out();
    assert!(left_out(worked(1)));
    assert!(left_out(Proof { unverified: 1, ..Proof::default() }), "it was the last step");
    assert!(!left_out(Proof { failed: 1, last_failed_at: Some(now()), ..worked(1) }));
}

#[test]
fn of_two_things_that_were_settled_the_later_one_holds() {
    let left_out = |days| {
        let proof = Proof { last_worked_at: Some(ago(days)), ..worked(1) };
        KnownRemedy {
            id: RemedyId::from_uuid(Uuid::from_u128(51)),
            ..said(Approach::LeaveOut, proof)
        }
    };
    assert!(settled(HERE, vec![given_up(3), left_out(2)]).leaves_out());
    assert!(settled(HERE, vec![given_up(2), left_out(3)]).given_up().is_some());
}
