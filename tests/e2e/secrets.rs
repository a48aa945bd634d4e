//! The value of a secret is nowhere but in the browser.

use serde_json::json;
use std::path::Path;
use tests::{Fleet, GateSite};
use wire::TaskState;

const SECRET: &str = "xyzzy-plugh/4711&=";

#[tokio::test]
async fn a_secret_that_a_page_says_back_reaches_no_trace_log_or_table() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&["--log", "debug"]).await;
    let task = client
        .submit(&json!({
            "goal": "say the word",
            "start_url": format!("{}/echo", site.url()),
            "secrets": {"word": SECRET},
            "plan": {"steps": [
                {"intent": "say it", "action": "fill", "target": {"label": "Say"},
                 "value": "{{secrets.word}}", "screenshot": true},
                {"intent": "send it", "action": "press", "key": "Enter",
                 "expect": {"url": "**/echo"}, "screenshot": true},
                {"intent": "read it back", "action": "extract", "as": "word", "target": {"css": "#echo"}},
                {"intent": "click what says it", "action": "click", "target": {"css": "a"}},
                {"intent": "fail", "action": "click", "target": {"css": "a, p"}, "timeout_ms": 300}
            ]},
            "limits": {"answer_seconds": 0}
        }))
        .await;
    let task = client.ended_as(task.id, TaskState::Failed).await;
    let steps = client.steps(task.run_id.unwrap()).await;
    assert!(steps.len() >= 6, "{steps:?}");
    assert_eq!(task.result.as_ref().unwrap()["word"], "{{secrets.word}}", "it was read back");

    let database = testkit::dump::dump(fleet.database_url()).await;
    assert!(database.contains("say the word"), "the dump holds the task");
    assert_clean("the database", &database);
    assert_clean("the log", &fleet.logs());
    assert_clean("the data directory", &everything_below(fleet.dir()));
    let events = client.request(reqwest::Method::GET, &format!("/v1/tasks/{}/events", task.id));
    assert_clean("the events", &events.send().await.unwrap().text().await.unwrap());
}

/// The files of a directory, those of the browser's profile among them.
fn everything_below(dir: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            text.push_str(&everything_below(&path));
        } else if path.is_file() {
            let bytes = std::fs::read(&path).unwrap_or_default();
            text.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    text
}

fn assert_clean(place: &str, text: &str) {
    let text = &text.to_lowercase();
    let encoded = ["xyzzy-plugh", "ehl6enktcgx1z2g", "4711%26"];
    for form in encoded {
        let at = text.find(form).map(|at| {
            String::from_utf8_lossy(
                &text.as_bytes()[at.saturating_sub(200)..(at + 60).min(text.len())],
            )
            .into_owned()
        });
        assert_eq!(at, None, "{place} holds the secret");
    }
}
