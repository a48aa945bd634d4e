//! What runs add up to.

use super::*;
use crate::memory::Tactic;

fn tally(story: &Story) -> Tally {
    story.distilled().tally
}

#[test]
fn a_run_without_trouble_adds_up_to_nothing() {
    let story = Story::new().planned(0, None).planned(1, None).planned(2, None);
    assert_eq!(tally(&story), Tally::default());
}

#[test]
fn every_heal_is_counted_by_where_it_came_from() {
    let explored = HealSource::Explored { stage: crate::heal::Stage::Id, score: 1.0, margin: 1.0 };
    let human = HealSource::Human { escalation_id: EscalationId::from_uuid(Uuid::from_u128(5)) };
    let retry = Tactic::RetryWithVariation;
    for (by, expected) in [
        (HealSource::Routine, (HealedBy::Routine, retry)),
        (explored, (HealedBy::Explored, retry)),
        (advice(Tier::High), (HealedBy::High, retry)),
        (advice(Tier::Medium), (HealedBy::Medium, retry)),
        (advice(Tier::Low), (HealedBy::Low, retry)),
        (human, (HealedBy::Human, Tactic::Escalation)),
    ] {
        let from_memory = matches!(by, HealSource::Advice { .. });
        let tally = tally(&healed(by).planned(2, None));
        assert_eq!((tally.failures, tally.overcome, tally.healed()), (1, 1, 1), "{expected:?}");
        assert_eq!(tally.heals, BTreeMap::from([(expected, 1)]));
        let reuse = (tally.reused, tally.reuse_failed, tally.reuse_wrong);
        assert_eq!(reuse, (u64::from(from_memory), 0, 0), "{expected:?}");
    }
    let fallback = StepDecision::Fallback { step: 1, fallback: 0, after: 2 };
    let enter = json!({"action": "press", "key": "Enter"});
    let story = Story::new().planned(0, None).planned(1, GONE).then(fallback, &enter, None);
    let by_plan = BTreeMap::from([((HealedBy::Plan, Tactic::FallbackPath), 1)]);
    assert_eq!(tally(&story).heals, by_plan);
}

#[test]
fn a_step_that_fails_again_and_again_is_one_failure() {
    let again = heal(1, 2, 0, HealSource::Routine, true);
    let story = Story::new().planned(0, None).planned(1, GONE).then(again, &save(), GONE);
    let broken = tally(&story);
    assert_eq!((broken.failures, broken.overcome, broken.healed()), (1, 0, 0));
    let story = story.then(heal(1, 2, 1, HealSource::Routine, true), &save(), None);
    let mended = tally(&story);
    assert_eq!((mended.failures, mended.overcome, mended.healed()), (1, 1, 1));
}

#[test]
fn what_only_prepares_does_not_overcome_and_going_on_does() {
    let open = json!({"action": "click", "target": {"css": "#menu"}});
    let prepared = Story::new().planned(0, None).planned(1, GONE).then(
        heal(1, 2, 0, HealSource::Routine, false),
        &open,
        None,
    );
    assert_eq!(tally(&prepared).overcome, 0);
    let left_out = Story::new().planned(0, None).planned(1, GONE).planned(2, GONE);
    let tally = tally(&left_out);
    assert_eq!((tally.failures, tally.overcome, tally.healed()), (2, 1, 0));
}

#[test]
fn what_was_foreseen_is_a_reuse_and_no_failure() {
    let story = Story::new().planned(0, None).then(foreseen(true), &save(), None);
    let well = tally(&story.planned(2, None));
    assert_eq!((well.failures, well.foreseen, well.reused), (0, 1, 1));
    let story = Story::new().planned(0, None).then(foreseen(true), &save(), GONE);
    let badly = tally(&story);
    assert_eq!((badly.failures, badly.foreseen), (1, 0));
    assert_eq!((badly.reused, badly.reuse_failed, badly.reuse_wrong), (1, 1, 0));
}

#[test]
fn what_seemed_to_work_and_made_the_run_fail_is_wrong() {
    let blocked = (Outcome::Failed, Some(FailureKind::Blocked));
    let story = healed(advice(Tier::High)).planned(2, GONE).ended(blocked.0, blocked.1);
    let tally = tally(&story);
    assert_eq!((tally.reused, tally.reuse_failed, tally.reuse_wrong), (1, 0, 1));
}

#[test]
fn tallies_add_up() {
    let one = tally(&healed(advice(Tier::High)).planned(2, None));
    let mut two = one.clone();
    two.add(&one);
    assert_eq!((two.failures, two.overcome, two.healed(), two.reused), (2, 2, 2, 2));
}

#[test]
fn the_names_of_sources_are_read_back() {
    for by in HealedBy::ALL {
        assert_eq!(HealedBy::from_name(by.as_str()), Some(by));
        assert_eq!(serde_json::to_value(by).unwrap(), by.as_str());
    }
}
