//! What is offered for a question, and why the rest is not.

use super::*;
use crate::failure::ErrorClass;
use crate::id::RunId;
use crate::memory::{Approach, Origin, Proof, Remedy, RemedyStep, Trust};
use crate::plan::{ActionName, StepForm, TargetForm};
use chrono::TimeDelta;
use proptest::prelude::*;
use uuid::Uuid;

const HERE: &str = "shop.example";
const ELSEWHERE: &str = "other.example";

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(1000)
}

fn ago(days: i64) -> DateTime<Utc> {
    now() - TimeDelta::days(days)
}

fn css(selector: &str) -> TargetForm {
    TargetForm { css: Some(selector.into()), ..TargetForm::default() }
}

fn situation(site: &str, class: ErrorClass) -> Situation {
    Situation {
        site: site.into(),
        page: "/private/page".into(),
        class,
        action: ActionName::Click,
        target: Some(css("#private-target")),
        intent: "press the private button".into(),
        message: "private message".into(),
    }
}

fn question() -> Question {
    let situation = situation(HERE, ErrorClass::ElementNotFound);
    Question { situation, embedding: Some(vec![1.0]) }
}

fn known(number: u128, selector: &str, proof: Proof) -> KnownRemedy {
    let form = StepForm { target: Some(css(selector)), ..StepForm::of(ActionName::Click) };
    KnownRemedy {
        id: RemedyId::from_uuid(Uuid::from_u128(number)),
        remedy: Remedy {
            approach: Approach::OtherLocator,
            steps: vec![RemedyStep { form, fingerprint: None, own: true, renamed: None }],
        },
        trust: Trust::Verified,
        proof,
        origin: Origin::Run { run_id: RunId::from_uuid(Uuid::from_u128(9)), step: 3 },
    }
}

fn worked(times: u32) -> Proof {
    Proof {
        worked: times,
        runs: times,
        agents: 1,
        last_worked_at: Some(ago(1)),
        ..Proof::default()
    }
}

fn failed(times: u32) -> Proof {
    Proof { failed: times, last_failed_at: Some(ago(1)), ..Proof::default() }
}

fn remembered(
    site: &str,
    class: ErrorClass,
    similarity: f64,
    remedies: Vec<KnownRemedy>,
) -> Remembered {
    let target = Some(css("#private-neighbour"));
    Remembered {
        id: SituationId::from_uuid(Uuid::from_u128(similarity.to_bits().into())),
        situation: Situation { target, ..situation(site, class) },
        exact: false,
        similarity: Some(similarity),
        fused: 0.0,
        seen: 1,
        last_seen_at: now(),
        remedies,
    }
}

fn exact(remedies: Vec<KnownRemedy>) -> Remembered {
    let situation = question().situation;
    let neighbour = remembered(HERE, ErrorClass::ElementNotFound, 1.0, remedies);
    Remembered { exact: true, situation, ..neighbour }
}

mod reports;
mod settled;

fn ask(remembered: Vec<Remembered>) -> Judged {
    judge(&question(), remembered, now())
}

#[track_caller]
fn check_rejected(judged: &Judged, why: &str) {
    assert!(judged.rejected.iter().any(|rejected| rejected.why.contains(why)), "{judged:#?}");
}

#[test]
fn relevance_has_four_cells() {
    assert_eq!(tier(true, true), Tier::High);
    assert_eq!(tier(true, false), Tier::Medium);
    assert_eq!(tier(false, true), Tier::Low);
    assert_eq!(tier(false, false), Tier::Skip);
    assert!(Tier::ALL.is_sorted());
    for tier in Tier::ALL {
        assert_eq!(serde_json::to_value(tier).unwrap(), tier.as_str());
    }
}

#[test]
fn every_neighbour_falls_into_its_cell() {
    use ErrorClass::{ElementNotFound, Timeout};
    for (site, class, similarity, expected) in [
        (HERE, ElementNotFound, 0.80, Some(Tier::High)),
        (HERE, ElementNotFound, 0.79, Some(Tier::Medium)),
        (HERE, ElementNotFound, 0.35, Some(Tier::Medium)),
        (HERE, ElementNotFound, 0.34, None),
        (HERE, Timeout, 0.95, Some(Tier::Medium)),
        (HERE, Timeout, 0.54, None),
        (ELSEWHERE, ElementNotFound, 0.95, Some(Tier::Low)),
        (ELSEWHERE, ElementNotFound, 0.35, Some(Tier::Low)),
        (ELSEWHERE, ElementNotFound, 0.34, None),
        (ELSEWHERE, Timeout, 0.99, None),
    ] {
        let judged =
            ask(vec![remembered(site, class, similarity, vec![known(1, "#x", worked(3))])]);
        let offered = judged.offered.first().map(|advice| advice.tier);
        assert_eq!(offered, expected, "{site} {class} {similarity}");
        assert_eq!(judged.offered.len() + judged.rejected.len(), 1, "nothing vanishes");
    }
}

#[test]
fn the_same_trouble_in_other_words_is_as_good_as_the_very_one() {
    let wants = |intent: &str| Situation { intent: intent.into(), ..question().situation };
    let told = |intent: &str| {
        let same = exact(vec![known(1, "#x", worked(1))]);
        let (situation, similarity) = (wants(intent), Some(0.5));
        let other = Remembered { exact: false, similarity, situation, ..same };
        let question = Question { situation: wants("log in"), embedding: None };
        judge(&question, vec![other], now()).offered.first().map(|advice| advice.tier)
    };
    assert_eq!(told("sign in"), Some(Tier::High));
    assert_eq!(told("delete the account"), Some(Tier::Medium));
}

#[test]
fn another_kind_of_action_is_not_the_same_thing_however_alike_it_reads() {
    let mut other =
        remembered(HERE, ErrorClass::ElementNotFound, 0.95, vec![known(1, "#x", worked(3))]);
    other.situation.action = ActionName::Fill;
    assert_eq!(ask(vec![other.clone()]).offered[0].tier, Tier::Medium);
    other.situation.action = ActionName::DoubleClick;
    assert_eq!(ask(vec![other]).offered[0].tier, Tier::High);
}

#[test]
fn without_an_embedding_words_have_to_do() {
    let mut neighbour =
        remembered(HERE, ErrorClass::ElementNotFound, 0.0, vec![known(1, "#x", worked(3))]);
    neighbour.similarity = None;
    neighbour.situation.target = Some(css("#private-target > a"));
    assert_eq!(ask(vec![neighbour.clone()]).offered[0].tier, Tier::High);
    neighbour.situation = Situation {
        page: "/x".into(),
        target: Some(css("#q")),
        intent: "search for books".into(),
        message: "gone".into(),
        ..neighbour.situation
    };
    assert_eq!(ask(vec![neighbour]).offered, []);
}

#[test]
fn the_very_situation_goes_before_everything_else() {
    let judged = ask(vec![
        remembered(HERE, ErrorClass::Timeout, 0.99, vec![known(1, "#a", worked(50))]),
        exact(vec![known(2, "#b", worked(1))]),
    ]);
    assert_eq!(judged.offered[0].remedy.id.as_uuid().as_u128(), 2);
    assert_eq!(judged.offered[0].tier, Tier::High);
}

#[test]
fn proof_and_freshness_rank_within_a_tier() {
    let old = Proof { last_worked_at: Some(ago(400)), ..worked(1) };
    let judged = ask(vec![exact(vec![
        known(1, "#once", worked(1)),
        known(2, "#often", worked(20)),
        known(3, "#old", old),
    ])]);
    let order: Vec<u128> =
        judged.offered.iter().map(|advice| advice.remedy.id.as_uuid().as_u128()).collect();
    assert_eq!(order, [2, 1, 3]);
}

#[test]
fn a_weak_match_does_not_win_by_being_fresh() {
    let stale = Proof { last_worked_at: Some(ago(365)), ..worked(5) };
    let judged = ask(vec![
        remembered(HERE, ErrorClass::Timeout, 0.60, vec![known(1, "#fresh", worked(5))]),
        remembered(HERE, ErrorClass::Timeout, 0.80, vec![known(2, "#stale", stale)]),
    ]);
    assert_eq!(judged.offered[0].remedy.id.as_uuid().as_u128(), 2);
}

#[test]
fn of_what_reads_about_as_much_like_it_the_very_place_goes_first() {
    let there = |similarity, selector| {
        let remedies = vec![known(1, selector, worked(3))];
        let mut known = remembered(HERE, ErrorClass::Timeout, similarity, remedies);
        known.situation.page = "/another/page".into();
        known
    };
    let here = remembered(HERE, ErrorClass::Timeout, 0.6, vec![known(2, "#here", worked(3))]);
    let first = |there: Remembered| ask(vec![there, here.clone()]).offered[0].clone();
    let (near, nearer) = (first(there(0.75, "#there")), first(there(0.95, "#there")));
    assert_eq!(near.situation_id, here.id, "{near:#?}");
    assert_eq!(nearer.situation.page, "/another/page", "{nearer:#?}");
}

#[test]
fn at_most_three_are_offered_and_the_rest_is_told_why() {
    let remedies = (1..=5).map(|n| known(n, &format!("#x{n}"), worked(1))).collect();
    let judged = ask(vec![exact(remedies)]);
    assert_eq!((judged.offered.len(), judged.rejected.len()), (3, 2));
    check_rejected(&judged, "3 better ones");
}

#[test]
fn the_same_remedy_is_offered_once_with_its_best_proof() {
    let judged = ask(vec![
        exact(vec![known(1, "#x", worked(1))]),
        remembered(HERE, ErrorClass::ElementNotFound, 0.9, vec![known(2, "#x", worked(9))]),
    ]);
    assert_eq!(judged.offered.len(), 1);
    check_rejected(&judged, "says the same");
}

#[test]
fn what_never_worked_here_is_a_dead_end_and_is_not_offered_from_elsewhere() {
    let judged = ask(vec![
        exact(vec![known(1, "#x", failed(1))]),
        remembered(HERE, ErrorClass::ElementNotFound, 0.9, vec![known(2, "#x", worked(9))]),
    ]);
    assert_eq!(judged.offered, []);
    assert_eq!(judged.dead_ends.len(), 1);
    check_rejected(&judged, "this very situation");
}

#[test]
fn a_dead_end_of_another_situation_is_only_rejected() {
    let dead = vec![known(1, "#x", failed(2))];
    let judged = ask(vec![remembered(HERE, ErrorClass::ElementNotFound, 0.9, dead)]);
    assert_eq!((judged.offered.len(), judged.dead_ends.len()), (0, 0));
    check_rejected(&judged, "never worked");
}

#[test]
fn a_remedy_that_failed_last_gives_way_to_one_that_worked_since() {
    let turned = Proof {
        failed: 1,
        last_failed_at: Some(ago(5)),
        last_worked_at: Some(ago(9)),
        ..worked(4)
    };
    let newer = Proof { last_worked_at: Some(ago(2)), ..worked(1) };
    let judged = ask(vec![exact(vec![known(1, "#old", turned.clone()), known(2, "#new", newer)])]);
    assert_eq!(judged.offered.len(), 1);
    assert_eq!(judged.offered[0].remedy.id.as_uuid().as_u128(), 2);
    check_rejected(&judged, "superseded");
    assert_eq!(ask(vec![exact(vec![known(1, "#old", turned)])]).offered.len(), 1);
}

#[test]
fn retired_flagged_and_unreadable_remedies_are_not_offered() {
    let retired = Proof {
        failed: 4,
        last_failed_at: Some(ago(1)),
        last_worked_at: Some(ago(2)),
        ..worked(3)
    };
    check_rejected(&ask(vec![exact(vec![known(1, "#x", retired)])]), "retired");
    let flagged = KnownRemedy { trust: Trust::Flagged, ..known(1, "#x", worked(9)) };
    let judged = ask(vec![exact(vec![flagged.clone()])]);
    check_rejected(&judged, "flagged");
    assert_eq!((judged.offered, judged.flagged), (vec![], vec![flagged.clone()]));
    let elsewhere = remembered(HERE, ErrorClass::Timeout, 0.9, vec![flagged]);
    assert_eq!(ask(vec![elsewhere]).flagged, [], "it was wrong there, and may be right here");
    check_rejected(&ask(vec![exact(vec![known(1, "a[", worked(9))])]), UNREADABLE);
}

#[test]
fn a_report_is_a_hint_until_it_has_worked_here() {
    let report = KnownRemedy { trust: Trust::Reported, ..known(1, "#x", Proof::default()) };
    let hint = ask(vec![exact(vec![report.clone()])]).offered[0].clone();
    assert_eq!(hint.tier, Tier::Medium);
    assert!(hint.confidence < 0.5, "nobody of ours has seen it: {}", hint.confidence);
    let proven = KnownRemedy { proof: worked(1), ..report };
    assert_eq!(ask(vec![exact(vec![proven])]).offered[0].tier, Tier::High);
}

#[test]
fn another_site_lends_its_approach_and_nothing_else() {
    let mut remedy = known(1, "#private-remedy", worked(3));
    remedy.remedy.approach = Approach::DismissOverlay;
    let low = remembered(ELSEWHERE, ErrorClass::ElementNotFound, 0.9, vec![remedy.clone()]);
    let judged = ask(vec![low]);
    assert_eq!(judged.offered[0].remedy.remedy.approach, Approach::DismissOverlay);
    let json = serde_json::to_string(&judged).unwrap();
    assert!(!json.contains("private") && !json.contains(ELSEWHERE), "{json}");
    remedy.remedy.approach = Approach::PlanFallback;
    let low = remembered(ELSEWHERE, ErrorClass::ElementNotFound, 0.9, vec![remedy]);
    check_rejected(&ask(vec![low]), "carries nothing over");
}

#[test]
fn nothing_good_enough_is_said_so() {
    let stale = Proof { last_worked_at: Some(ago(999)), ..worked(1) };
    let weak = remembered(HERE, ErrorClass::ElementNotFound, 0.40, vec![known(1, "#x", stale)]);
    let judged = ask(vec![weak]);
    assert_eq!(judged.offered, []);
    check_rejected(&judged, "below the floor");
}

/// No two with the same id.
fn number(all: &mut [Remembered]) {
    for (number, known) in (0u128..).zip(all) {
        known.id = SituationId::from_uuid(Uuid::from_u128(number));
        for (at, remedy) in (0u128..).zip(&mut known.remedies) {
            remedy.id = RemedyId::from_uuid(Uuid::from_u128(number * 10 + at));
        }
    }
}

prop_compose! {
    fn any_remedy()(
        number in 1u128..8, selector in 0u8..4, approach in 0..Approach::ALL.len(), trust in 0usize..4,
        worked in 0u32..5, failed in 0u32..5, unverified in 0u32..3,
        days in (0i64..800, 0i64..800),
    ) -> KnownRemedy {
        let proof = Proof {
            worked, failed, unverified, runs: worked, agents: worked.min(2),
            last_worked_at: (worked > 0).then(|| ago(days.0)),
            last_failed_at: (failed > 0).then(|| ago(days.1)),
            ..Proof::default()
        };
        let mut remedy = known(number, &format!("#private{selector}"), proof);
        remedy.remedy.approach = Approach::ALL[approach];
        remedy.trust = Trust::ALL[trust];
        remedy
    }
}

prop_compose! {
    fn any_remembered()(
        here in any::<bool>(), same_class in any::<bool>(), is_exact in any::<bool>(),
        similarity in prop_oneof![Just(f64::NAN), -0.5..1.5f64],
        embedded in any::<bool>(), remedies in proptest::collection::vec(any_remedy(), 0..5),
    ) -> Remembered {
        let class = if same_class { ErrorClass::ElementNotFound } else { ErrorClass::Timeout };
        let site = if here { HERE } else { ELSEWHERE };
        Remembered {
            exact: is_exact,
            similarity: embedded.then_some(similarity),
            ..remembered(site, class, similarity, remedies)
        }
    }
}

proptest! {
    #[test]
    fn whatever_memory_holds_the_rules_of_advice_hold(
        all in proptest::collection::vec(any_remembered(), 0..8),
    ) {
        let mut all = all;
        number(&mut all);
        let judged = ask(all.clone());
        prop_assert!(judged.offered.len() <= 3);
        prop_assert!(judged.offered.is_sorted_by(|a, b| a.tier >= b.tier));
        prop_assert!(judged.dead_ends.iter().all(|remedy| remedy.proof.worked == 0));
        for advice in &judged.offered {
            prop_assert!(advice.remedy.trust != Trust::Flagged && advice.tier != Tier::Skip);
            prop_assert!((0.0..=1.0).contains(&advice.confidence), "{}", advice.confidence);
            let from = all.iter().find(|known| known.id == advice.situation_id).unwrap();
            let same_class = from.situation.class == ErrorClass::ElementNotFound;
            if advice.tier == Tier::High {
                prop_assert!(from.situation.site == HERE && same_class);
            }
            if advice.tier == Tier::Low {
                let json = serde_json::to_string(advice).unwrap();
                prop_assert!(!json.contains("private") && !json.contains("example"), "{}", json);
            } else {
                prop_assert_eq!(&from.situation.site, HERE);
            }
        }
        for rejected in &judged.rejected {
            prop_assert!(!rejected.why.is_empty() && (0.0..=1.0).contains(&rejected.confidence));
        }
        let told = judged.offered.len() + judged.rejected.len() + judged.dead_ends.len();
        prop_assert_eq!(told, all.iter().map(|known| known.remedies.len()).sum::<usize>());
    }

    #[test]
    fn the_order_of_what_memory_gives_changes_nothing(
        all in proptest::collection::vec(any_remembered(), 0..6),
    ) {
        let mut all = all;
        number(&mut all);
        let mut turned = all.clone();
        turned.reverse();
        for known in &mut turned {
            known.remedies.reverse();
        }
        prop_assert_eq!(ask(all), ask(turned));
    }
}
