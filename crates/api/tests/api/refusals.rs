//! Bad input: each is a problem that names what is wrong, and nothing changes.

use crate::harness::{TestApi, problem, task};
use domain::key::Scope;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Posts a task that must be refused for one field.
async fn check(api: &TestApi, changes: Value, field: &str, says: &str) {
    let response = api.post("/v1/tasks", &task(changes)).send().await.unwrap();
    let refused = problem(response, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
    let fault = refused.errors.iter().find(|fault| fault.field == field);
    let fault = fault.unwrap_or_else(|| panic!("{field} is not named: {refused:?}"));
    assert!(fault.message.contains(says), "{fault:?}");
    assert!(refused.detail.contains(field), "{}", refused.detail);
}

fn first_step(step: &Value) -> Value {
    json!({ "plan": { "steps": [step] } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_task_is_refused_by_its_field_and_changes_nothing() {
    let api = TestApi::start().await;
    let click =
        |target: Value| first_step(&json!({"intent": "i", "action": "click", "target": target}));
    let fill = |value: &str| {
        first_step(
            &json!({"intent": "i", "action": "fill", "target": {"css": "a"}, "value": value}),
        )
    };
    check(&api, json!({"prioritiy": 1}), "prioritiy", "unknown field").await;
    check(&api, json!({"limits": {"hours": 1}}), "limits.hours", "unknown field").await;
    check(&api, json!({"goal": 5}), "goal", "integer `5`, expected a string").await;
    check(&api, json!({"goal": null}), "goal", "null, expected a string").await;
    check(&api, json!({"plan": []}), "plan", "must be an object").await;
    check(&api, json!({"limits": [60]}), "limits", "an object, not an array").await;
    check(&api, json!({"inputs": {"n": 1}}), "inputs.n", "expected a string").await;
    check(&api, json!({"limits": {"seconds": -1}}), "limits.seconds", "between 1 and 3600").await;
    check(&api, json!({"limits": {"heals": -1}}), "limits.heals", "between 0 and 100").await;
    check(&api, json!({"limits": {"answer_seconds": -1}}), "limits.answer_seconds", "between 0")
        .await;
    check(&api, click(json!({"css": "#a["})), "plan.steps[0].target.css", "").await;
    check(&api, click(json!({"xpath": "//a["})), "plan.steps[0].target.xpath", "").await;
    check(&api, click(json!({"xpaht": "a"})), "plan.steps[0].target.xpaht", "unknown field").await;
    check(&api, click(json!({})), "plan.steps[0].target", "exactly one of").await;
    check(&api, fill("{{inputs.city}}"), "plan.steps[0].value", "add `city` to `inputs`").await;
    check(&api, fill("{{secrets.pw}}"), "plan.steps[0].value", "add `pw` to `secrets`").await;
    check(&api, first_step(&json!({"action": "jump"})), "plan.steps[0].action", "unknown variant")
        .await;
    check(&api, json!({"start_url": "file:///etc/passwd"}), "start_url", "only http").await;
    check(&api, json!({"secrets": {"pw": "abc"}}), "secrets.pw", "between 4").await;
    check(&api, json!({"run_after": "tomorrow"}), "run_after", "2026-12-31").await;
    check(&api, json!({"goal": "nul \u{0}"}), "goal", "NUL").await;
    assert_eq!(api.count_tasks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_with_several_faults_hears_of_all_of_them() {
    let api = TestApi::start().await;
    let bad = task(json!({"goal": "", "priority": 1000, "limits": {"attempts": 0}}));
    let response = api.post("/v1/tasks", &bad).send().await.unwrap();
    let refused = problem(response, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
    let fields: Vec<_> = refused.errors.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["goal", "limits.attempts", "priority"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_does_not_repeat_a_secret() {
    let api = TestApi::start().await;
    for bad in [
        json!({"goal": "type hunter22", "secrets": {"pw": "hunter22"}}),
        json!({"secrets": "hunter22"}),
        json!({"secrets": {"pw": "hunter22"}, "limits": {"steps": 0}}),
    ] {
        let response = api.post("/v1/tasks", &task(bad)).send().await.unwrap();
        let refused = problem(response, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
        assert!(!format!("{refused:?}").contains("hunter22"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_json_is_told_where() {
    let api = TestApi::start().await;
    for (bad, says) in [
        ("{\n\"goal\": }", "line 2 column 9"),
        ("", "line 1 column 0"),
        ("{\"goal\": \"x\" \"y\"}", "expected `,` or `}`"),
    ] {
        let post = api.request(Method::POST, "/v1/tasks").header(CONTENT_TYPE, "application/json");
        let response = post.body(bad).send().await.unwrap();
        let refused = problem(response, StatusCode::BAD_REQUEST, "malformed_json").await;
        assert!(refused.detail.contains(says), "{}", refused.detail);
    }
    for media_type in [Some("text/plain"), Some("application/x-www-form-urlencoded"), None] {
        let mut post = api.request(Method::POST, "/v1/tasks").body(task(json!({})).to_string());
        if let Some(media_type) = media_type {
            post = post.header(CONTENT_TYPE, media_type);
        }
        let response = post.send().await.unwrap();
        problem(response, StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type").await;
    }
    assert_eq!(api.count_tasks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_are_too_much() {
    let api = TestApi::start().await;
    let large = task(json!({"goal": "x".repeat(10 * 1024 * 1024)}));
    let response = api.post("/v1/tasks", &large).send().await.unwrap();
    let refused = problem(response, StatusCode::PAYLOAD_TOO_LARGE, "body_too_large").await;
    assert!(refused.detail.contains("4194304 bytes"), "{}", refused.detail);
    assert_eq!(api.count_tasks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_does_not_work_opens_nothing() {
    let api = TestApi::start().await;
    let asked = task(json!({}));
    for (authorization, code) in [
        (None, "key_missing"),
        (Some("Basic d206eA==".to_owned()), "key_missing"),
        (Some("Bearer sk-something".to_owned()), "key_invalid"),
        (Some("Bearer wm_0123456789abcdefghijkl".to_owned()), "key_invalid"),
    ] {
        let mut post = api.bare(Method::POST, "/v1/tasks").json(&asked);
        if let Some(authorization) = authorization {
            post = post.header(AUTHORIZATION, authorization);
        }
        let response = post.send().await.unwrap();
        assert!(response.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        problem(response, StatusCode::UNAUTHORIZED, code).await;
    }
    assert_eq!(api.count_tasks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_the_scope_is_told_which_it_lacks() {
    let api = TestApi::start().await;
    let reader = api.key(&[Scope::TasksRead]).await;
    let writer = api.key(&[Scope::TasksWrite]).await;
    let id = "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";
    for (key, method, path, scope) in [
        (&reader, Method::POST, "/v1/tasks".to_owned(), "tasks:write"),
        (&reader, Method::POST, format!("/v1/tasks/{id}/cancel"), "tasks:write"),
        (&writer, Method::GET, "/v1/tasks".to_owned(), "tasks:read"),
        (&writer, Method::GET, format!("/v1/tasks/{id}"), "tasks:read"),
        (&writer, Method::GET, format!("/v1/tasks/{id}/events"), "tasks:read"),
        (&reader, Method::GET, "/v1/runs".to_owned(), "traces:read"),
        (&reader, Method::GET, format!("/v1/artifacts/{id}"), "traces:read"),
        (&reader, Method::POST, "/v1/recall".to_owned(), "memory:ask"),
        (&reader, Method::POST, format!("/v1/recalls/{id}/outcome"), "memory:ask"),
        (&reader, Method::GET, "/v1/keys".to_owned(), "keys:admin"),
        (&reader, Method::POST, "/v1/keys".to_owned(), "keys:admin"),
        (&reader, Method::DELETE, format!("/v1/keys/{id}"), "keys:admin"),
    ] {
        let request = api.bare(method, &path).bearer_auth(key).json(&task(json!({})));
        let response = request.send().await.unwrap();
        let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
        assert!(challenge.contains(&format!("scope=\"{scope}\"")), "{challenge}");
        let refused = problem(response, StatusCode::FORBIDDEN, "insufficient_scope").await;
        assert!(refused.detail.contains(scope), "{}", refused.detail);
    }
    assert_eq!(api.count_tasks().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_projects_things_do_not_exist() {
    let api = TestApi::start().await;
    let stranger = api.strangers_key().await;
    let task = api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    let [shot, _] = api.record(&lease, 0).await;
    let key = api.read("/v1/keys/self").await["id"].as_str().unwrap().to_owned();
    let run = lease.run_id;
    for (method, path, code) in [
        (Method::GET, format!("/v1/tasks/{}", task.id), "task_not_found"),
        (Method::GET, format!("/v1/tasks/{}/events", task.id), "task_not_found"),
        (Method::POST, format!("/v1/tasks/{}/cancel", task.id), "task_not_found"),
        (Method::GET, format!("/v1/runs/{run}"), "run_not_found"),
        (Method::GET, format!("/v1/runs/{run}/steps"), "run_not_found"),
        (Method::GET, format!("/v1/runs/{run}/artifacts"), "run_not_found"),
        (Method::GET, format!("/v1/artifacts/{shot}"), "artifact_not_found"),
        (Method::DELETE, format!("/v1/keys/{key}"), "key_not_found"),
    ] {
        let response = api.bare(method, &path).bearer_auth(&stranger).send().await.unwrap();
        problem(response, StatusCode::NOT_FOUND, code).await;
    }
    let nothing = api.bare(Method::GET, "/v1/tasks").bearer_auth(&stranger).send().await.unwrap();
    let nothing: Value = nothing.json().await.unwrap();
    assert_eq!(nothing["items"], json!([]));
    let task = api.read(&format!("/v1/tasks/{}", task.id)).await;
    assert_eq!(task["cancel_requested"], false);
    assert_eq!(api.read("/v1/keys/self").await["revoked_at"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_queries_and_headers_are_read_strictly() {
    let api = TestApi::start().await;
    for (path, code, field) in [
        ("/v1/tasks/1", "invalid_path", "id"),
        ("/v1/tasks/0198c5d27b5e7cc398c4dc0c0c07398f", "invalid_path", "id"),
        ("/v1/runs/%FF", "invalid_path", "id"),
        ("/v1/tasks?limit=0", "invalid_query", "limit"),
        ("/v1/tasks?limit=1&limit=2", "invalid_query", "limit"),
        ("/v1/tasks?stat=queued", "invalid_query", "stat"),
        ("/v1/tasks?state=paused", "invalid_query", "state"),
        ("/v1/tasks?cursor=abc", "invalid_query", "cursor"),
        ("/v1/escalations?state=closed", "invalid_query", "state"),
        ("/v1/escalations?cursor=abc", "invalid_query", "cursor"),
        ("/v1/escalations/1", "invalid_path", "id"),
        ("/v1/tasks?label=team", "invalid_query", "label"),
        ("/v1/tasks?label=a:%00", "invalid_query", "label"),
        ("/v1/runs?error_class=bad", "invalid_query", "error_class"),
        ("/v1/tasks/0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f?wait=61", "invalid_query", "wait"),
        ("/v1/memories/0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f?agents", "invalid_query", "agents"),
        ("/v1/sites/shop.example?since=1", "invalid_query", "since"),
        ("/v1/retention?dry_run=true", "invalid_query", "dry_run"),
    ] {
        let refused = problem(api.get(path).await, StatusCode::BAD_REQUEST, code).await;
        assert_eq!(refused.errors[0].field, field, "{refused:?}");
    }
    let post = || api.post("/v1/tasks", &task(json!({})));
    for (request, field) in [
        (post().header("idempotency-key", "x".repeat(256)), "Idempotency-Key"),
        (post().header("idempotency-key", "two words"), "Idempotency-Key"),
        (post().header("idempotency-key", "a").header("idempotency-key", "b"), "Idempotency-Key"),
    ] {
        let response = request.send().await.unwrap();
        let refused = problem(response, StatusCode::BAD_REQUEST, "invalid_header").await;
        assert_eq!(refused.errors[0].field, field);
    }
    assert_eq!(api.count_tasks().await, 0);
}
