//! What agents outside are answered.

use super::*;
use crate::failure::ErrorClass;
use crate::id::{RecallId, RemedyId};
use crate::memory::{
    Approach, KnownRemedy, Origin, Proof, RemedyStep, Reports, Situation, Tier, Trust,
};
use crate::plan::ActionName;
use crate::recall::testing::{
    asked, click, css, known, met, now, question, situation, two_ways, worked,
};
use crate::recall::{TriedWay, readable, when_not};
use chrono::TimeDelta;
use uuid::Uuid;

fn ids(answer: &RecallAnswer) -> Vec<u128> {
    answer.served().iter().map(|advice| advice.remedy.id.as_uuid().as_u128()).collect()
}

#[test]
fn the_best_is_served_and_no_more_than_was_asked_for() {
    let all = answer(&question(), two_ways(), &asked(vec![]), now());
    assert_eq!(ids(&all), [1, 2]);
    assert_eq!(
        (all.abstained, all.chosen[0].what.as_str()),
        (None, "click the element with the selector \"#buy\" instead",)
    );
    let one = Asked { limit: 1, ..asked(vec![]) };
    assert_eq!(ids(&answer(&question(), two_ways(), &one, now())), [1]);
}

#[test]
fn what_was_tried_makes_room_for_the_next_best() {
    let id = RemedyId::from_uuid(Uuid::from_u128(1));
    for tried in [TriedWay::Remedy(id), TriedWay::Action(Box::new(click("#buy")))] {
        let answer = answer(&question(), two_ways(), &asked(vec![tried]), now());
        assert_eq!(ids(&answer), [2]);
        assert_eq!(answer.judged.rejected[0].why, "it was tried already");
    }
    let other = TriedWay::Action(Box::new(click("#help")));
    assert_eq!(ids(&answer(&question(), two_ways(), &asked(vec![other]), now())), [1, 2]);
    // There is more than one other locator.
    let approach = TriedWay::Approach(Approach::OtherLocator);
    assert_eq!(ids(&answer(&question(), two_ways(), &asked(vec![approach]), now())), [1, 2]);
    let all = vec![click("#buy"), click("#pay")];
    let all = all.into_iter().map(|form| TriedWay::Action(Box::new(form))).collect();
    let nothing = answer(&question(), two_ways(), &asked(all), now());
    let why = nothing.abstained.unwrap();
    assert!(why.contains("2 remedies came up") && why.contains("tried already"), "{why}");
}

#[test]
fn what_was_tried_still_counts_as_known() {
    let at = |days| Some(now() - TimeDelta::days(days));
    let proof = Proof { failed: 1, last_failed_at: at(2), ..Proof::default() };
    let mut given_up = known(3, Approach::GiveUp, "#order", proof);
    (given_up.trust, given_up.remedy.steps) = (Trust::Human, Vec::new());
    let lapsed = Proof { failed: 1, last_worked_at: at(5), last_failed_at: at(4), ..worked() };
    let newer = known(1, Approach::OtherLocator, "#buy", worked());
    let older = known(2, Approach::OtherLocator, "#pay", lapsed);
    let there = vec![met(situation("shop.example"), vec![newer, older, given_up])];
    let tried = vec![TriedWay::Action(Box::new(click("#buy")))];
    let told = answer(&question(), there, &asked(tried), now());
    assert_eq!(ids(&told), [], "neither what it took the place of, nor what it proved wrong");
    let why = |id: u128| {
        let rejected = told.judged.rejected.iter();
        let id = RemedyId::from_uuid(Uuid::from_u128(id));
        rejected.filter(|it| it.remedy_id == id).map(|it| it.why.clone()).next().unwrap()
    };
    assert!(why(1).contains("tried already"), "{}", why(1));
    assert!(why(2).contains("superseded"), "{}", why(2));
    assert!(why(3).contains("something worked here after"), "{}", why(3));
}

#[test]
fn what_has_just_failed_is_no_advice() {
    let question = Question {
        situation: Situation { target: Some(css("#buy")), ..situation("shop.example") },
        embedding: None,
    };
    let there = vec![Remembered { exact: false, ..two_ways().remove(0) }];
    let told = answer(&question, there, &asked(vec![]), now());
    assert_eq!(ids(&told), [2]);
    let why = &told.judged.rejected[0].why;
    assert!(why.contains("just failed"), "{why}");
}

#[test]
fn a_default_that_is_written_out_makes_no_other_locator() {
    let mut tried = click("#buy");
    tried.target.as_mut().unwrap().exact = Some(true);
    let tried = vec![TriedWay::Action(Box::new(tried))];
    assert_eq!(ids(&answer(&question(), two_ways(), &asked(tried), now())), [2]);
}

#[test]
fn what_failed_as_often_as_it_worked_is_a_hint() {
    let told = |worked, failed| {
        let at = Some(now() - TimeDelta::days(1));
        let proof = Proof { worked, failed, last_failed_at: at, ..self::worked() };
        let there =
            met(situation("shop.example"), vec![known(1, Approach::Keyboard, "#buy", proof)]);
        answer(&question(), vec![there], &asked(vec![]), now()).served()[0].tier
    };
    assert_eq!((told(1, 1), told(2, 1)), (Tier::Medium, Tier::High));
}

#[test]
fn of_another_site_nothing_but_the_approach_is_said() {
    let proof = worked();
    let there = met(
        situation("secret-shop.example"),
        vec![known(1, Approach::DismissOverlay, "#their-banner", proof)],
    );
    let told = answer(&question(), vec![there.clone()], &asked(vec![]), now());
    assert_eq!(told.served()[0].tier, Tier::Low);
    assert!(told.served()[0].confidence < 0.65, "it is of another site");
    let text = readable(&question().situation, &told, None, now());
    let data = serde_json::to_string(&told).unwrap();
    for said in [&text, &data] {
        assert!(!said.contains("their-banner") && !said.contains("secret-shop"), "{said}");
    }
    assert!(text.contains("close what covers the page first"), "{text}");
    let tried = asked(vec![TriedWay::Approach(Approach::DismissOverlay)]);
    assert!(answer(&question(), vec![there], &tried, now()).served().is_empty());
}

#[test]
fn a_report_is_a_hint_however_often_it_is_repeated() {
    let reported =
        Reports { worked: 50, agents: 9, last_worked_at: Some(now()), ..Reports::default() };
    let mut hint = known(1, Approach::OtherLocator, "#buy", Proof { reported, ..Proof::default() });
    hint.trust = Trust::Reported;
    let told = answer(
        &question(),
        vec![met(situation("shop.example"), vec![hint])],
        &asked(vec![]),
        now(),
    );
    let advice = told.served()[0];
    assert_eq!(advice.tier, Tier::Medium);
    let not = when_not(advice, &question().situation, now());
    assert!(not.iter().any(|not| not.contains("only an agent outside")), "{not:?}");
}

/// What got past a timeout of the next step on the same page.
fn of_another_step(approach: Approach) -> Remembered {
    let mut next = known(5, approach, "#pay", worked());
    let first = RemedyStep { own: false, ..next.remedy.steps[0].clone() };
    next.remedy.steps.insert(0, RemedyStep { form: click("#cookies"), ..first });
    let other = Situation {
        class: ErrorClass::Timeout,
        target: Some(css("#next")),
        intent: "pay with the card on file".into(),
        ..situation("shop.example")
    };
    Remembered { exact: false, ..met(other, vec![next]) }
}

#[test]
fn what_another_step_did_is_no_advice() {
    let told =
        answer(&question(), vec![of_another_step(Approach::OtherLocator)], &asked(vec![]), now());
    assert_eq!(ids(&told), []);
    let why = told.abstained.unwrap();
    assert!(why.contains("another trouble of this site"), "{why}");
}

#[test]
fn of_another_step_only_what_prepared_it_is_told() {
    let there = vec![of_another_step(Approach::DismissOverlay)];
    let told = answer(&question(), there, &asked(vec![]), now());
    let advice = told.served()[0];
    assert_eq!(advice.tier, Tier::Medium);
    let forms: Vec<_> = advice.remedy.remedy.steps.iter().map(|step| step.form.clone()).collect();
    assert_eq!(forms, [click("#cookies")]);
    let text = readable(&question().situation, &told, None, now());
    assert!(text.contains("#cookies") && !text.contains("#pay"), "{text}");
    assert!(text.contains("a hint]"), "{text}");
}

#[test]
fn reports_of_failure_cast_doubt_and_no_more() {
    let reported = Reports {
        failed: 3,
        last_failed_at: Some(now() + TimeDelta::days(1)),
        ..Reports::default()
    };
    let told = |proof: Proof| {
        let known = known(1, Approach::OtherLocator, "#buy", proof);
        let there = met(situation("shop.example"), vec![known]);
        let told = answer(&question(), vec![there], &asked(vec![]), now());
        told.served().first().map(|advice| advice.tier)
    };
    assert_eq!(told(Proof { reported: reported.clone(), ..worked() }), Some(Tier::Medium));
    let again = Some(now() + TimeDelta::days(2));
    let back = Proof { last_worked_at: again, reported: reported.clone(), ..worked() };
    assert_eq!(told(back), Some(Tier::High), "it has worked here since");
    let few = Reports { failed: 2, ..reported };
    assert_eq!(told(Proof { reported: few, ..worked() }), Some(Tier::High));
}

#[test]
fn advice_says_when_it_is_not_to_be_used() {
    let told = answer(&question(), two_ways(), &asked(vec![]), now());
    let advice = told.served()[0].clone();
    let says = |advice: &Advice, asked: &Situation, what: &str| {
        let not = when_not(advice, asked, now());
        assert!(not.iter().any(|not| not.contains(what)), "{what}: {not:?}");
    };
    let here = question().situation;
    says(&advice, &here, "the page is not /basket");
    says(&advice, &here, "done twice");
    says(&advice, &here, "matches nothing");
    let login = Situation { class: ErrorClass::LoginRequired, ..here.clone() };
    says(&advice, &login, "log in first");
    let mut unproven = advice.clone();
    unproven.remedy.proof = Proof { unverified: 1, ..Proof::default() };
    says(&unproven, &here, "no run could tell");
    let mut old = advice;
    old.remedy.proof.last_worked_at = Some(now() - TimeDelta::days(200));
    old.remedy.remedy.steps[0].form.target.as_mut().unwrap().css = Some("#{{inputs.user}}".into());
    says(&old, &here, "has not worked for long");
    says(&old, &here, "inputs.user");
}

#[test]
fn where_nothing_is_known_the_answer_says_why() {
    let nothing = answer(&question(), vec![], &asked(vec![]), now());
    assert_eq!(nothing.abstained.as_deref(), Some("nothing like this has been met before"));
    let failed = Proof { failed: 2, last_failed_at: Some(now()), ..Proof::default() };
    let dead =
        met(situation("shop.example"), vec![known(1, Approach::OtherLocator, "#buy", failed)]);
    let told = answer(&question(), vec![dead], &asked(vec![]), now());
    assert!(told.abstained.as_deref().unwrap().contains("never worked"), "{told:?}");
    let text = readable(&question().situation, &told, None, now());
    assert!(text.contains("Known not to work here: click") && text.contains("No advice"), "{text}");
}

#[test]
fn that_people_flagged_what_worked_is_said_before_what_speaks_against_the_rest() {
    let flagged = |number, proof| {
        let remedy = known(number, Approach::OtherLocator, "#buy", proof);
        KnownRemedy { trust: Trust::Flagged, ..remedy }
    };
    let why = |remembered| {
        let told = answer(&question(), remembered, &asked(vec![]), now());
        assert_eq!(ids(&told), []);
        told.abstained.unwrap()
    };
    let here = |remedies| met(situation("shop.example"), remedies);
    let alone = why(vec![here(vec![flagged(1, worked())])]);
    assert_eq!(alone, "what worked here was flagged as wrong; besides, nothing else is known");
    let unproven = Proof { unverified: 1, ..Proof::default() };
    let untold = why(vec![here(vec![flagged(1, unproven)])]);
    assert!(untold.starts_with("what was tried here was flagged as wrong;"), "{untold}");
    let unrelated = of_another_step(Approach::OtherLocator);
    let both = why(vec![here(vec![flagged(1, worked())]), unrelated]);
    assert!(both.starts_with("what worked here was flagged as wrong; besides, one "), "{both}");
    assert!(both.contains("another trouble of this site"), "{both}");
    let failed = Proof { failed: 2, last_failed_at: Some(now()), ..Proof::default() };
    let dead = known(2, Approach::OtherLocator, "#pay", failed);
    let dead = why(vec![here(vec![flagged(1, worked()), dead])]);
    assert!(dead.contains("flagged as wrong; besides, what was tried here"), "{dead}");
}

#[test]
fn a_report_is_told_by_its_recall() {
    let recall = RecallId::from_uuid(Uuid::from_u128(5));
    let mut hint = known(1, Approach::OtherLocator, "#buy", Proof::default());
    (hint.trust, hint.origin) = (Trust::Reported, Origin::Report { recall_id: recall });
    let json = serde_json::to_value(hint.origin).unwrap();
    assert_eq!(json, serde_json::json!({"recall_id": recall}));
    let read: Origin = serde_json::from_value(json).unwrap();
    assert_eq!(read, hint.origin);
}

#[test]
fn what_was_done_for_a_step_in_other_words_is_a_hint_that_says_what_it_was_for() {
    let told = |here: Situation| {
        let there = Situation {
            target: Some(css("#buy-old")),
            intent: "delete the post".into(),
            ..situation("shop.example")
        };
        let known = met(there, vec![known(1, Approach::OtherLocator, "#buy", worked())]);
        let met = Remembered { exact: false, similarity: Some(0.6), ..known };
        let question = Question { situation: here, embedding: Some(vec![1.0]) };
        let told = answer(&question, vec![met], &asked(vec![]), now());
        let text = readable(&question.situation, &told, None, now());
        (told.served().first().map(|advice| advice.tier), text)
    };
    let here =
        Situation { target: None, intent: "delete the post".into(), ..situation("shop.example") };
    let wants = |intent: &str| Situation { intent: intent.into(), ..here.clone() };

    let (tier, text) = told(wants("throw this piece away"));
    assert_eq!(tier, Some(Tier::Medium));
    assert!(text.contains("#buy") && text.contains("delete the post"), "{text}");

    for (other, why) in [
        (wants("publish the post"), "another operation"),
        (Situation { page: "/help".into(), ..wants("throw this piece away") }, "elsewhere"),
        (
            Situation { class: ErrorClass::Timeout, ..wants("throw this piece away") },
            "another trouble",
        ),
        (
            Situation { action: ActionName::Fill, ..wants("throw this piece away") },
            "another kind of action",
        ),
    ] {
        let (tier, text) = told(other);
        assert_eq!(tier, None, "{why}: {text}");
    }
    // The very purpose is told on that page whatever failed, and where the page is not known.
    for same in [
        Situation { class: ErrorClass::Timeout, ..here.clone() },
        Situation { page: "/basket?step".into(), ..here.clone() },
        Situation { page: String::new(), ..here.clone() },
    ] {
        assert_eq!(told(same.clone()).0, Some(Tier::Medium), "{same:?}");
    }
}

#[test]
fn what_the_same_locator_was_clicked_for_is_told_first_and_its_opposite_is_not_advised() {
    let rows = || Some(css("tr:nth-child(3) button"));
    let wants = |intent: &str| Situation {
        target: rows(),
        intent: intent.into(),
        ..situation("shop.example")
    };
    let told = |intent: &str| {
        let done = vec![known(1, Approach::OtherLocator, "#accept", worked())];
        let there = Remembered { exact: false, ..met(wants("delete the cookie notice"), done) };
        let question = Question { situation: wants(intent), embedding: Some(vec![1.0]) };
        let told = answer(&question, vec![there], &asked(vec![]), now());
        let not = told.served().first().map(|it| when_not(it, &question.situation, now()));
        (told.served().first().map(|advice| advice.tier), not.unwrap_or_default())
    };
    for other in ["publish the cookie notice", "save the cookie notice", "log in"] {
        assert_eq!(told(other).0, None, "{other}");
    }
    for perhaps in ["delete the account", "throw this thing away"] {
        let (tier, not) = told(perhaps);
        assert_eq!(tier, Some(Tier::Medium), "{perhaps}");
        let says = "your step is not for this: it was to “delete the cookie notice”";
        assert!(not[0].starts_with(says), "{perhaps}: {not:?}");
    }
    assert_eq!(told("remove the cookie notice").0, Some(Tier::High), "the same in other words");
}

#[test]
fn what_has_never_worked_is_a_hint_that_nobody_vouches_for() {
    let untold = Proof { unverified: 1, ..Proof::default() };
    let there = |trust, proof: &Proof| {
        let it = known(1, Approach::OtherLocator, "#buy", proof.clone());
        vec![met(situation("shop.example"), vec![KnownRemedy { trust, ..it }])]
    };
    let told = |trust, proof: &Proof| {
        let told = answer(&question(), there(trust, proof), &asked(vec![]), now());
        let text = readable(&question().situation, &told, None, now());
        (told.served()[0].clone(), text)
    };
    let (sure, _) = told(Trust::Verified, &worked());
    assert_eq!(sure.tier, Tier::High);
    for trust in [Trust::Verified, Trust::Human] {
        let (hint, text) = told(trust, &untold);
        assert_eq!(hint.tier, Tier::Medium, "{trust:?}");
        assert!(hint.confidence < 0.55 && hint.confidence < sure.confidence - 0.2, "{text}");
        assert!(!text.contains("verified; from") || text.contains("unverified; from"), "{text}");
        assert!(text.contains("no run could tell yet"), "{text}");
    }
    let (_, text) = told(Trust::Verified, &untold);
    assert!(text.contains(", unverified] click") && text.contains("; unverified; from"), "{text}");
    // Who of ours would try it still does: what comes of that is seen.
    let ours = crate::memory::judge(&question(), there(Trust::Verified, &untold), now());
    assert_eq!(ours.offered[0].tier, Tier::High);
}

#[test]
fn advice_of_another_class_is_told_less_surely_and_not_at_all_where_no_click_helps() {
    let told = |class: ErrorClass, then: ErrorClass| {
        let there = Situation { class: then, ..situation("shop.example") };
        let done = vec![known(1, Approach::OtherLocator, "#buy", worked())];
        let there = Remembered { exact: false, similarity: Some(1.0), ..met(there, done) };
        let here = Situation { class, ..situation("shop.example") };
        let question = Question { situation: here, embedding: Some(vec![1.0]) };
        let told = answer(&question, vec![there], &asked(vec![]), now());
        let advice = told.served().first().map(|it| (*it).clone());
        (advice, question.situation, told.abstained)
    };
    let (same, ..) = told(ErrorClass::Timeout, ErrorClass::Timeout);
    let (other, here, _) = told(ErrorClass::Timeout, ErrorClass::ElementNotFound);
    let (same, other) = (same.unwrap(), other.unwrap());
    assert!(other.confidence < same.confidence - 0.2, "{} {}", other.confidence, same.confidence);
    let not = when_not(&other, &here, now());
    assert!(not[0].starts_with("timeout itself is what has to be got past"), "{not:?}");
    assert!(!when_not(&same, &here, now())[0].contains("another trouble"));

    for class in ErrorClass::ALL.into_iter().filter(|class| class.is_beyond_the_page()) {
        let (other, _, why) = told(class, ErrorClass::ElementNotFound);
        assert_eq!(other, None, "{class}");
        let why = why.unwrap();
        assert!(why.contains("it got past element_not_found, and nothing of that kind"), "{why}");
        let (about_it, ..) = told(class, class);
        assert_eq!(about_it.map(|advice| advice.tier), Some(Tier::High), "{class}");
    }
}
