//! Whether the fleet learns.

use crate::harness::{TestApi, problem};
use crate::learning::Healed;
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_of_today_are_told() {
    let api = TestApi::start().await;
    let empty = api.read("/v1/stats").await;
    assert_eq!(empty["days"].as_array().unwrap().len(), 30);
    assert_eq!((&empty["total"]["tasks"], &empty["total"]["success"]), (&json!(0), &Value::Null));
    Healed::default().run(&api).await;
    Healed { agent: "b", helps: false, ..Healed::default() }.run(&api).await;
    let stats = api.read("/v1/stats").await;
    let total = &stats["total"];
    assert_eq!((&total["tasks"], &total["success"]), (&json!(2), &json!(0.5)));
    assert_eq!((&total["failures"], &total["heal_rate"]), (&json!(2), &json!(0.5)));
    let heals = json!({"total": 1, "by_source": {"routine": 1},
        "by_tactic": {"retry_with_variation": 1}});
    assert_eq!(total["heals"], heals);
    assert_eq!((&total["runs_removed"], &total["attempts_per_task"]), (&json!(0), &json!(1.0)));
    assert!(total["median_seconds"].is_f64(), "{total}");
    assert_eq!(stats["comparison"], Value::Null, "all of it on one day");
    assert_eq!(stats["days"][29]["tasks"], 2);
    assert_eq!(stats["days"][29]["day"], stats["until"]);
    assert_eq!(api.read("/v1/stats?agent=b").await["total"]["success"], 0.0);
    assert_eq!(api.read("/v1/stats?site=other.example").await["total"]["tasks"], 0);
    let past = api.read("/v1/stats?since=2020-01-01&until=2020-01-02").await;
    assert_eq!((past["days"].as_array().unwrap().len(), &past["total"]["tasks"]), (2, &json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn days_that_cannot_be_meant_are_refused() {
    let api = TestApi::start().await;
    for (query, field, says) in [
        ("since=yesterday", "since", "2026-12-31"),
        ("until=2026-1-1", "until", "2026-12-31"),
        ("until=2026-02-30", "until", "2026-12-31"),
        ("since=2026-02-02&until=2026-02-01", "since", "must not be after the last day"),
        ("since=2024-01-01&until=2026-02-01", "since", "less than 366 days"),
        ("days=7", "days", "unknown field"),
        ("site=", "site", "visible"),
    ] {
        let response = api.get(&format!("/v1/stats?{query}")).await;
        let refused = problem(response, StatusCode::BAD_REQUEST, "invalid_query").await;
        assert_eq!(refused.errors[0].field, field, "{query}");
        assert!(refused.errors[0].message.contains(says), "{refused:?}");
    }
}
