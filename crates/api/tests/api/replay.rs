//! Tasks without a plan: what memory has for their goal.

use crate::harness::{TestApi, body, problem, task};
use domain::ports::{Distillery as _, Lease};
use domain::step::{Step, StepDecision};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// A task for this goal that types one input, run to its end and remembered.
async fn remember(api: &TestApi, goal: &str) -> Lease {
    let fill = json!({ "intent": "type the name", "action": "fill",
                       "target": { "css": "#name" }, "value": "{{inputs.user}}" });
    api.submit(json!({ "goal": goal, "inputs": { "user": "ada" },
                       "plan": { "steps": [fill] } }))
        .await;
    let lease = api.claim().await.remove(0);
    api.record_step(&lease, |step| Step {
        intent: "type the name".into(),
        decision: StepDecision::Plan { step: 0 },
        action: serde_json::from_value(fill.clone()).unwrap(),
        ..step
    })
    .await;
    api.succeed(&lease).await;
    api.memory.learn(lease.run_id).await.unwrap();
    lease
}

fn goal_only(goal: &str, inputs: &Value) -> Value {
    let mut task = task(json!({ "goal": goal, "inputs": inputs }));
    task.as_object_mut().unwrap().remove("plan");
    task
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_lacks_inputs_of_the_remembered_plan_is_told_which() {
    let api = TestApi::start().await;
    remember(&api, "enter a user").await;
    let before = api.count_tasks().await;
    let lacking = goal_only("enter a user", &json!({}));
    let refused = api.post("/v1/tasks", &lacking).send().await.unwrap();
    let refused = problem(refused, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
    let [missing] = refused.errors.as_slice() else { panic!("{refused:?}") };
    assert_eq!(missing.field, "inputs.user");
    assert_eq!(missing.message, "the plan remembered for this goal needs it");
    assert_eq!(api.count_tasks().await, before);

    let whole = goal_only("enter a user", &json!({"user": "grace"}));
    let accepted = api.post("/v1/tasks", &whole).send().await.unwrap();
    let accepted = body(accepted, StatusCode::ACCEPTED).await;
    let shown = api.read(&format!("/v1/tasks/{}", accepted["id"].as_str().unwrap())).await;
    assert_eq!(shown["plan"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_goal_that_nobody_has_reached_is_accepted() {
    let api = TestApi::start().await;
    remember(&api, "enter a user").await;
    for other in [
        goal_only("leave a user", &json!({})),
        json!({ "goal": "enter a user", "start_url": "https://elsewhere.example/" }),
    ] {
        body(api.post("/v1/tasks", &other).send().await.unwrap(), StatusCode::ACCEPTED).await;
    }
    let stranger = api.strangers_key().await;
    let post = api.bare(reqwest::Method::POST, "/v1/tasks").bearer_auth(stranger);
    let post = post.json(&goal_only("enter a user", &json!({})));
    body(post.send().await.unwrap(), StatusCode::ACCEPTED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_once_is_not_refused_when_it_is_sent_again() {
    let api = TestApi::start().await;
    let asked = goal_only("enter a user", &json!({}));
    let submit = || api.post("/v1/tasks", &asked).header("idempotency-key", "k-1").send();
    let first = body(submit().await.unwrap(), StatusCode::ACCEPTED).await;
    let cancel = format!("/v1/tasks/{}/cancel", first["id"].as_str().unwrap());
    api.request(reqwest::Method::POST, &cancel).send().await.unwrap();
    remember(&api, "enter a user").await;
    let again = submit().await.unwrap();
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    assert_eq!(body(again, StatusCode::ACCEPTED).await["id"], first["id"]);
}
