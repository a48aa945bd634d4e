//! Making, listing and revoking keys.

use crate::harness::{TestApi, body, problem};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

async fn create(api: &TestApi, key: Value) -> wire::CreatedKey {
    let response = api.post("/v1/keys", &key).send().await.unwrap();
    serde_json::from_value(body(response, StatusCode::CREATED).await).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_works_until_it_is_revoked() {
    let api = TestApi::start().await;
    let made = create(&api, json!({"name": "ci", "scopes": ["tasks:read"]})).await;
    assert!(made.secret.starts_with(&made.key.prefix));
    let ask = || api.bare(Method::GET, "/v1/keys/self").bearer_auth(&made.secret).send();
    let own = body(ask().await.unwrap(), StatusCode::OK).await;
    assert_eq!(own["id"], json!(made.key.id));
    assert_eq!(own["scopes"], json!(["tasks:read"]));

    for _ in 0..2 {
        let revoke = api.request(Method::DELETE, &format!("/v1/keys/{}", made.key.id));
        let revoked = body(revoke.send().await.unwrap(), StatusCode::OK).await;
        assert!(revoked["revoked_at"].is_string());
    }
    let refused = problem(ask().await.unwrap(), StatusCode::UNAUTHORIZED, "key_invalid").await;
    assert!(refused.detail.contains("revoked"), "{}", refused.detail);
    let listed = api.read("/v1/keys").await;
    let listed = listed["items"].as_array().unwrap();
    assert!(listed.iter().any(|key| key["id"] == json!(made.key.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_not_lock_itself_out() {
    let api = TestApi::start().await;
    let own = api.read("/v1/keys/self").await["id"].as_str().unwrap().to_owned();
    let revoke = api.request(Method::DELETE, &format!("/v1/keys/{own}"));
    problem(revoke.send().await.unwrap(), StatusCode::CONFLICT, "own_key").await;
    assert_eq!(api.read("/v1/keys/self").await["revoked_at"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once() {
    let api = TestApi::start().await;
    let made = create(&api, json!({"name": "ci", "scopes": ["tasks:read"]})).await;
    let listed = api.read("/v1/keys").await.to_string();
    assert!(listed.contains("\"ci\""));
    assert!(!listed.contains(&made.secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_makes_no_sense_is_not_made() {
    let api = TestApi::start().await;
    let before = api.read("/v1/keys").await["items"].as_array().unwrap().len();
    for (bad, field) in [
        (json!({"name": " ", "scopes": ["tasks:read"]}), "name"),
        (json!({"name": "x", "scopes": []}), "scopes"),
        (json!({"name": "x", "scopes": ["tasks:read", "tasks:read"]}), "scopes"),
        (json!({"name": "x", "scopes": ["everything"]}), "scopes[0]"),
        (
            json!({"name": "x", "scopes": ["tasks:read"], "expires_at": "2020-01-01T00:00:00Z"}),
            "expires_at",
        ),
        (json!({"name": "x", "scope": ["tasks:read"]}), "scope"),
    ] {
        let response = api.post("/v1/keys", &bad).send().await.unwrap();
        let refused = problem(response, StatusCode::UNPROCESSABLE_ENTITY, "invalid_body").await;
        assert_eq!(refused.errors[0].field, field, "{refused:?}");
    }
    assert_eq!(api.read("/v1/keys").await["items"].as_array().unwrap().len(), before);
}
