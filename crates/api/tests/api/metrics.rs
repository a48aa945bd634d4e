//! What an operator watches.

use crate::harness::TestApi;
use crate::learning::Healed;

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_told_without_a_key_and_name_nobody() {
    let api = TestApi::start().await;
    Healed::default().run(&api).await;
    api.read("/v1/runs/search?q=save").await;
    let response = api.bare(reqwest::Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/plain; version=0.0.4");
    let text = response.text().await.unwrap();
    for part in [
        "http_server_request_duration_seconds_bucket{",
        "http_route=\"/v1/runs/search\"",
        "waymark_search_duration_seconds_count{waymark_search_mode=\"",
        "waymark_task_finished_total{waymark_task_state=\"failed\"} ",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    assert!(!text.contains("shop.example"), "a site is named in\n{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_probes_is_no_user() {
    let api = TestApi::start().await;
    for probe in ["/healthz", "/readyz", "/metrics"] {
        let response = api.bare(reqwest::Method::GET, probe).send().await.unwrap();
        assert_eq!(response.status(), 200, "{probe}");
        assert!(response.headers().contains_key("x-request-id"), "{probe}");
    }
    api.read("/v1/tasks").await;
    let text = api.bare(reqwest::Method::GET, "/metrics").send().await.unwrap();
    let text = text.text().await.unwrap();
    assert!(text.contains("http_route=\"/v1/tasks\""), "{text}");
    for probe in ["healthz", "readyz", "/metrics"] {
        assert!(!text.contains(probe), "{probe} is counted in\n{text}");
    }
}
