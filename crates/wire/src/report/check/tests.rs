//! Reports that can be kept, and what is wrong with the others.

use super::*;
use chrono::DateTime;
use domain::failure::ErrorClass;
use domain::id::{ProjectId, RecallId};
use domain::memory::{Approach, Situation, Tier};
use domain::recall::{Asked, Chosen, RecallAnswer};
use serde_json::{Value, json};
use uuid::Uuid;

fn recall() -> OutsideRecall {
    let id = |number: u128| Uuid::from_u128(number);
    let chosen = |number: u128| Chosen {
        approach: Approach::OtherLocator,
        by: HealSource::Advice {
            situation_id: domain::id::SituationId::from_uuid(id(7)),
            remedy_id: domain::id::RemedyId::from_uuid(id(number)),
            tier: Tier::High,
            confidence: 0.9,
        },
        what: "click it".into(),
    };
    OutsideRecall {
        id: RecallId::from_uuid(id(1)),
        project_id: ProjectId::from_uuid(id(2)),
        asked: Asked {
            agent: "outside".into(),
            goal: None,
            origin: Some("https://shop.example".into()),
            tried: vec![],
            limit: 3,
        },
        situation: Situation {
            site: "shop.example".into(),
            page: "/basket".into(),
            class: ErrorClass::ElementNotFound,
            action: ActionName::Click,
            target: None,
            intent: "order".into(),
            message: String::new(),
        },
        answer: RecallAnswer { chosen: vec![chosen(11), chosen(12)], ..RecallAnswer::default() },
        asked_at: DateTime::UNIX_EPOCH,
        took_ms: 1,
    }
}

fn told(report: Value) -> Result<Told, Vec<Invalid>> {
    let report: ReportOutcome = serde_json::from_value(report).unwrap();
    report.check(&recall())
}

#[expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]
#[track_caller]
fn check(report: Value, field: &str, says: &str) {
    let faults = told(report.clone()).expect_err(&report.to_string());
    let fault = faults.iter().find(|fault| fault.field == field);
    let fault = fault.unwrap_or_else(|| panic!("{field} is not named: {faults:?}"));
    assert!(fault.message.contains(says), "{fault:?}");
}

#[expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]
fn action(action: Value) -> Value {
    json!({"remedy": {"action": action}})
}

#[expect(clippy::needless_pass_by_value, reason = "cases read better without borrows")]
fn first(first: Value) -> Value {
    json!({"remedy": {"first": [first]}})
}

#[test]
fn advice_is_named_by_its_rank_or_by_its_remedy() {
    let by_rank = json!({"outcomes": [{"rank": 2, "outcome": "failed", "note": "no"}]});
    let by_id = json!({"outcomes": [
        {"remedy_id": Uuid::from_u128(12), "outcome": "failed", "note": "no"}]});
    assert_eq!(told(by_rank.clone()).unwrap().outcomes[0].rank, 2);
    assert_eq!(told(by_rank), told(by_id));
    check(json!({}), "outcomes", "or `remedy`");
    check(json!({"outcomes": [{"outcome": "worked"}]}), "outcomes[0]", "exactly one of");
    check(json!({"outcomes": [{"rank": 3, "outcome": "worked"}]}), "outcomes[0].rank", "1 to 2");
    check(json!({"outcomes": [{"rank": 0, "outcome": "worked"}]}), "outcomes[0].rank", "1 to 2");
    check(
        json!({"outcomes": [{"remedy_id": Uuid::from_u128(9), "outcome": "worked"}]}),
        "outcomes[0].remedy_id",
        "not advised",
    );
    check(
        json!({"outcomes": [{"rank": 1, "outcome": "worked"}, {"rank": 1, "outcome": "worked"}]}),
        "outcomes[1]",
        "second time",
    );
    let long = "x".repeat(1001);
    check(
        json!({"outcomes": [{"rank": 1, "outcome": "worked", "note": long}]}),
        "outcomes[0].note",
        "at most",
    );
}

#[test]
fn an_empty_remedy_has_one_fault() {
    let faults = told(json!({"remedy": {}})).unwrap_err();
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!(fault.field, "remedy");
    assert!(fault.message.starts_with("is empty: say in `action`"), "{fault:?}");
}

#[test]
fn a_remedy_of_an_agents_own_becomes_typed_actions() {
    let report = json!({"remedy": {
        "first": [{"action": "click", "target": {"role": "button", "name": "Accept"}}],
        "action": {"action": "click", "target": {"text": "Order now"}},
    }});
    let remedy = told(report).unwrap().remedy.unwrap().remedy;
    assert_eq!(remedy.approach, Approach::DismissOverlay);
    let own: Vec<bool> = remedy.steps.iter().map(|step| step.own).collect();
    assert_eq!(own, [false, true]);
    let approach = |report: Value| told(report).unwrap().remedy.unwrap().remedy.approach;
    let click = json!({"action": "click", "target": {"css": "#buy"}});
    assert_eq!(approach(action(click)), Approach::OtherLocator);
    assert_eq!(approach(action(json!({"action": "press", "key": "Enter"}))), Approach::Keyboard);
    let here = json!({"action": "navigate", "url": "https://shop.example/order?edit"});
    let remedy = told(action(here)).unwrap().remedy.unwrap().remedy;
    assert_eq!(remedy.approach, Approach::FollowLink);
    assert_eq!(remedy.steps[0].form.url.as_deref(), Some("/order?edit"));
    let theirs = json!({"action": "navigate", "url": "/order?step={{inputs.step}}"});
    let remedy = told(action(theirs)).unwrap().remedy.unwrap().remedy;
    assert_eq!(remedy.steps[0].form.url.as_deref(), Some("/order?step={{inputs.step}}"));
    assert_eq!(
        approach(first(json!({"action": "scroll", "by": {"x": 0, "y": 500}}))),
        Approach::Scroll
    );
    assert_eq!(
        approach(first(json!({"action": "handle_dialog", "accept": true}))),
        Approach::AcceptDialog
    );
    let typed =
        json!({"action": "fill", "target": {"label": "Place"}, "value": "{{inputs.place}}"});
    let remedy = told(first(typed)).unwrap().remedy.unwrap().remedy;
    assert_eq!(remedy.steps[0].form.value.as_deref(), Some("{{inputs.place}}"));
    assert_eq!(remedy.approach, Approach::PlanFallback, "what it was for is not known");
}

#[test]
fn scripts_other_sites_and_values_are_refused() {
    let go = |url: &str| action(json!({"action": "navigate", "url": url}));
    for url in [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "http://shop.example/",
        "https://shop.example.evil.example/",
        "{{inputs.there}}",
        "\\\\evil.example",
    ] {
        check(go(url), "remedy.action.url", "");
    }
    check(go("/orders?token=abc"), "remedy.action.url", "no value is remembered");
    check(go("/orders?edit&tab=#token=abc"), "remedy.action.url", "no value is remembered");
    let fill = |value: &str| json!({"action": "fill", "target": {"css": "#a"}, "value": value});
    check(first(fill("hunter2")), "remedy.first[0].value", "no value is remembered");
    check(first(fill("x {{inputs.a}}")), "remedy.first[0].value", "no value is remembered");
    check(first(fill("{{secrets.pw}}")), "remedy.first[0].value", "no value");
    check(
        first(json!({"action": "fill", "target": {"css": "#a"}})),
        "remedy.first[0].value",
        "required",
    );
    check(action(fill("hunter2")), "remedy.action.value", "no value is remembered");
    let secret = json!({"action": "click", "target": {"text": "{{secrets.pw}}"}});
    check(action(secret), "remedy.action", "secret");
    check(action(json!({"action": "press", "key": "h"})), "remedy.action.key", "types text");
    let tab = json!({"action": "switch_tab", "tab": "https://evil.example/*"});
    check(first(tab), "remedy.first[0].tab", "must not name a site");
    let script = json!({"remedy": {"action": {"action": "evaluate", "value": "alert(1)"}}});
    assert!(serde_json::from_value::<ReportOutcome>(script).is_err());
}

#[test]
fn a_remedy_is_one_that_our_own_runs_could_carry_out() {
    check(json!({"remedy": {}}), "remedy", "is empty");
    check(
        action(json!({"action": "click", "target": {"css": "a["}})),
        "remedy.action.target.css",
        "",
    );
    check(action(json!({"action": "click"})), "remedy.action.target", "");
    check(
        action(json!({"action": "extract", "target": {"css": "a"}})),
        "remedy.action.action",
        "does not do what",
    );
    check(first(json!({"action": "screenshot"})), "remedy.first[0].action", "prepares nothing");
    let more = json!({"action": "click", "target": {"css": "a"}, "expect": {"text": "done"}});
    check(action(more), "remedy.action.expect", "not part of a remedy");
    let many = vec![json!({"action": "back"}); 11];
    check(json!({"remedy": {"first": many}}), "remedy.first", "at most 10");
}
