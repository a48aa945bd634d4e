//! The OpenAPI document and the operations it promises.

use crate::harness::{TestApi, problem};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::path::Path;

/// What anyone may ask.
const OPEN: [&str; 3] = ["/healthz", "/metrics", "/readyz"];

fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            found.push((method, path.clone(), operation.clone()));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_demands_a_key() {
    let api = TestApi::start().await;
    let document: Value =
        api.bare(Method::GET, "/openapi.json").send().await.unwrap().json().await.unwrap();
    let operations = operations(&document);
    assert!(operations.len() >= 20, "{}", operations.len());
    for (method, path, operation) in operations {
        let concrete = path.replace("{id}", "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f");
        let concrete = concrete.replace("{site}", "shop.example");
        let response = api.bare(method.clone(), &concrete).send().await.unwrap();
        if OPEN.contains(&path.as_str()) {
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            continue;
        }
        problem(response, StatusCode::UNAUTHORIZED, "key_missing").await;
        assert!(operation["security"][0]["api_key"].is_array(), "{path} does not say its scope");
        assert!(operation["responses"]["401"].is_object(), "{path} does not say that it refuses");

        // With a key it is let in, whatever it says then.
        let response = api.request(method, &concrete).send().await.unwrap();
        assert_ne!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
        assert_ne!(response.status(), StatusCode::FORBIDDEN, "{path}");
    }
}

#[test]
fn the_committed_document_is_that_of_the_code() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/openapi.json");
    let committed = std::fs::read_to_string(&path).unwrap();
    let generated = api::openapi().to_pretty_json().unwrap();
    assert!(
        committed.trim_end() == generated.trim_end(),
        "openapi/openapi.json is out of date; write it anew with\n\
         cargo run -p waymark -- openapi > openapi/openapi.json"
    );
}

#[test]
fn an_operation_is_named_as_its_function_and_described() {
    let document = serde_json::to_value(api::openapi()).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let (verb, _) = id.split_once('_').unwrap();
        let verbs = [
            "create", "list", "get", "cancel", "stream", "revoke", "answer", "search", "flag",
            "unflag", "ask", "report", "set",
        ];
        assert!(verbs.contains(&verb), "{method} {path}: {id}");
        assert!(operation["summary"].is_string(), "{id}");
        assert!(operation["tags"][0].is_string(), "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_need_nothing_from_elsewhere() {
    let api = TestApi::start().await;
    let page = api.bare(Method::GET, "/docs/").send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'self'"), "{policy}");
    let page = page.text().await.unwrap();
    assert!(page.contains("swagger-ui"));
    assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
    for file in ["swagger-ui-bundle.js", "swagger-ui.css", "swagger-initializer.js"] {
        let response = api.bare(Method::GET, &format!("/docs/{file}")).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{file}");
    }
}
