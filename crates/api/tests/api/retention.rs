//! How long a project keeps things, set and read over the API.

use crate::harness::{TestApi, body, problem};
use api::ApiLimits;
use domain::key::Scope;
use domain::ports::{Distillery as _, Retention as _, Swept};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::clock::TestClock;

async fn put(api: &TestApi, query: &str, days: &Value) -> Value {
    let request = api.request(Method::PUT, &format!("/v1/retention{query}")).json(days);
    body(request.send().await.unwrap(), StatusCode::OK).await
}

/// An API ten days after a task ended that had one step, a screenshot and a download.
async fn ten_days_later() -> (TestApi, wire::Task) {
    let clock = TestClock::new();
    let api = TestApi::start_at(ApiLimits::default(), clock.clone()).await;
    let task = api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    api.record(&lease, 0).await;
    api.succeed(&lease).await;
    api.memory.learn(lease.run_id).await.unwrap();
    clock.advance(Duration::from_hours(240));
    (api, task)
}

/// Sweeps until nothing is due.
async fn sweep(api: &TestApi) {
    while api.store.sweep().await.unwrap() != Swept::Nothing {}
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_kept_until_days_are_set_and_what_goes_is_reported() {
    let (api, task) = ten_days_later().await;
    let kept = api.read("/v1/retention").await;
    assert_eq!(
        kept,
        json!({"trace_days": null, "artifact_days": null, "memory_days": null,
               "changed_at": null, "changed_by": null, "swept_at": null, "reports": []})
    );
    sweep(&api).await;
    api.read(&format!("/v1/tasks/{}", task.id)).await;

    let days = json!({"trace_days": 9, "artifact_days": 3});
    let dry = put(&api, "?dry_run=true", &days).await;
    assert_eq!((&dry["trace_days"], &dry["changed_at"]), (&json!(9), &Value::Null));
    let overdue = &dry["overdue"];
    assert_eq!((&overdue["tasks"], &overdue["artifacts"]), (&json!(1), &json!(2)));
    assert_eq!(api.read("/v1/retention").await, kept, "a dry run sets nothing");

    let set = put(&api, "", &json!({"artifact_days": 3})).await;
    assert_eq!((&set["trace_days"], &set["artifact_days"]), (&Value::Null, &json!(3)));
    assert_eq!(set["changed_by"], "test");
    sweep(&api).await;
    let artifacts = api.read(&format!("/v1/runs/{}/artifacts", run_of(&api, &task).await)).await;
    assert_eq!(artifacts["items"], json!([]));

    put(&api, "", &days).await;
    sweep(&api).await;
    let gone = api.get(&format!("/v1/tasks/{}", task.id)).await;
    problem(gone, StatusCode::NOT_FOUND, "task_not_found").await;
    let kept = api.read("/v1/retention").await;
    assert!(kept["swept_at"].is_string(), "{kept}");
    let removed = |at: usize| &kept["reports"][at]["removed"];
    assert_eq!((&removed(0)["tasks"], &removed(0)["steps"]), (&json!(1), &json!(1)));
    assert_eq!((&removed(1)["tasks"], &removed(1)["artifacts"]), (&json!(0), &json!(2)));
    assert_eq!(kept["reports"][0]["trace_days"], 9);
    assert!(kept["reports"][0]["ended_at"].is_string(), "{kept}");
}

async fn run_of(api: &TestApi, task: &wire::Task) -> String {
    let task = api.read(&format!("/v1/tasks/{}", task.id)).await;
    task["run_id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_project_neither_sets_nor_sees_what_another_keeps() {
    let (api, task) = ten_days_later().await;
    let stranger = api.strangers_key().await;
    let theirs = |method| api.bare(method, "/v1/retention").bearer_auth(&stranger);
    let days = json!({"trace_days": 1, "artifact_days": 1, "memory_days": 1});
    body(theirs(Method::PUT).json(&days).send().await.unwrap(), StatusCode::OK).await;
    sweep(&api).await;
    api.read(&format!("/v1/tasks/{}", task.id)).await;
    assert_eq!(api.read("/v1/retention").await["trace_days"], Value::Null);
    put(&api, "", &json!({"trace_days": 5})).await;
    sweep(&api).await;
    let seen = body(theirs(Method::GET).send().await.unwrap(), StatusCode::OK).await;
    assert_eq!((&seen["trace_days"], &seen["reports"]), (&json!(1), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_administers_sets_days_and_only_such_as_make_sense() {
    let api = TestApi::start().await;
    let reader = api.key(&[Scope::TracesRead, Scope::TasksWrite]).await;
    let as_reader = |method| api.bare(method, "/v1/retention").bearer_auth(&reader);
    let refused = as_reader(Method::PUT).json(&json!({"trace_days": 1})).send().await.unwrap();
    problem(refused, StatusCode::FORBIDDEN, "insufficient_scope").await;
    body(as_reader(Method::GET).send().await.unwrap(), StatusCode::OK).await;
    for (bad, field) in [
        (json!({"trace_days": 0}), "trace_days"),
        (json!({"artifact_days": -1}), "artifact_days"),
        (json!({"memory_days": 36501}), "memory_days"),
        (json!({"memory_days": 1.5}), "memory_days"),
        (json!({"traces": 1}), "traces"),
    ] {
        let request = api.request(Method::PUT, "/v1/retention").json(&bad);
        let response = request.send().await.unwrap();
        let refused = problem(response, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
        assert_eq!(refused.errors[0].field, field, "{refused:?}");
    }
    let twice = api.request(Method::PUT, "/v1/retention?dry_run=maybe").json(&json!({}));
    let refused = twice.send().await.unwrap();
    problem(refused, StatusCode::BAD_REQUEST, "invalid_query").await;
    assert_eq!(api.read("/v1/retention").await["changed_at"], Value::Null);
}
