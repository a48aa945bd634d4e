//! What is remembered, what has proved itself, and what is marked as wrong.

use crate::harness::{TestApi, body, problem};
use crate::learning::Healed;
use crate::pages::walk;
use domain::key::Scope;
use reqwest::header::AUTHORIZATION;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn first(api: &TestApi) -> Value {
    api.read("/v1/memories").await["items"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_vouches_for_what_never_worked() {
    let api = TestApi::start().await;
    Healed { helps: false, ..Healed::default() }.run(&api).await;
    let listed = first(&api).await;
    assert_eq!((&listed["state"], &listed["trust"]), (&json!("dead_end"), &json!("unverified")));
    assert_eq!(api.read("/v1/memories?trust=unverified").await["items"], json!([listed]));
    assert_eq!(api.read("/v1/memories?trust=verified").await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_says_what_fails_what_was_done_and_where_it_comes_from() {
    let api = TestApi::start().await;
    assert_eq!(api.read("/v1/memories").await, json!({"items": [], "next": null}));
    Healed::default().run(&api).await;
    let listed = first(&api).await;
    let fails = "save the user: click the element with the selector \"#save\" (element_not_found)";
    assert_eq!(listed["fails"], fails);
    assert_eq!(listed["does"], "click the button named \"Store\" instead");
    assert_eq!((&listed["state"], &listed["trust"]), (&json!("proven"), &json!("verified")));
    assert_eq!(listed["tactic"], "retry_with_variation");
    assert_eq!(listed["proof"]["worked"], 1);
    assert_eq!(listed["agents"], Value::Null);
    let form = &listed["remedy"]["steps"][0]["form"];
    assert_eq!(form["target"], json!({"role": "button", "name": "Store"}));

    let path = format!("/v1/memories/{}", listed["id"].as_str().unwrap());
    let shown = api.read(&path).await;
    assert_eq!(shown["agents"], json!(["nightly"]));
    assert_eq!(shown["origin"]["step"], 1);
    let run = shown["origin"]["run_id"].as_str().unwrap();
    assert_eq!(api.read(&format!("/v1/runs/{run}")).await["outcome"], "succeeded");
    assert_eq!((&shown["flag"], &shown["superseded_by"]), (&Value::Null, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_is_flagged_with_a_reason_and_unflagged() {
    let api = TestApi::start().await;
    Healed::default().run(&api).await;
    let id = first(&api).await["id"].as_str().unwrap().to_owned();
    let flag = format!("/v1/memories/{id}/flag");
    for (given, field) in [
        (json!({"reason": " "}), "reason"),
        (json!({"reason": "x".repeat(1001)}), "reason"),
        (json!({"reason": 7}), "reason"),
        (json!({}), "reason"),
        (json!({"reason": "x", "until": "tomorrow"}), "until"),
    ] {
        let response = api.post(&flag, &given).send().await.unwrap();
        let refused = problem(response, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
        assert_eq!(refused.errors[0].field, field, "{refused:?}");
    }
    assert_eq!(first(&api).await["state"], "proven");

    let reason = json!({"reason": "it sends the form twice"});
    let flagged = body(api.post(&flag, &reason).send().await.unwrap(), StatusCode::OK).await;
    assert_eq!((&flagged["state"], &flagged["trust"]), (&json!("flagged"), &json!("flagged")));
    let told = &flagged["flag"];
    assert_eq!((&told["reason"], &told["by"]), (&reason["reason"], &json!("test")));
    assert_eq!(api.read("/v1/memories?state=flagged").await["items"][0]["id"], json!(id));
    assert_eq!(api.read("/v1/memories?state=proven").await["items"], json!([]));
    let unflag = api.request(Method::POST, &format!("/v1/memories/{id}/unflag"));
    let unflagged = body(unflag.send().await.unwrap(), StatusCode::OK).await;
    assert_eq!((&unflagged["state"], &unflagged["flag"]), (&json!("proven"), &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn flagging_is_a_humans_word_and_stays_in_its_project() {
    let api = TestApi::start().await;
    Healed::default().run(&api).await;
    let id = first(&api).await["id"].as_str().unwrap().to_owned();
    let reads = api.key(&[Scope::TracesRead, Scope::TasksWrite]).await;
    let stranger = api.strangers_key().await;
    for verb in ["flag", "unflag"] {
        let path = format!("/v1/memories/{id}/{verb}");
        let by = |key: &str| {
            let request = api.bare(Method::POST, &path).json(&json!({"reason": "x"}));
            request.header(AUTHORIZATION, format!("Bearer {key}")).send()
        };
        let refused = by(&reads).await.unwrap();
        problem(refused, StatusCode::FORBIDDEN, "insufficient_scope").await;
        problem(by(&stranger).await.unwrap(), StatusCode::NOT_FOUND, "memory_not_found").await;
    }
    let path = format!("/v1/memories/{id}");
    let theirs = api.bare(Method::GET, &path).header(AUTHORIZATION, format!("Bearer {stranger}"));
    problem(theirs.send().await.unwrap(), StatusCode::NOT_FOUND, "memory_not_found").await;
    let theirs = api.bare(Method::GET, "/v1/memories");
    let theirs = theirs.header(AUTHORIZATION, format!("Bearer {stranger}")).send().await.unwrap();
    assert_eq!(body(theirs, StatusCode::OK).await["items"], json!([]));
    assert_eq!(first(&api).await["state"], "proven");
}

#[tokio::test(flavor = "multi_thread")]
async fn memories_and_patterns_are_walked_page_by_page() {
    let api = TestApi::start().await;
    for intent in ["save the user", "save the host", "save the room"] {
        for _ in 0..3 {
            Healed { intent, ..Healed::default() }.run(&api).await;
        }
    }
    for list in ["/v1/memories", "/v1/patterns"] {
        let all = walk(&api, &format!("{list}?limit=50"), "id").await;
        assert_eq!(all.len(), 3, "{list}");
        for limit in [1, 2, 3] {
            assert_eq!(walk(&api, &format!("{list}?limit={limit}"), "id").await, all, "{list}");
        }
        let page = api.read(&format!("{list}?limit=1&site=shop.example")).await;
        let cursor = page["next"].as_str().unwrap();
        for other in ["/v1/tasks?cursor=", &format!("{list}?cursor="), "/v1/sites?cursor="] {
            let response = api.get(&format!("{other}{cursor}")).await;
            let refused = problem(response, StatusCode::BAD_REQUEST, "invalid_query").await;
            assert_eq!(refused.errors[0].field, "cursor", "{other}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pattern_comes_up_by_itself_once_it_has_worked_three_times() {
    let api = TestApi::start().await;
    for agent in ["a", "b"] {
        Healed { agent, ..Healed::default() }.run(&api).await;
    }
    assert_eq!(api.read("/v1/patterns").await["items"], json!([]));
    Healed::default().run(&api).await;
    let patterns = api.read("/v1/patterns?site=shop.example&tactic=retry_with_variation").await;
    let pattern = &patterns["items"][0];
    assert!(pattern["fails"].as_str().unwrap().starts_with("save the user:"), "{pattern}");
    assert_eq!(pattern["works"], "click the button named \"Store\" instead");
    assert_eq!((&pattern["proof"]["worked"], &pattern["proof"]["agents"]), (&json!(3), &json!(3)));
    assert!(pattern["confidence"].as_f64().unwrap() > 0.4, "{pattern}");
    assert_eq!(api.read("/v1/patterns?site=other.example").await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_is_not_known_is_refused_by_its_name() {
    let api = TestApi::start().await;
    for (query, field) in [
        ("memories?state=good", "state"),
        ("memories?trust=mine", "trust"),
        ("memories?tactic=magic", "tactic"),
        ("memories?error_class=oops", "error_class"),
        ("memories?site=", "site"),
        ("memories?q=save", "q"),
        ("memories?limit=0", "limit"),
        ("memories?cursor=AAAA", "cursor"),
        ("memories?page=%00", "page"),
        ("patterns?state=pattern", "state"),
        ("patterns?site=a%20b", "site"),
        ("sites?state=fine", "state"),
        ("sites?site=a", "site"),
    ] {
        let response = api.get(&format!("/v1/{query}")).await;
        let refused = problem(response, StatusCode::BAD_REQUEST, "invalid_query").await;
        assert_eq!(refused.errors[0].field, field, "{query}");
    }
    let response = api.get("/v1/memories/save").await;
    problem(response, StatusCode::BAD_REQUEST, "invalid_path").await;
    let response = api.get("/v1/memories/0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f").await;
    problem(response, StatusCode::NOT_FOUND, "memory_not_found").await;
}
