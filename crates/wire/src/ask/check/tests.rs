//! Questions that can be asked, and what is wrong with the others.

use super::*;
use serde_json::{Value, json};

fn ask(changes: Value) -> Result<CheckedAsk, Vec<Invalid>> {
    let mut question = json!({
        "url": "https://www.shop.example/orders/17/edit?tab=2&token=hunter2#x",
        "message": "locator.click: Timeout 30000ms exceeded.\nCall log:\n  - waiting for locator('#order')",
        "intent": "order what is in the basket",
    });
    let (Value::Object(question), Value::Object(changes)) = (&mut question, changes) else {
        panic!("changes are an object");
    };
    question.extend(changes);
    question.retain(|_, value| !value.is_null());
    let question: AskMemory = serde_json::from_value(json!(question)).unwrap();
    question.check()
}

#[track_caller]
fn check(changes: Value, field: &str, says: &str) {
    let faults = ask(changes).unwrap_err();
    let fault = faults.iter().find(|fault| fault.field == field);
    let fault = fault.unwrap_or_else(|| panic!("{field} is not named: {faults:?}"));
    assert!(fault.message.contains(says), "{fault:?}");
}

#[test]
fn a_raw_message_and_a_url_are_a_whole_question() {
    let asked = ask(json!({})).unwrap();
    assert_eq!(
        serde_json::to_value(&asked.situation).unwrap(),
        json!({"site": "shop.example", "page": "/orders/{id}/edit?tab&token",
            "class": "element_not_found", "action": "click", "target": {"css": "#order"},
            "intent": "order what is in the basket",
            "message": "nothing on the page matches, and nothing appeared in time"})
    );
    assert_eq!(asked.asked.origin.as_deref(), Some("https://www.shop.example"));
    assert_eq!((asked.asked.agent.as_str(), asked.asked.limit), ("outside", 3));
    assert_eq!((asked.token_budget, asked.notes), (None, vec![]));
}

#[test]
fn nothing_that_was_typed_is_kept() {
    let tried = json!([
        {"action": {"action": "fill", "target": {"css": "#pw"}, "value": "hunter2"}},
        {"action": {"action": "press", "key": "h"}},
        {"action": {"action": "navigate", "url": "https://shop.example/a?token=hunter2"}},
    ]);
    let asked = ask(json!({"tried": tried, "message": "could not type hunter2 there"})).unwrap();
    let kept = format!("{:?} {:?}", asked.asked, asked.situation);
    assert!(!kept.contains("hunter2"), "{kept}");
    assert_eq!(asked.situation.message, "", "nor what the tool said, which may quote it");
    assert_eq!(asked.asked.tried.len(), 3);
    assert!(kept.contains("\"/a\""), "{kept}");
}

#[test]
fn what_is_said_goes_before_what_is_read() {
    let said = json!({"site": "shop-admin", "error_class": "timeout", "action": "fill",
        "target": {"label": "Day"}, "agent": "nightly", "limit": 1, "token_budget": 100, "goal": "buy"});
    let asked = ask(said).unwrap();
    let situation = &asked.situation;
    assert_eq!(situation.site, "shop-admin");
    assert_eq!((situation.class, situation.action), (ErrorClass::Timeout, ActionName::Fill));
    assert_eq!(situation.target.as_ref().unwrap().label.as_deref(), Some("Day"));
    assert_eq!((asked.asked.limit, asked.token_budget), (1, Some(100)));
}

#[test]
fn what_the_message_says_was_typed_is_taken_out_of_intent_and_goal() {
    let asked = ask(json!({
        "message": "locator.fill: Timeout 30000ms exceeded.\n  - fill(\"ada@mail.example\")",
        "intent": "type ada@mail.example as the address", "goal": "invite ada@mail.example, or Bo",
    }))
    .unwrap();
    assert_eq!(asked.situation.intent, "type … as the address");
    assert_eq!(asked.asked.goal.as_deref(), Some("invite …, or Bo"));
}

#[test]
fn a_locator_that_says_what_was_typed_is_not_kept() {
    let asked = ask(json!({
        "message": "locator.fill: Timeout 30000ms exceeded.\n  - fill(\"4000 1111\")",
        "target": {"label": "Card 4000 1111"},
    }))
    .unwrap();
    assert_eq!(asked.situation.target, None);
    assert!(asked.notes.iter().any(|note| note.contains("what was typed")), "{:?}", asked.notes);
}

#[test]
fn what_is_assumed_is_said() {
    let asked = ask(json!({"url": null, "site": "shop", "message": "oops"})).unwrap();
    assert_eq!(
        (asked.situation.page.as_str(), asked.situation.class),
        ("", ErrorClass::Unclassified)
    );
    for says in ["`error_class`", "`click` is assumed", "`url` or `page`"] {
        assert!(asked.notes.iter().any(|note| note.contains(says)), "{says}: {:?}", asked.notes);
    }
    let paged = json!({"url": null, "site": "shop", "page": "/orders/{id}"});
    assert_eq!(ask(paged).unwrap().situation.page, "/orders/{id}");
}

#[test]
fn every_fault_names_its_field() {
    check(json!({"url": null}), "url", "or `site`");
    check(json!({"url": "shop.example"}), "url", "absolute URL");
    check(json!({"url": "file:///etc/passwd"}), "url", "only http");
    check(json!({"page": "/x"}), "page", "goes with `site`");
    check(json!({"url": null, "site": "s", "page": "https://s/x"}), "page", "give it as `url`");
    check(json!({"site": "two words"}), "site", "without spaces");
    check(json!({"message": null}), "message", "or `error_class`");
    check(json!({"message": " "}), "message", "1 to");
    check(json!({"intent": " "}), "intent", "1 to 500");
    check(json!({"intent": "x".repeat(501)}), "intent", "1 to 500");
    check(json!({"agent": "two words"}), "agent", "without spaces");
    check(json!({"target": {"css": "a["}}), "target.css", "");
    check(json!({"target": {}}), "target", "exactly one of");
    check(json!({"limit": 0}), "limit", "between 1 and 3");
    check(json!({"limit": 4}), "limit", "between 1 and 3");
    check(json!({"token_budget": 39}), "token_budget", "is 39; must be between 40 and 100000");
    check(json!({"token_budget": -1}), "token_budget", "between 40");
    check(json!({"tried": [{}]}), "tried[0]", "exactly one of");
    check(
        json!({"tried": [{"approach": "keyboard", "action": {"action": "back"}}]}),
        "tried[0]",
        "exactly",
    );
    check(
        json!({"tried": [{"action": {"action": "click", "target": {"xpath": "//a["}}}]}),
        "tried[0].action.target.xpath",
        "",
    );
    check(json!({"goal": "nul \u{0}"}), "goal", "NUL");
}

#[test]
fn an_approach_that_can_be_many_things_is_said_to_be_advised_again() {
    let notes = |approach: &str| ask(json!({"tried": [{ "approach": approach }]})).unwrap().notes;
    for many in ["other_locator", "other_format", "plan_fallback", "human_answer"] {
        let notes = notes(many);
        assert!(notes[0].starts_with(&format!("`{many}` can be done in more")), "{notes:?}");
    }
    for one in ["dismiss_overlay", "keyboard", "leave_out"] {
        assert_eq!(notes(one), Vec::<String>::new(), "{one}");
    }
}
