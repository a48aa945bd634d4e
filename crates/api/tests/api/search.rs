//! Searching runs over HTTP. There is no embedder here, so by words; what questions mean is tested
//! with the store and from end to end.

use crate::harness::{TestApi, body, problem};
use domain::failure::{ErrorClass, Failure};
use domain::ports::{Distillery as _, Lease};
use domain::step::Step;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// A run whose step 3 fails; with a screenshot before.
async fn failing(api: &TestApi, intent: &str) -> Lease {
    api.submit(json!({"goal": "spend a night in Oslo", "labels": {"team": "a"}})).await;
    let lease = api.claim().await.remove(0);
    api.record(&lease, 0).await;
    let message = "nothing on the page matches css `#book-4711`";
    api.record_step(&lease, |step| Step {
        seq: 3,
        intent: intent.to_owned(),
        failure: Some(Failure::new(ErrorClass::ElementNotFound, message)),
        page: "/rooms/{id}".to_owned(),
        ..step
    })
    .await;
    lease
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_step_is_found_with_its_run_as_soon_as_it_is_recorded() {
    let api = TestApi::start().await;
    let lease = failing(&api, "book the room").await;
    let page = api.read("/v1/runs/search?q=runs+that+failed+to+book+a+room").await;
    assert_eq!((&page["next"], &page["mode"]), (&Value::Null, &json!("text")));
    let [found] = page["items"].as_array().unwrap().as_slice() else { panic!("{page}") };
    assert_eq!(found["id"], json!(lease.run_id));
    assert!(found["score"].as_f64().unwrap() > 0.9, "{found}");
    assert_eq!(found["run"]["goal"], "spend a night in Oslo");
    assert_eq!((&found["run"]["outcome"], &found["run"]["result"]), (&Value::Null, &Value::Null));
    let snippet = "book the room · nothing on the page matches css `…` · /rooms/{id}";
    let expected = json!({"kind": "step", "element": "file", "seq": 3, "intent": "book the room",
        "page": "/rooms/{id}", "error_class": "element_not_found", "snippet": snippet,
        "healed": false});
    assert_eq!(found["match"], expected);
    assert_eq!(found.get("step"), None);

    api.succeed(&lease).await;
    assert_eq!(api.read("/readyz").await["search"]["waiting"], 2);
    api.memory.learn(lease.run_id).await.unwrap();
    let page = api.read("/v1/runs/search?q=a+night+in+Oslo").await;
    let found = &page["items"][0];
    assert_eq!((&found["match"]["kind"], &found["match"]["seq"]), (&json!("run"), &Value::Null));
    assert_eq!(
        (&found["match"]["page"], &found["run"]["outcome"]),
        (&Value::Null, &json!("succeeded"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_shows_the_groups_that_are_asked_for_and_no_snapshot() {
    let api = TestApi::start().await;
    failing(&api, "book the room").await;
    for (fields, shown) in [
        ("run", vec!["id", "run", "score"]),
        ("match", vec!["id", "match", "score"]),
        ("step,run", vec!["id", "run", "score", "step"]),
        ("run,match,step", vec!["id", "match", "run", "score", "step"]),
    ] {
        let page = api.read(&format!("/v1/runs/search?q=book+room&fields={fields}")).await;
        let mut keys: Vec<&String> = page["items"][0].as_object().unwrap().keys().collect();
        keys.sort_unstable();
        assert_eq!(keys, shown, "{fields}");
    }
    let page = api.read("/v1/runs/search?q=book+room&fields=step").await;
    let step = &page["items"][0]["step"];
    assert_eq!((&step["seq"], &step["ok"]), (&json!(3), &json!(false)));
    assert_eq!(step["action"]["files"], json!([{"name": "a.txt"}]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_cannot_be_read_is_told_which_field_is_wrong() {
    let api = TestApi::start().await;
    let long = format!("q={}", "x".repeat(1001));
    for (query, field, says) in [
        ("", "q", "is missing"),
        ("q=", "q", "what to look for"),
        ("q=%3F%21", "q", "what to look for"),
        ("q=%22open", "q", "not closed"),
        (&long, "q", "at most 1000"),
        ("q=a%00b", "q", "NUL"),
        ("q=book&mode=fuzzy", "mode", "`semantic`, `text`, `hybrid`"),
        ("q=book&fields=snapshot", "fields", "`run`, `match`, `step`"),
        ("q=book&query=x", "query", "unknown field"),
        ("q=book&q=room", "q", "duplicate"),
        ("q=book&healed=maybe", "healed", "`true` or `false`"),
        ("q=book&outcome=good", "outcome", "unknown variant"),
        ("q=book&error_class=bad", "error_class", "unknown variant"),
        ("q=book&label=team", "label", "team:checkout"),
        ("q=book&started_after=monday", "started_after", "2026-12-31"),
        (
            "q=book&started_after=2026-03-02T00:00:00Z&started_before=2026-03-01T00:00:00Z",
            "started_after",
            "before `started_before`, 2026-03-01T00:00:00Z",
        ),
        ("q=book&page=orders", "page", "or a whole URL"),
        ("q=book&page=", "page", "`/orders/{id}/edit`"),
        ("q=book&limit=201", "limit", "between 1 and 200"),
        ("q=book&cursor=abc", "cursor", "is not a cursor"),
    ] {
        let response = api.get(&format!("/v1/runs/search?{query}")).await;
        let refused = problem(response, StatusCode::BAD_REQUEST, "invalid_query").await;
        assert_eq!(refused.errors[0].field, field, "{query}: {refused:?}");
        assert!(refused.errors[0].message.contains(says), "{query}: {refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_go_on_with_their_own_question_only() {
    let api = TestApi::start().await;
    let mut runs = Vec::new();
    for _ in 0..5 {
        runs.push(json!(failing(&api, "book the room").await.run_id));
    }
    runs.reverse();
    let mut walked = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = api.read(&format!("/v1/runs/search?q=book+room&limit=2{cursor}")).await;
        walked.extend(page["items"].as_array().unwrap().iter().map(|found| found["id"].clone()));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(walked, runs);
    for other in ["q=book+rooms", "q=book+room&healed=false", "q=book+room&mode=text"] {
        let response = api.get(&format!("/v1/runs/search?{other}{cursor}")).await;
        let refused = problem(response, StatusCode::BAD_REQUEST, "invalid_query").await;
        assert_eq!(refused.errors[0].field, "cursor", "{other}");
        assert!(refused.errors[0].message.contains("another filter"), "{refused:?}");
    }
    let list = api.read("/v1/runs?limit=2").await;
    let response =
        api.get(&format!("/v1/runs/search?q=x&cursor={}", list["next"].as_str().unwrap())).await;
    problem(response, StatusCode::BAD_REQUEST, "invalid_query").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn meaning_that_cannot_be_had_is_not_made_up() {
    let api = TestApi::start().await;
    let response = api.get("/v1/runs/search?q=book&mode=semantic").await;
    assert_eq!(response.headers()["retry-after"], "2");
    let refused = problem(response, StatusCode::SERVICE_UNAVAILABLE, "no_meaning").await;
    assert!(refused.detail.contains("mode=text"), "{}", refused.detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_finds_nothing_and_nonsense_neither() {
    let api = TestApi::start().await;
    failing(&api, "book the room").await;
    let stranger = api.strangers_key().await;
    let path = "/v1/runs/search?q=book+room";
    let response = api.bare(Method::GET, path).bearer_auth(&stranger).send().await.unwrap();
    assert_eq!(body(response, StatusCode::OK).await["items"], json!([]));
    for query in ["q=purple+elephants", "q=book+purple+elephants", "q=%22room+book%22"] {
        assert_eq!(api.read(&format!("/v1/runs/search?{query}")).await["items"], json!([]));
    }
    for (filter, count) in [
        ("label=team:a", 1),
        ("label=team:b", 0),
        ("page=/rooms/17", 1),
        ("page=/rooms", 0),
        ("error_class=element_not_found&healed=false", 1),
        ("healed=true", 0),
        ("outcome=failed", 0),
    ] {
        let page = api.read(&format!("{path}&{filter}")).await;
        assert_eq!(page["items"].as_array().unwrap().len(), count, "{filter}");
    }
}
