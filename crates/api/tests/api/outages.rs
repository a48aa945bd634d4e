//! The database is away.

use crate::harness::{TestApi, problem};
use reqwest::{Method, StatusCode};

#[tokio::test(flavor = "multi_thread")]
async fn without_its_database_the_service_lives_and_says_not_now() {
    let api = TestApi::start().await;
    api.store.close().await;
    for path in ["/v1/tasks", "/v1/runs", "/readyz"] {
        let response = api.get(path).await;
        assert!(response.headers().contains_key("retry-after"), "{path}");
        let status = StatusCode::SERVICE_UNAVAILABLE;
        problem(response, status, "database_unavailable").await;
    }
    let alive = api.bare(Method::GET, "/healthz").send().await.unwrap();
    assert_eq!(alive.status(), StatusCode::OK);
}
