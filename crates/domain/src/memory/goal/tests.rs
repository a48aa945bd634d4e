//! What a run amounts to as a plan, and which plan is chosen.

use super::*;
use crate::failure::{ErrorClass, Failure};
use crate::id::ProjectId;
use crate::memory::{Approach, RunFacts};
use crate::observation::Observation;
use crate::plan::{StepForm, plan_steps};
use crate::run::Outcome;
use crate::snapshot::Fingerprint;
use crate::step::{HealSource, Step, StepDecision};
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn inputs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn step(seq: u32, decision: StepDecision, action: &Json, element: Fingerprint) -> Step {
    let action: StepForm = serde_json::from_value(action.clone()).unwrap();
    Step {
        seq,
        intent: "prepare".into(),
        decision,
        fingerprint: action.target.is_some().then_some(element),
        action,
        failure: None,
        observation: Observation {
            url: "https://shop.example/admin/".into(),
            ..Observation::default()
        },
        extracted: None,
        page: "/admin/".into(),
        started_at: chrono::DateTime::UNIX_EPOCH,
        duration_ms: 1,
    }
}

fn field(label: &str) -> Fingerprint {
    Fingerprint { label: Some(label.into()), ..Fingerprint::default() }
}

fn heal(step: u32, attempt: u32, own: bool) -> StepDecision {
    StepDecision::Heal {
        step,
        after: 3,
        attempt,
        approach: Approach::OpenMenu,
        by: HealSource::Routine,
        own,
        recall_id: None,
    }
}

fn plan() -> Json {
    json!([
        {"intent": "name her ada lovelace", "action": "fill", "target": {"css": "#n"},
         "value": "ada lovelace", "fallbacks": [{"action": "reload"}]},
        {"intent": "mail", "action": "fill", "target": {"css": "#m"},
         "value": "{{inputs.user}}@x.example"},
        {"intent": "save", "action": "click", "target": {"css": "#save"},
         "expect": {"text": "ada lovelace was added"}},
    ])
}

fn run(inputs: BTreeMap<String, String>, steps: Vec<Step>) -> RunFacts {
    RunFacts {
        project: ProjectId::from_uuid(Uuid::from_u128(1)),
        site: "shop".into(),
        outcome: Outcome::Succeeded,
        failure: None,
        inputs,
        plan: serde_json::from_value(json!({"steps": plan()})).unwrap(),
        steps,
        settled: Vec::new(),
    }
}

fn told() -> Vec<Step> {
    let planned = |seq, number: u32, label: &str| {
        let action = &plan()[number as usize];
        step(seq, StepDecision::Plan { step: number }, action, field(label))
    };
    let none = Fingerprint::default;
    let click = |css: &str| json!({"intent": "save", "action": "click", "target": {"css": css}});
    let mut failed = planned(3, 2, "");
    failed.failure = Some(Failure::new(ErrorClass::ElementNotFound, "gone"));
    let mut wrong = step(4, heal(2, 0, false), &click("#wrong"), none());
    wrong.failure = Some(Failure::new(ErrorClass::ElementNotFound, "gone"));
    vec![
        step(0, StepDecision::Start, &json!({"action": "navigate", "url": "https://x"}), none()),
        planned(1, 0, "Full name:"),
        planned(2, 1, "E-mail"),
        failed,
        wrong,
        step(5, heal(2, 1, false), &json!({"action": "click", "target": {"text": "Menu"}}), none()),
        step(6, heal(2, 1, true), &click("#store"), none()),
    ]
}

#[test]
fn a_run_amounts_to_what_worked_in_it_with_values_lifted() {
    let plan = effective_plan(&run(inputs(&[("user", "ada")]), told()));
    let expected = json!({"steps": [
        {"intent": "name her {{inputs.full_name}}", "action": "fill", "target": {"css": "#n"},
         "value": "{{inputs.full_name}}"},
        {"intent": "mail", "action": "fill", "target": {"css": "#m"},
         "value": "{{inputs.user}}@x.example"},
        {"intent": "prepare", "action": "click", "target": {"text": "Menu"}},
        {"intent": "save", "action": "click", "target": {"css": "#store"},
         "expect": {"text": "{{inputs.full_name}} was added"}},
    ]});
    assert_eq!(serde_json::to_value(&plan).unwrap(), expected);
    let values =
        Values { inputs: inputs(&[("user", "bob"), ("full_name", "Bob")]), ..Values::default() };
    assert!(plan_steps(&plan, &values).is_ok(), "it can be run");
}

#[test]
fn a_literal_that_is_the_value_of_an_input_becomes_that_input() {
    let plan = effective_plan(&run(inputs(&[("user", "ada"), ("who", "ada lovelace")]), told()));
    assert_eq!(plan.steps[0].value.as_deref(), Some("{{inputs.who}}"));
}

#[test]
fn names_are_unique_and_a_password_becomes_a_secret() {
    let fill = |value: &str| json!({"intent": "x", "action": "fill", "target": {"css": "#a"}, "value": value});
    let password = Fingerprint { input_type: Some("password".into()), ..field("Password") };
    let decision = || StepDecision::Plan { step: 9 };
    let steps = vec![
        step(0, decision(), &fill("first"), field("User")),
        step(1, decision(), &fill("second"), field("User")),
        step(2, decision(), &fill("first"), field("Again")),
        step(3, decision(), &fill("swordfish"), password),
        step(4, decision(), &fill("42"), field("42")),
    ];
    let plan = effective_plan(&run(inputs(&[("user", "x")]), steps));
    let values: Vec<_> = plan.steps.iter().filter_map(|step| step.value.as_deref()).collect();
    assert_eq!(
        values,
        [
            "{{inputs.user_2}}",
            "{{inputs.user_3}}",
            "{{inputs.user_2}}",
            "{{secrets.password}}",
            "{{inputs.value}}",
        ]
    );
}

#[test]
fn files_and_addresses_are_not_replayed_as_they_were() {
    let upload = json!({"intent": "x", "action": "upload", "target": {"css": "#f"},
        "files": [{"name": "a.txt", "text": "private"}]});
    let go = json!({"intent": "x", "action": "navigate", "url": "https://shop.example/admin/x"});
    let decision = || StepDecision::Plan { step: 9 };
    let steps = vec![
        step(0, decision(), &upload, field("Photo")),
        step(1, decision(), &go, Fingerprint::default()),
    ];
    let plan = effective_plan(&run(inputs(&[]), steps));
    let files = plan.steps[0].files.as_ref().unwrap();
    assert_eq!(files[0].text.as_deref(), Some("{{inputs.photo}}"));
    assert_eq!(plan.steps[1].url.as_deref(), Some("/admin/x"));
}

#[test]
fn goals_are_the_same_whatever_the_values_of_their_inputs() {
    let ada = goal_key("Add the  user ada", &inputs(&[("user", "ada")]));
    assert_eq!(ada, goal_key("add the user bob", &inputs(&[("user", "bob")])));
    assert_eq!(ada, "add the user {{inputs.user}}");
    assert_ne!(ada, goal_key("add the user ada", &inputs(&[])));
}

fn known(number: u128, similarity: f64, worked: u32, needs: &str) -> RememberedPlan {
    let plan = json!({"steps": [{"intent": "x", "action": "fill", "target": {"css": "#a"},
        "value": needs}]});
    RememberedPlan {
        run_id: RunId::from_uuid(Uuid::from_u128(number)),
        goal: "add the user".into(),
        plan: serde_json::from_value(plan).unwrap(),
        similarity,
        proof: Proof { worked, runs: worked, ..Proof::default() },
    }
}

#[track_caller]
fn check(plans: Vec<RememberedPlan>, expected: Result<Option<u128>, &str>) {
    let values = Values { inputs: inputs(&[("user", "ada")]), ..Values::default() };
    let found = replay_plan("add the user", plans, &values)
        .map(|plan| plan.map(|plan| plan.run_id.as_uuid().as_u128()))
        .map_err(|missing| missing.join(" "));
    assert_eq!(found, expected.map_err(str::to_owned));
}

#[test]
fn the_same_words_then_proof_then_newness_choose_the_plan() {
    let user = "{{inputs.user}}";
    check(vec![], Ok(None));
    check(vec![known(1, 0.85, 9, user)], Ok(None));
    check(vec![known(1, 0.9, 1, user), known(2, 0.87, 5, user)], Ok(Some(2)));
    check(vec![known(1, 1.0, 1, user), known(2, 0.99, 9, user)], Ok(Some(1)));
    check(vec![known(1, 1.0, 2, user), known(2, 1.0, 2, user)], Ok(Some(2)));
    let failing = Proof { failed: 3, ..Proof::default() };
    check(vec![RememberedPlan { proof: failing, ..known(1, 1.0, 0, user) }], Ok(None));
    let opposite = RememberedPlan { goal: "delete the user".into(), ..known(1, 0.95, 9, user) };
    check(vec![opposite], Ok(None));
}

#[test]
fn what_is_missing_is_named() {
    let needs = "{{inputs.mail}} {{secrets.pin}} {{inputs.user}}";
    check(vec![known(1, 1.0, 1, needs)], Err("inputs.mail secrets.pin"));
    check(vec![known(1, 1.0, 1, needs), known(2, 0.9, 9, "x")], Err("inputs.mail secrets.pin"));
    check(vec![known(1, 1.0, 9, needs), known(2, 1.0, 1, "{{inputs.user}}")], Ok(Some(2)));
}
