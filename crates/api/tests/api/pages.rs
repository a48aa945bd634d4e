//! Walking through lists page by page.

use crate::harness::{TestApi, problem};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Walks a list and returns what `key` is on each item.
pub(crate) async fn walk(api: &TestApi, path: &str, key: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = api.read(&format!("{path}{cursor}")).await;
        let items = page["items"].as_array().unwrap();
        found.extend(items.iter().map(|item| item[key].clone()));
        match &page["next"] {
            Value::Null => return found,
            next => cursor = format!("&cursor={}", next.as_str().unwrap()),
        }
        assert!(!items.is_empty(), "a page that is not the last has items");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_and_run_comes_once_even_while_others_are_added() {
    let api = TestApi::start().await;
    let mut submitted = Vec::new();
    for n in 0..7 {
        submitted.push(json!(api.submit(json!({"priority": n})).await.id));
    }
    submitted.reverse();
    let first = api.read("/v1/tasks?limit=3").await;
    api.submit(json!({})).await; // does not move what comes after the first page
    let rest = format!("/v1/tasks?limit=3&cursor={}", first["next"].as_str().unwrap());
    let rest = api.read(&rest).await;
    let ids = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|task| task["id"].clone()).collect()
    };
    assert_eq!([ids(&first), ids(&rest)].concat(), submitted[..6]);
    assert_eq!(walk(&api, "/v1/tasks?limit=2", "id").await[1..], submitted);

    let runs: Vec<Value> = api.claim().await.iter().map(|lease| json!(lease.run_id)).collect();
    let mut walked = walk(&api, "/v1/runs?limit=3&running=true", "id").await;
    assert_eq!(walked.len(), 8);
    walked.sort_by_key(Value::to_string);
    let mut runs = runs;
    runs.sort_by_key(Value::to_string);
    assert_eq!(walked, runs);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_step_comes_once_and_in_order() {
    let api = TestApi::start().await;
    api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    for seq in 0..5 {
        api.record(&lease, seq).await;
    }
    for limit in [1, 2, 5, 200] {
        let path = format!("/v1/runs/{}/steps?limit={limit}", lease.run_id);
        let seqs = walk(&api, &path, "seq").await;
        assert_eq!(seqs, [0, 1, 2, 3, 4].map(Value::from), "limit {limit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_goes_on_with_its_own_list_and_filter_only() {
    let api = TestApi::start().await;
    for _ in 0..3 {
        api.submit(json!({"agent": "a"})).await;
    }
    api.claim().await;
    let page = api.read("/v1/tasks?limit=1&agent=a").await;
    let cursor = page["next"].as_str().unwrap();
    let own = api.read(&format!("/v1/tasks?agent=a&limit=2&cursor={cursor}")).await;
    assert_eq!(own["items"].as_array().unwrap().len(), 2);
    for path in ["/v1/runs?agent=a&cursor=", "/v1/tasks?cursor=", "/v1/tasks?agent=b&cursor="] {
        let response = api.get(&format!("{path}{cursor}")).await;
        let refused = problem(response, StatusCode::BAD_REQUEST, "invalid_query").await;
        assert_eq!(refused.errors[0].field, "cursor", "{path}");
        assert!(refused.errors[0].message.contains("invalid cursor"), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_leave_out_results() {
    let api = TestApi::start().await;
    let task = api.submit(json!({})).await;
    let lease = api.claim().await.remove(0);
    api.succeed(&lease).await;
    for (list, one) in [
        ("/v1/tasks", format!("/v1/tasks/{}", task.id)),
        ("/v1/runs", format!("/v1/runs/{}", lease.run_id)),
    ] {
        assert_eq!(api.read(list).await["items"][0]["result"], Value::Null, "{list}");
        assert_eq!(api.read(&one).await["result"], json!({"row": ["ada"]}));
    }
}
