//! Submitting, finding, waiting for and cancelling tasks.

use crate::harness::{TestApi, body, problem, task};
use domain::id::TaskId;
use domain::key::Scope;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_submitted_task_is_where_location_says() {
    let api = TestApi::start().await;
    let asked = task(json!({
        "agent": "nightly", "labels": {"team": "checkout"}, "limits": {"seconds": 60},
        "inputs": {"user": "ada"}, "secrets": {"password": "hunter22"}, "priority": 5,
        "run_after": "2030-01-01T02:00:00+02:00",
    }));
    let response = api.post("/v1/tasks", &asked).send().await.unwrap();
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let receipt = body(response, StatusCode::ACCEPTED).await;
    assert_eq!(location, format!("/v1/tasks/{}", receipt["id"].as_str().unwrap()));
    assert_eq!(receipt["state"], "queued");
    assert_eq!(receipt["site"], "shop.example");
    let limits = json!({"seconds": 60, "steps": 200, "heals": 10, "attempts": 3,
        "answer_seconds": 3600});
    assert_eq!(receipt["limits"], limits);
    assert_eq!(receipt["run_after"], "2030-01-01T00:00:00Z");
    assert_eq!(receipt["secret_names"], json!(["password"]));
    assert_eq!(receipt["plan"], Value::Null);

    let shown = api.read(&location).await;
    assert_eq!(shown["plan"], asked["plan"]);
    assert_eq!(shown["inputs"], asked["inputs"]);
    assert!(!shown.to_string().contains("hunter22"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_shows_what_was_asked_for_the_newest_first() {
    let api = TestApi::start().await;
    let a = api.submit(json!({"agent": "a", "labels": {"team": "x:y"}})).await;
    let b = api.submit(json!({"agent": "b", "site": "other"})).await;
    api.request(Method::POST, &format!("/v1/tasks/{}/cancel", b.id)).send().await.unwrap();
    let between = b.created_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    for (query, found) in [
        (String::new(), vec![b.id, a.id]),
        ("agent=a".into(), vec![a.id]),
        ("site=other".into(), vec![b.id]),
        ("state=cancelled".into(), vec![b.id]),
        ("state=queued&agent=b".into(), vec![]),
        ("label=team:x:y".into(), vec![a.id]),
        ("label=team:x".into(), vec![]),
        (format!("created_after={between}"), vec![b.id]),
        (format!("created_before={between}"), vec![a.id]),
    ] {
        let page: wire::Page<wire::Task> =
            serde_json::from_value(api.read(&format!("/v1/tasks?{query}")).await).unwrap();
        let ids: Vec<_> = page.items.iter().map(|task| task.id).collect();
        assert_eq!(ids, found, "{query}");
        assert!(page.items.iter().all(|task| task.plan.is_none()));
    }
}

/// Waits for a task while something happens to it; returns what the waiting brought.
async fn wait_during(api: &TestApi, task: TaskId, happens: impl Future<Output = ()>) -> Value {
    let key = api.minted(&[Scope::TasksRead]).await;
    let path = format!("/v1/tasks/{task}?wait=25");
    let wait = api.bare(Method::GET, &path).bearer_auth(&key.secret).send();
    let happens = async {
        api.let_in(key.key.id).await;
        happens.await;
    };
    let (response, ()) = tokio::join!(wait, happens);
    body(response.unwrap(), StatusCode::OK).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_client_hears_of_the_end_at_once() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let work = async {
        let lease = api.claim().await.remove(0);
        api.record(&lease, 0).await;
        api.succeed(&lease).await;
    };
    let seen = wait_during(&api, task.id, work).await;
    assert_eq!(seen["state"], "succeeded");
    assert_eq!(seen["result"], json!({"row": ["ada"]}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_client_is_answered_when_the_service_stops() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let seen = wait_during(&api, task.id, async { api.stop.cancel() }).await;
    assert_eq!(seen["state"], "queued");
    api.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unchanged_task_is_not_sent_again() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let path = format!("/v1/tasks/{}", task.id);
    let tag = api.get(&path).await.headers()["etag"].clone();
    let again = |tag| api.request(Method::GET, &path).header("if-none-match", tag).send();
    let response = again(tag.clone()).await.unwrap();
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(response.headers()["etag"], tag);
    assert!(response.bytes().await.unwrap().is_empty());

    api.request(Method::POST, &format!("{path}/cancel")).send().await.unwrap();
    let response = again(tag.clone()).await.unwrap();
    assert_ne!(response.headers()["etag"], tag);
    assert_eq!(body(response, StatusCode::OK).await["state"], "cancelled");
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_ends_a_queued_task_and_stops_a_running_one() {
    let api = TestApi::start().await;
    let queued = api.submit(json!({})).await;
    let cancel = |id| api.request(Method::POST, &format!("/v1/tasks/{id}/cancel")).send();
    let ended = body(cancel(queued.id).await.unwrap(), StatusCode::ACCEPTED).await;
    assert_eq!(ended["state"], "cancelled");

    let running = api.submit(json!({})).await;
    let leases = api.claim().await;
    for _ in 0..2 {
        let asked = body(cancel(running.id).await.unwrap(), StatusCode::ACCEPTED).await;
        assert_eq!(asked["state"], "running");
        assert_eq!(asked["cancel_requested"], true);
    }
    api.succeed(&leases[0]).await;
    let refused = cancel(running.id).await.unwrap();
    let refused = problem(refused, StatusCode::CONFLICT, "task_already_ended").await;
    assert!(refused.detail.contains("has already"), "{}", refused.detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_a_cancelled_task_again_is_fine() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    for _ in 0..2 {
        let cancel = api.request(Method::POST, &format!("/v1/tasks/{}/cancel", task.id));
        let ended = body(cancel.send().await.unwrap(), StatusCode::ACCEPTED).await;
        assert_eq!(ended["state"], "cancelled");
    }
}
