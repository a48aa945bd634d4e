//! What stands in passages, and what must not.

use super::*;
use crate::observation::Observation;
use crate::step::StepDecision;
use chrono::DateTime;
use serde_json::json;

fn form(form: serde_json::Value) -> StepForm {
    serde_json::from_value(form).unwrap()
}

fn step(intent: &str, action: StepForm, failure: Option<Failure>) -> Step {
    Step {
        seq: 2,
        intent: intent.to_owned(),
        decision: StepDecision::Plan { step: 1 },
        action,
        failure,
        observation: Observation::default(),
        fingerprint: None,
        extracted: None,
        page: "/rooms/ada".to_owned(),
        started_at: DateTime::UNIX_EPOCH,
        duration_ms: 1,
    }
}

fn not_found(message: &str) -> Failure {
    Failure::new(ErrorClass::ElementNotFound, message)
}

fn inputs() -> BTreeMap<String, String> {
    BTreeMap::from([("guest".to_owned(), "ada".to_owned())])
}

fn book() -> StepForm {
    form(json!({"action": "click", "target": {"role": "button", "name": "Book"}}))
}

#[test]
fn a_failing_step_is_told_in_the_words_of_people() {
    let inputs = BTreeMap::new();
    let source = PassageSource { site: "rooms.example", inputs: &inputs, plan: &[] };
    let message = "nothing on the page matches role button with the name `Book` within 10 s";
    let passage = source.step(&step("book the  room", book(), Some(not_found(message)))).unwrap();
    assert_eq!(passage.text, "book the room: could not find it. button Book");
    assert_eq!((passage.title.as_str(), passage.element()), ("book the room", Some("button Book")));
    assert!(passage.message.ends_with("the name `…` within # s"), "{}", passage.message);
    assert_eq!(source.step(&step("book the room", book(), None)), None);
    let by_path = form(json!({"action": "click", "target": {"css": "#book-attic"}}));
    let passage = source.step(&step("reserve the attic", by_path, Some(not_found("no")))).unwrap();
    assert_eq!(passage.text, "reserve the attic: could not find it. book attic button");
    assert_eq!(passage.element(), Some("book attic button"));
    let nameless = source.step(&step(" ", book(), Some(not_found("no")))).unwrap();
    assert_eq!((nameless.title.as_str(), nameless.element()), ("click", Some("button Book")));
    let reload = form(json!({"action": "reload"}));
    let reload = source.step(&step("see Dr. Who", reload, Some(not_found("no")))).unwrap();
    assert_eq!(reload.element(), None);
    assert_eq!(source.run("be done. Now", Outcome::Succeeded, None).element(), None);
}

#[test]
fn what_is_typed_stands_in_no_passage() {
    let inputs = inputs();
    let plan =
        [form(json!({"action": "fill", "target": {"css": "#note"}, "value": "grace hopper"}))];
    let source = PassageSource { site: "rooms.example", inputs: &inputs, plan: &plan };
    let own = form(json!({
        "action": "fill", "value": "4711-0815", "target": {"label": "Guest ada"}
    }));
    let failure = not_found("field 4711-0815 of ada says grace hopper and \"secret words\"");
    let passage = source.step(&step("type 4711-0815 for ada", own, Some(failure))).unwrap();
    let run = source.run("add ada, as grace hopper does", Outcome::Succeeded, None);
    for text in [serde_json::to_string(&passage).unwrap(), serde_json::to_string(&run).unwrap()] {
        for typed in ["ada", "grace", "4711", "0815", "secret words"] {
            assert!(!text.contains(typed), "{typed}: {text}");
        }
    }
    assert_eq!(passage.title, "type … for guest");
    assert_eq!(passage.page, "/rooms/{id}");
    assert_eq!(run.title, "add guest, as … does");
}

#[test]
fn runs_that_differ_in_what_was_typed_are_found_in_the_same_words() {
    let id = |guest: &str| {
        let inputs = BTreeMap::from([("guest".to_owned(), guest.to_owned())]);
        let source = PassageSource { site: "rooms.example", inputs: &inputs, plan: &[] };
        let passage = source.run(&format!("add {guest}"), Outcome::Cancelled, None);
        passage.id(ProjectId::from_uuid(Uuid::from_u128(1)))
    };
    assert_eq!(id("ada"), id("grace"));
}

#[test]
fn an_id_is_of_its_project() {
    let inputs = inputs();
    let source = PassageSource { site: "rooms.example", inputs: &inputs, plan: &[] };
    let passage = source.run("add a guest", Outcome::Succeeded, None);
    let id = |number| passage.id(ProjectId::from_uuid(Uuid::from_u128(number)));
    assert_ne!(id(1), id(2));
    let other = source.run("add a guest", Outcome::Lost, None);
    assert_ne!(id(1), other.id(ProjectId::from_uuid(Uuid::from_u128(1))));
}

#[test]
fn a_run_says_how_it_ended_and_why() {
    let inputs = BTreeMap::new();
    let source = PassageSource { site: "rooms.example", inputs: &inputs, plan: &[] };
    let panicked = TaskFailure::infrastructure("the agent panicked: 17");
    let run = source.run("book", Outcome::Failed, Some(&panicked));
    assert_eq!(run.text, "book: failed, browser or network trouble");
    assert_eq!(run.message, "the agent panicked: #");
    let late = TaskFailure::over_limit(LimitName::Seconds, "used up its 60 seconds");
    assert_eq!(
        source.run("book", Outcome::Failed, Some(&late)).text,
        "book: failed, used up its time"
    );
    let blamed = TaskFailure::of_step(3, &Failure::new(ErrorClass::Challenge, "a captcha"));
    let run = source.run("book", Outcome::Failed, Some(&blamed));
    assert_eq!((run.class, run.message.as_str()), (Some(ErrorClass::Challenge), ""));
    assert_eq!(run.text, "book: failed");
    for outcome in Outcome::ALL {
        assert!(source.run("book", outcome, None).text.len() > "book: ".len(), "{outcome:?}");
    }
}

#[test]
fn every_class_but_the_unclassified_is_told_in_words() {
    for class in ErrorClass::ALL {
        let told = trouble(&Failure::new(class, ""));
        assert_eq!(told.is_none(), class == ErrorClass::Unclassified, "{class}");
    }
    let inputs = BTreeMap::new();
    let source = PassageSource { site: "rooms.example", inputs: &inputs, plan: &[] };
    let odd = Some(Failure::new(ErrorClass::Unclassified, "the gate is 7 m too low"));
    let passage = source.step(&step("drive through", book(), odd)).unwrap();
    assert_eq!(passage.text, "drive through: the gate is # m too low. button Book");
}

#[test]
fn what_keeps_from_an_element_is_told_apart() {
    for (message, says) in [
        (
            "button `Book` is covered by <div id=\"consent\">, and still was after 10 s",
            "in the way",
        ),
        ("button `Book` is disabled, and still was after 10 s", "greyed out"),
        ("button `Book` is there and cannot be seen: it has no size", "not visible"),
        ("label `Day` is read-only, and still was after 10 s", "read-only"),
        ("button `Book` keeps moving, and still did after 10 s", "covered or disabled"),
    ] {
        let told = trouble(&Failure::new(ErrorClass::NotInteractable, message)).unwrap();
        assert!(told.contains(says), "{message}: {told}");
    }
}
