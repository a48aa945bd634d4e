//! Which answers fit which questions.

use super::*;
use chrono::DateTime;
use domain::escalation::{EscalationKind, Pick, ResumePoint};
use domain::heal::{Candidate, Stage};
use domain::id::{ProjectId, TaskId};
use domain::snapshot::Fingerprint;
use domain::task::{Limits, TaskSpec, TaskState};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

fn task() -> Task {
    let spec = TaskSpec {
        goal: "find ada".into(),
        start_url: "https://admin.shop.example/".into(),
        site: "shop".into(),
        agent: "waymark".into(),
        plan: None,
        inputs: BTreeMap::from([("user".into(), "ada".into())]),
        limits: Limits::default(),
        labels: BTreeMap::new(),
        priority: 0,
        run_after: None,
    };
    Task {
        id: TaskId::from_uuid(Uuid::nil()),
        project_id: ProjectId::from_uuid(Uuid::nil()),
        spec,
        secret_names: vec!["password".into()],
        state: TaskState::Waiting,
        attempt: 1,
        run_id: None,
        result: None,
        failure: None,
        run_after: DateTime::UNIX_EPOCH,
        waiting: None,
        cancel_requested: false,
        trace_id: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        started_at: None,
        finished_at: None,
    }
}

fn ask(kind: EscalationKind, wanted: Option<Value>, candidates: usize) -> Ask {
    let candidate = Candidate {
        fingerprint: Fingerprint::default(),
        stage: Stage::Words,
        score: 0.5,
        margin: 0.0,
    };
    let target = TargetForm { css: Some("#a".into()), ..TargetForm::default() };
    Ask {
        kind,
        question: "what now?".into(),
        after: Some(3),
        plan_step: Some(2),
        wanted: wanted.map(|step| serde_json::from_value(step).unwrap()),
        situation: None,
        candidates: vec![Pick { candidate, target }; candidates],
        tried: Vec::new(),
        resume: ResumePoint::default(),
    }
}

fn step_question() -> Ask {
    let wanted = json!({"intent": "type the name", "action": "fill",
        "target": {"css": "#name"}, "value": "{{inputs.user}}"});
    ask(EscalationKind::Step, Some(wanted), 2)
}

fn read(answer: Value, ask: &Ask) -> Result<Answer, Vec<Invalid>> {
    serde_json::from_value::<AnswerForm>(answer).unwrap().check(ask, &task())
}

#[track_caller]
fn refused(answer: Value, ask: &Ask, field: &str, says: &str) {
    let found = read(answer, ask).unwrap_err();
    assert!(found.iter().any(|it| it.field == field && it.message.contains(says)), "{found:?}");
}

#[test]
fn every_kind_of_answer_is_read() {
    let (step, plan) = (step_question(), ask(EscalationKind::Plan, None, 0));
    for (answer, question) in [
        (json!({"kind": "candidate", "index": 1}), &step),
        (json!({"kind": "action", "action": {"action": "click", "target": {"text": "OK"}}}), &step),
        (json!({"kind": "action", "action": {"action": "navigate", "url": "/users/"}}), &step),
        (
            json!({"kind": "action", "action": {"action": "fill", "target": {"css": "#pw"},
                "value": "{{secrets.password}}"}}),
            &step,
        ),
        (json!({"kind": "input", "value": "123456"}), &step),
        (json!({"kind": "skip"}), &step),
        (json!({"kind": "give_up", "reason": "the feature is gone"}), &step),
        (json!({"kind": "give_up"}), &plan),
        (json!({"kind": "plan", "plan": {"steps": [{"intent": "i", "action": "reload"}]}}), &plan),
    ] {
        let read = read(answer.clone(), question).unwrap();
        assert_eq!(serde_json::to_value(read.kind()).unwrap(), answer["kind"]);
    }
}

#[test]
fn a_kind_that_does_not_fit_the_question_is_refused() {
    let (step, plan) = (step_question(), ask(EscalationKind::Plan, None, 0));
    let none = ask(EscalationKind::Step, None, 0);
    refused(json!({"kind": "plan", "plan": {"steps": []}}), &step, "kind", "candidate, action");
    refused(json!({"kind": "candidate", "index": 0}), &none, "kind", "it takes action");
    for kind in ["candidate", "action", "input", "skip"] {
        refused(json!({ "kind": kind }), &plan, "kind", "it takes plan, give_up");
    }
    refused(json!({"kind": "skip", "value": "1"}), &step, "value", "goes with `input`");
}

#[test]
fn a_fault_names_its_field() {
    let step = step_question();
    let action = |action: Value| json!({"kind": "action", "action": action});
    let click = |target: Value| action(json!({"action": "click", "target": target}));
    refused(json!({"kind": "candidate"}), &step, "index", "required");
    refused(json!({"kind": "candidate", "index": 2}), &step, "index", "0 to 1");
    refused(json!({"kind": "candidate", "index": -1}), &step, "index", "0 to 1");
    refused(json!({"kind": "action"}), &step, "action", "required");
    refused(click(json!({"css": "#a["})), &step, "action.target.css", "");
    refused(click(json!({"css": "#a\0"})), &step, "action.target.css", "NUL");
    refused(
        action(json!({"action": "fill", "target": {"css": "a"}, "value": "{{secrets.pin}}"})),
        &step,
        "action.value",
        "add `pin`",
    );
    for url in ["https://evil.example/", "//evil.example/x", "http://{{inputs.user}}.example/"] {
        let navigate = action(json!({"action": "navigate", "url": url}));
        refused(navigate, &step, "action.url", "must stay on the site");
    }
    let upload = json!({"action": "upload", "target": {"css": "a"},
        "files": [{"name": "a.txt", "text": "x"}]});
    refused(action(upload), &step, "action.files", "those of the step");
    let fallbacks = json!({"action": "reload", "fallbacks": [{"action": "back"}]});
    refused(action(fallbacks), &step, "action.fallbacks", "one action");
    refused(json!({"kind": "input"}), &step, "value", "required");
    refused(json!({"kind": "input", "value": ""}), &step, "value", "1 to 4096");
    refused(
        json!({"kind": "input", "value": "1", "target": {"xpath": "//["}}),
        &step,
        "target.xpath",
        "",
    );
    refused(json!({"kind": "give_up", "reason": "x".repeat(2001)}), &step, "reason", "2000");
    let plan = ask(EscalationKind::Plan, None, 0);
    refused(json!({"kind": "plan"}), &plan, "plan", "required");
    refused(
        json!({"kind": "plan", "plan": {"steps": [{"intent": "i", "action": "click"}]}}),
        &plan,
        "plan.steps[0].target",
        "required",
    );
}

#[test]
fn what_is_typed_needs_no_element_where_the_page_has_a_field_for_codes() {
    let plain = ask(EscalationKind::Challenge, Some(json!({"action": "reload"})), 0);
    assert!(read(json!({"kind": "input", "value": "123456"}), &plain).is_ok());
    let answer = json!({"kind": "input", "value": "123456", "target": {"label": "Code"}});
    assert!(read(answer, &plain).is_ok());
}

#[test]
fn an_action_takes_what_it_leaves_out_from_the_step() {
    let answer = json!({"kind": "action", "action": {"action": "fill", "target": {"css": "#n2"}}});
    let Ok(Answer::Action { action, .. }) = read(answer, &step_question()) else { panic!() };
    assert_eq!(action.value.as_deref(), Some("{{inputs.user}}"));
    assert_eq!(action.intent.as_deref(), Some("type the name"));
    assert_eq!(action.target.unwrap().css.as_deref(), Some("#n2"));
}

#[test]
fn an_answer_does_not_print_what_is_typed() {
    let form: AnswerForm =
        serde_json::from_value(json!({"kind": "input", "value": "123456"})).unwrap();
    assert!(!format!("{form:?}").contains("123456"));
    let answer = form.check(&step_question(), &task()).unwrap();
    assert!(!format!("{answer:?}").contains("123456"));
}

#[test]
fn what_is_done_first_is_read_like_a_plan_and_its_faults_are_named() {
    let ask = step_question();
    let open = json!({"action": "click", "target": {"css": "#menu"}});
    let search = json!({"action": "fill", "target": {"css": "#q"}, "value": "{{inputs.user}}"});
    let answer = json!({"kind": "candidate", "index": 1, "first": [open, search]});
    let Ok(Answer::Candidate { index: 1, first }) = read(answer, &ask) else { panic!() };
    assert_eq!(first.len(), 2);

    let with = |second: Value| {
        json!({"kind": "action", "first": [open, second],
            "action": {"action": "click", "target": {"css": "#save"}}})
    };
    for (second, field, says) in [
        (json!({"action": "click"}), "first[1].target", "required"),
        (json!({"action": "click", "target": {}}), "first[1].target", ""),
        (json!({"action": "press"}), "first[1].key", "required"),
        (
            json!({"action": "extract", "as": "x", "target": {"css": "a"}}),
            "first[1].action",
            "reads",
        ),
        (json!({"action": "navigate", "url": "https://else.example/"}), "first[1].url", "site"),
        (
            json!({"action": "fill", "target": {"css": "a"}, "value": "{{inputs.nobody}}"}),
            "first[1].value",
            "nobody",
        ),
        (
            json!({"action": "reload", "fallbacks": [{"action": "back"}]}),
            "first[1].fallbacks",
            "one action",
        ),
    ] {
        refused(with(second), &ask, field, says);
    }
    refused(json!({"kind": "skip", "first": [open]}), &ask, "first", "`candidate` or `action`");
    let many = json!({"kind": "candidate", "index": 0, "first": vec![open.clone(); 11]});
    refused(many, &ask, "first", "at most 10");
}
