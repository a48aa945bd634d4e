//! The same request, sent again.

use crate::harness::{TestApi, body, problem, task};
use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn submit(api: &TestApi, key: &str, task: &Value) -> reqwest::Response {
    let post = api.post("/v1/tasks", task).header("idempotency-key", key);
    post.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_makes_one_task() {
    let api = TestApi::start().await;
    let first = submit(&api, "k-1", &task(json!({"inputs": {"a": "1", "b": "2"}}))).await;
    assert!(first.headers().get("idempotency-replayed").is_none());
    let first = body(first, StatusCode::ACCEPTED).await;

    // Said in another order, it is still the same.
    let again = submit(&api, "k-1", &task(json!({"inputs": {"b": "2", "a": "1"}}))).await;
    assert_eq!(again.headers()["idempotency-replayed"], "true");
    let location = again.headers()["location"].to_str().unwrap().to_owned();
    assert!(location.ends_with(first["id"].as_str().unwrap()));
    assert_eq!(body(again, StatusCode::ACCEPTED).await["id"], first["id"]);
    assert_eq!(api.count_tasks().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_request_under_the_same_key_is_refused() {
    let api = TestApi::start().await;
    let secret = |value: &str| task(json!({"secrets": {"password": value}}));
    submit(&api, "k-1", &secret("hunter22")).await;
    for other in [task(json!({"goal": "another"})), secret("hunter23")] {
        let response = submit(&api, "k-1", &other).await;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        problem(response, status, "idempotency_key_reused").await;
    }
    assert_eq!(api.count_tasks().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_at_the_same_time_make_one_task() {
    let api = TestApi::start().await;
    let asked = task(json!({}));
    let answers = join_all((0..12).map(|_| submit(&api, "k-1", &asked))).await;
    let mut ids = BTreeSet::new();
    let mut made = 0;
    for answer in answers {
        made += usize::from(answer.headers().get("idempotency-replayed").is_none());
        ids.insert(body(answer, StatusCode::ACCEPTED).await["id"].to_string());
    }
    assert_eq!((ids.len(), made), (1, 1));
    assert_eq!(api.count_tasks().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_the_projects_own() {
    let api = TestApi::start().await;
    let stranger = api.strangers_key().await;
    let asked = task(json!({}));
    let mine = body(submit(&api, "k-1", &asked).await, StatusCode::ACCEPTED).await;
    let post = api.bare(reqwest::Method::POST, "/v1/tasks").bearer_auth(stranger);
    let theirs = post.header("idempotency-key", "k-1").json(&asked).send().await.unwrap();
    assert_ne!(body(theirs, StatusCode::ACCEPTED).await["id"], mine["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_does_not_use_up_its_key() {
    let api = TestApi::start().await;
    let bad = submit(&api, "k-1", &task(json!({"goal": ""}))).await;
    problem(bad, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
    body(submit(&api, "k-1", &task(json!({}))).await, StatusCode::ACCEPTED).await;
}
