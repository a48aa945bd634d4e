//! What a task may say and what it may not.

use super::*;
use serde_json::{Value, json};

fn valid() -> Value {
    json!({
        "goal": "find ada",
        "start_url": "https://admin.shop.example/",
        "plan": { "steps": [
            { "intent": "log in", "action": "fill", "target": { "css": "#pw" },
              "value": "{{secrets.password}}" },
        ] },
        "secrets": { "password": "hunter22" },
    })
}

/// A valid task with one change.
fn with(pointer: &str, value: Value) -> CreateTask {
    let mut task = valid();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = task.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        parent => parent[key] = value,
    }
    serde_json::from_value(task).unwrap()
}

fn faults(task: CreateTask) -> Vec<(String, String)> {
    let found = task.check().map(|_| ()).unwrap_err();
    found.into_iter().map(|fault| (fault.field, fault.message)).collect()
}

#[track_caller]
fn check(pointer: &str, value: Value, field: &str, says: &str) {
    let found = faults(with(pointer, value));
    assert!(found.iter().any(|(at, message)| at == field && message.contains(says)), "{found:?}");
}

#[test]
fn what_is_left_out_has_its_default() {
    let task: CreateTask = serde_json::from_value(valid()).unwrap();
    let (spec, secrets) = task.check().unwrap();
    assert_eq!(spec.site, "shop.example");
    assert_eq!(spec.agent, "waymark");
    assert_eq!(spec.limits, Limits::default());
    assert_eq!(spec.priority, 0);
    assert_eq!(secrets["password"], "hunter22");
}

#[test]
fn every_fault_is_named_with_its_field() {
    check("/goal", json!(" "), "goal", "1 to 2000");
    check("/goal", json!("x".repeat(2001)), "goal", "1 to 2000");
    check("/goal", json!("a\0b"), "goal", "NUL");
    check("/start_url", json!("/admin"), "start_url", "absolute URL");
    check("/start_url", json!("file:///etc/passwd"), "start_url", "only http");
    check("/start_url", json!("https://{{inputs.host}}/"), "start_url", "add `host`");
    check("/start_url", json!("https://{{secrets.password}}/"), "start_url", "only in `value`");
    check("/agent", json!("two words"), "agent", "without spaces");
    check("/site", json!(""), "site", "visible ASCII");
    check("/inputs", json!({"1st": "x"}), "inputs.1st", "not a name");
    check("/inputs", json!({"a": "x".repeat(10_001)}), "inputs.a", "10000");
    check("/secrets", json!({"password": "abc"}), "secrets.password", "between 4 and 4096");
    check("/labels", json!({"a:b": "x"}), "labels.a:b", "not a key");
    check("/labels", json!({"a": "x".repeat(101)}), "labels.a", "at most 100");
    check("/priority", json!(101), "priority", "between -100 and 100");
    check("/priority", json!(i64::MIN), "priority", "between -100 and 100");
    check("/limits", json!({"seconds": -1}), "limits.seconds", "between 1 and 3600");
    check("/limits", json!({"steps": 1001}), "limits.steps", "between 1 and 1000");
    check("/limits", json!({"heals": 101}), "limits.heals", "between 0 and 100");
    check("/limits", json!({"attempts": 0}), "limits.attempts", "between 1 and 10");
    check("/limits", json!({"answer_seconds": -1}), "limits.answer_seconds", "0 and 2592000");
    check("/limits", json!({"answer_seconds": 2_592_001}), "limits.answer_seconds", "2592000");
    check("/plan/steps", json!([]), "plan.steps", "between 1 and 500");
    check("/plan/steps/0/target", json!({"css": "#a["}), "plan.steps[0].target.css", "");
    check("/plan/steps/0/value", json!("{{inputs.city}}"), "plan.steps[0].value", "add `city`");
    check("/plan/steps/0/value", json!("a\0"), "plan.steps[0].value", "NUL");
}

#[test]
fn a_goal_is_enough() {
    let mut task = valid();
    task.as_object_mut().unwrap().remove("plan");
    let (spec, _) = serde_json::from_value::<CreateTask>(task).unwrap().check().unwrap();
    assert_eq!(spec.plan, None);
}

#[test]
fn all_faults_come_at_once() {
    let mut task = valid();
    task["goal"] = json!("");
    task["limits"] = json!({"seconds": 0, "attempts": 99});
    task["plan"]["steps"][0]["target"] = json!({});
    let fields: Vec<String> =
        faults(serde_json::from_value(task).unwrap()).into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["goal", "limits.seconds", "limits.attempts", "plan.steps[0].target"]);
}

#[test]
fn a_secret_in_clear_elsewhere_is_refused_without_repeating_it() {
    for (pointer, value, field) in [
        ("/goal", json!("log in with hunter22"), "goal"),
        ("/start_url", json!("https://shop.example/?pw=hunter22"), "start_url"),
        ("/inputs", json!({"pw": "hunter22"}), "inputs.pw"),
        ("/labels", json!({"pw": "hunter22"}), "labels.pw"),
        ("/plan/steps/0/value", json!("hunter22"), "plan.steps[0].value"),
        ("/plan/steps/0/target/css", json!("#hunter22"), "plan.steps[0].target.css"),
    ] {
        let found = faults(with(pointer, value));
        let [(at, message)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(at, field);
        assert!(message.contains("the secret `password` in clear"), "{message}");
        assert!(!message.contains("hunter22"), "{message}");
    }
}

#[test]
fn a_start_url_may_hold_inputs() {
    let mut task = valid();
    task["start_url"] = json!("https://{{inputs.host}}/login");
    task["inputs"] = json!({"host": "www.shop.example"});
    let task: CreateTask = serde_json::from_value(task).unwrap();
    let (spec, _) = task.check().unwrap();
    assert_eq!(spec.site, "shop.example");
    assert_eq!(spec.start_url, "https://www.shop.example/login");
}

#[test]
fn too_many_values_and_labels_are_refused() {
    let many = |count: usize| {
        let pairs = (0..count).map(|n| (format!("n{n}"), json!("v")));
        Value::Object(pairs.collect())
    };
    check("/inputs", many(65), "inputs", "at most 64");
    check("/labels", many(17), "labels", "at most 16");
}

#[test]
fn unknown_fields_and_loose_times_are_refused() {
    let mut task = valid();
    task["prioritiy"] = json!(1);
    let error = serde_json::from_value::<CreateTask>(task).unwrap_err();
    assert!(error.to_string().contains("prioritiy"), "{error}");
    let mut task = valid();
    task["run_after"] = json!("tomorrow");
    let error = serde_json::from_value::<CreateTask>(task).unwrap_err();
    assert!(error.to_string().contains("2026-12-31T23:59:59Z"), "{error}");
}

#[test]
fn a_request_does_not_print_its_secrets() {
    let task: CreateTask = serde_json::from_value(valid()).unwrap();
    assert!(!format!("{task:?}").contains("hunter22"));
}

/// The ranges in the schema are those of the check.
#[test]
fn the_schema_states_the_limits_that_are_checked() {
    use utoipa::PartialSchema as _;
    let schema = serde_json::to_value(TaskLimits::schema()).unwrap();
    for name in ["seconds", "steps", "heals", "attempts", "answer_seconds"] {
        let property = &schema["properties"][name];
        let (low, high) =
            (property["minimum"].as_i64().unwrap(), property["maximum"].as_i64().unwrap());
        for (value, fits) in [(low - 1, false), (low, true), (high, true), (high + 1, false)] {
            let task = with("/limits", json!({ name: value }));
            assert_eq!(task.check().is_ok(), fits, "limits.{name} = {value}");
        }
    }
}
