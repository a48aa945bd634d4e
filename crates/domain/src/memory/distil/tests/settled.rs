//! What is remembered of steps that a human had us leave out or give up.

use super::*;

fn settled(story: Story, approach: Approach, copied: bool) -> Distilled {
    let known =
        (SituationId::from_uuid(Uuid::from_u128(70)), RemedyId::from_uuid(Uuid::from_u128(71)));
    let mut story = story;
    story.run.settled = vec![Settled { after: 2, approach, copied: copied.then_some(known) }];
    story.distilled()
}

fn failed_at_saving(class: ErrorClass) -> Story {
    Story::new().planned(0, None).planned(1, Some(class))
}

#[test]
fn giving_up_is_a_dead_end_that_a_human_vouches_for() {
    let story = failed_at_saving(ErrorClass::ElementNotFound);
    let story = story.ended(Outcome::Failed, Some(FailureKind::Blocked));
    let distilled = settled(story, Approach::GiveUp, false);
    let [(situation, remedy, mark)] = &distilled.uses[..] else { panic!("{distilled:?}") };
    assert_eq!(*situation, distilled.situations[0].0);
    assert_eq!((remedy.approach, &remedy.steps[..]), (Approach::GiveUp, &[][..]));
    assert_eq!((mark.verdict, mark.trust), (Verdict::Failed, Trust::Human));
}

#[test]
fn giving_up_for_want_of_a_code_or_a_password_is_nobody_elses_matter() {
    for class in [ErrorClass::Challenge, ErrorClass::LoginRequired] {
        for approach in [Approach::GiveUp, Approach::LeaveOut] {
            assert_eq!(settled(failed_at_saving(class), approach, false).uses, [], "{class}");
        }
    }
}

#[test]
fn copying_what_was_given_up_proves_nothing() {
    let distilled = settled(failed_at_saving(ErrorClass::ElementNotFound), Approach::GiveUp, true);
    assert_eq!((distilled.uses, distilled.marks), (vec![], vec![]));
}

#[test]
fn a_step_left_out_is_judged_by_the_run_and_by_whether_its_plan_went_on() {
    let blocked = (Outcome::Failed, Some(FailureKind::Blocked));
    let done = (Outcome::Succeeded, None);
    for (copied, goes_on, (outcome, failure), verdict) in [
        (false, true, done, Verdict::Worked),
        (false, false, done, Verdict::Unverified),
        (false, false, blocked, Verdict::Unverified),
        (true, true, done, Verdict::Worked),
        (true, true, blocked, Verdict::Unverified),
        (true, false, blocked, Verdict::Failed),
    ] {
        let gone = (!goes_on).then_some(ErrorClass::ElementNotFound);
        let story = failed_at_saving(ErrorClass::ElementNotFound).planned(2, gone);
        let distilled = settled(story.ended(outcome, failure), Approach::LeaveOut, copied);
        let mark = if copied { distilled.marks[0].2 } else { distilled.uses[0].2 };
        let trust = if copied { Trust::Verified } else { Trust::Human };
        assert_eq!((mark.verdict, mark.trust), (verdict, trust), "{copied} {goes_on} {outcome:?}");
    }
}
