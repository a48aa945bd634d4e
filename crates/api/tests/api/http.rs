//! What holds for every answer.

use crate::harness::{TestApi, body, problem};
use domain::ports::Distillery as _;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_are_problems() {
    let api = TestApi::start().await;
    for path in ["/", "/v1", "/v1/task", "/v1/tasks/", "/docs/nothing.js"] {
        problem(api.get(path).await, StatusCode::NOT_FOUND, "route_not_found").await;
    }
    for (method, path, allow) in [
        (Method::PUT, "/v1/tasks", "GET,HEAD,POST"),
        (Method::DELETE, "/healthz", "GET,HEAD"),
        (Method::GET, "/v1/keys/0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f", "DELETE"),
    ] {
        let response = api.request(method, path).send().await.unwrap();
        let mut allowed: Vec<_> =
            response.headers()["allow"].to_str().unwrap().split(',').map(str::to_owned).collect();
        allowed.sort_unstable();
        assert_eq!(allowed.join(","), allow);
        problem(response, StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_answers_as_get_does_without_the_body() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    for path in [
        "/healthz".to_owned(),
        "/v1/tasks".into(),
        format!("/v1/tasks/{}", task.id),
        format!("/v1/tasks/{}/events", task.id),
    ] {
        let response = api.request(Method::HEAD, &path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert!(response.bytes().await.unwrap().is_empty());
    }
    let missing = api.request(Method::HEAD, "/v1/nothing").send().await.unwrap();
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_are_neither_guessed_at_nor_cached() {
    let api = TestApi::start().await;
    let response = api.get("/v1/tasks").await;
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.headers()["cache-control"], "no-store");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callers_trace_is_taken_up_and_handed_to_the_task() {
    let api = TestApi::start().await;
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let post = api.post("/v1/tasks", &crate::harness::task(json!({})));
    let post = post.header("traceparent", traceparent).header("tracestate", "congo=t61, rojo=00f");
    let response = post.send().await.unwrap();
    assert_eq!(response.headers()["x-request-id"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(response.headers()["traceresponse"], traceparent);
    let task: wire::Task = response.json().await.unwrap();
    assert_eq!(task.trace_id.as_deref(), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
    let lease = api.claim().await.remove(0);
    assert_eq!(lease.traceparent.as_deref(), Some(traceparent));
    assert_eq!(lease.tracestate.as_deref(), Some("congo=t61,rojo=00f"));
    for resource in [format!("tasks/{}", task.id), format!("runs/{}", lease.run_id)] {
        let told = api.read(&format!("/v1/{resource}")).await;
        assert_eq!(told["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736", "{resource}");
    }

    api.submit(json!({})).await;
    let begun = api.claim().await.remove(0).traceparent.unwrap();
    assert_eq!(begun.len(), traceparent.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_without_its_trace_or_out_of_bounds_is_dropped() {
    let api = TestApi::start().await;
    let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let long = format!("a={0},b={0},c={0}", "v".repeat(250));
    for (traceparent, tracestate) in
        [("00-nonsense", "congo=t61"), (traceparent, "no pairs"), (traceparent, &*long)]
    {
        let post = api.post("/v1/tasks", &crate::harness::task(json!({})));
        let post = post.header("traceparent", traceparent).header("tracestate", tracestate);
        assert_eq!(post.send().await.unwrap().status(), StatusCode::ACCEPTED);
        assert_eq!(api.claim().await[0].tracestate, None, "{traceparent} {tracestate}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_list_is_compressed_and_a_stream_never() {
    let api = TestApi::start().await;
    let task = api.submit(json!({"goal": "x".repeat(1000)})).await;
    let ask =
        |path: String| api.request(Method::GET, &path).header("accept-encoding", "gzip").send();
    let list = ask("/v1/tasks".into()).await.unwrap();
    assert_eq!(list.headers()["content-encoding"], "gzip");
    let stream = ask(format!("/v1/tasks/{}/events", task.id)).await.unwrap();
    assert!(stream.headers().get("content-encoding").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn health_and_readiness_need_no_key() {
    let api = TestApi::start().await;
    let ask = |path| api.bare(Method::GET, path).send();
    let health = body(ask("/healthz").await.unwrap(), StatusCode::OK).await;
    assert_eq!(health, json!({"status": "ok"}));
    let ready = body(ask("/readyz").await.unwrap(), StatusCode::OK).await;
    assert_eq!(ready["status"], "ready");
    assert!(ready["memory"].is_object());
    assert!(ready.get("database").is_none(), "versions are told to those with a key: {ready}");
    let ready = api.read("/readyz").await;
    assert!(ready["database"]["postgres"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn readiness_tells_what_memory_has_to_do_without() {
    let api = TestApi::start().await;
    api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    api.succeed(&lease).await;
    let memory = async || api.read("/readyz").await["memory"].clone();
    let before = memory().await;
    assert_eq!((&before["behind"], &before["failed_embeddings"]), (&json!(1), &json!(0)));
    api.memory.learn(lease.run_id).await.unwrap();
    let after = memory().await;
    assert_eq!(after["behind"], 0);
    assert!(after["failed_embeddings"].as_u64() > Some(0), "{after}");
    assert_eq!(after["unreadable"], 0);
}
