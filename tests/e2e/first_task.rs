//! A task is submitted, run and read.

use serde_json::json;
use tests::{Fleet, GateSite};
use wire::Outcome;
use wire::TaskState;
use wire::{ErrorClass, FailureKind, LimitName};

#[tokio::test]
async fn a_task_runs_in_a_browser_and_leaves_its_trace() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    site.open("first");
    let task = client.submit(&site.task("first")).await;
    let task = client.ended_as(task.id, TaskState::Succeeded).await;
    assert_eq!(task.result, Some(json!({"word": "first"})));

    let runs = client.runs(task.id).await;
    assert_eq!(runs.len(), 1);
    assert_eq!((runs[0].outcome, runs[0].steps), (Some(Outcome::Succeeded), 4));
    let steps = client.steps(runs[0].id).await;
    let actions: Vec<_> = steps.iter().map(|step| step.action.action.as_str()).collect();
    assert_eq!(actions, ["navigate", "fill", "wait_for", "extract"]);
    assert!(steps.iter().all(|step| step.ok), "{steps:?}");
    let typed = steps[1].fingerprint.as_ref().expect("the element acted upon");
    assert_eq!((typed.tag.as_str(), typed.name.as_str()), ("input", "Word"));
    assert!(steps[1].artifacts.iter().any(|artifact| artifact.kind.as_str() == "snapshot"));
}

#[tokio::test]
async fn a_failing_step_ends_the_attempt_with_its_class_and_a_picture() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut body = site.task("missing");
    body["plan"]["steps"] = json!([{"intent": "press what is not there", "action": "click",
        "target": {"role": "button", "name": "Open sesame"}, "timeout_ms": 500}]);
    let task = client.submit(&body).await;
    let task = client.ended_as(task.id, TaskState::Failed).await;
    let failure = task.failure.expect("a failure");
    assert_eq!(failure.kind, FailureKind::Blocked);
    assert_eq!(failure.class, Some(ErrorClass::ElementNotFound));
    assert!(failure.message.contains("Open sesame"), "{}", failure.message);
    assert_eq!(task.attempt, 1, "retrying unchanged is pointless");

    let steps = client.steps(task.run_id.expect("a run")).await;
    let picture = steps[1].artifacts.iter().find(|a| a.kind.as_str() == "screenshot");
    let path = format!("/v1/artifacts/{}", picture.expect("a screenshot").id);
    let response = client.request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "image/png");
    assert!(response.bytes().await.unwrap().starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn limits_end_a_run_with_their_own_reason() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    for (limits, limit) in
        [(json!({"steps": 2}), LimitName::Steps), (json!({"seconds": 1}), LimitName::Seconds)]
    {
        let mut body = site.task("limited");
        body["limits"] = limits;
        body["plan"]["steps"] = json!([
            {"intent": "look again", "action": "reload"},
            {"intent": "wait a while", "action": "wait_for", "expect": {"text": "never"},
             "timeout_ms": 1200, "fallbacks": [{"action": "reload"}]},
            {"intent": "look again", "action": "reload"},
        ]);
        let task = client.submit(&body).await;
        let task = client.ended_as(task.id, TaskState::Failed).await;
        let failure = task.failure.expect("a failure");
        assert_eq!((failure.kind, failure.limit), (FailureKind::Budget, Some(limit)));
    }
}

#[tokio::test]
async fn a_private_address_is_refused_unless_allowed() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&["--allow-egress", "10.99.0.0/16"]).await;
    let mut body = site.task("private");
    body["limits"] = json!({"attempts": 1});
    let task = client.submit(&body).await;
    let task = client.ended_as(task.id, TaskState::Failed).await;
    let failure = task.failure.expect("a failure");
    assert_eq!(failure.class, Some(ErrorClass::NavigationFailed));
    assert!(failure.message.contains("--allow-egress"), "{}", failure.message);
    assert_eq!(site.visits("private"), 0);
}
