//! What the README shows works as it stands there.

use serde_json::{Value, json};
use std::process::Stdio;
use tests::{Fleet, Process};
use wire::TaskState;

const README: &str = include_str!("../../README.md");

/// The demo site, and where it is.
async fn demo_site(fleet: &Fleet) -> (Process, String) {
    let mut command = fleet.command("demo");
    command.args(["site", "--listen", "127.0.0.1:0"]).stdout(Stdio::null());
    let site = Process::spawn(&mut command, &fleet.dir().join("site.log"));
    let url = tests::eventually("the demo site says where it is", async || {
        let log = site.log();
        log.split_once("the demo site is at ").map(|(_, url)| url.trim().to_owned())
    })
    .await;
    (site, url)
}

/// The first task of the README, on this site.
#[expect(clippy::expect_used, reason = "a README without it fails the test")]
fn first_task(url: &str) -> Value {
    let (_, body) = README.split_once("-d '").expect("a curl command");
    let (body, _) = body.split_once("'\n```").expect("its end");
    serde_json::from_str(&body.replace("http://127.0.0.1:7879", url)).expect("JSON")
}

#[tokio::test]
async fn the_first_task_of_the_readme_finds_the_rooms() {
    let fleet = Fleet::new().await;
    let (_serve, client) = fleet.serve(&[]).await;
    let (_site, url) = demo_site(&fleet).await;
    let task = client.submit(&first_task(&url)).await;
    let task = client.ended_as(task.id, TaskState::Succeeded).await;
    let rooms = task.result.expect("a result")["rooms"].take();
    let shown = r#""rooms": [ { "Choose": "Book", "Price a night": "90 €", "Room": "The attic" }"#;
    assert!(README.contains(shown), "the README shows the first room");
    let first: Value =
        serde_json::from_str(shown.split_once("[ ").expect("a list").1).expect("JSON");
    assert_eq!(rooms[0], first);
}

#[tokio::test]
async fn the_search_of_the_readme_finds_the_booking_button_that_was_missing() {
    let fleet = Fleet::new().await;
    let (_serve, client) = fleet.serve(&[]).await;
    let (_site, url) = demo_site(&fleet).await;
    let mut body = first_task(&url);
    let missing = json!({"intent": "reserve the attic", "action": "click",
        "target": {"css": "#reserve-attic"}, "timeout_ms": 500});
    body["plan"]["steps"].as_array_mut().expect("steps").push(missing);
    body["limits"] = json!({"heals": 0, "attempts": 1, "answer_seconds": 0});
    let task = client.submit(&body).await;
    let task = client.ended_as(task.id, TaskState::Failed).await;

    let (_, shown) = README.split_once("waymark search \"").expect("a search");
    let (question, _) = shown.split_once('"').expect("its end");
    let run = task.run_id.expect("a run").to_string();
    tests::eventually("the run is found by what the question means", async || {
        let mut search = fleet.command("search");
        search.arg(question).env("WAYMARK_URL", client.base());
        let told = search.output().await.expect("it runs");
        let table = String::from_utf8_lossy(&told.stdout).into_owned();
        let fits = table.contains(&run) && table.contains("reserve the attic");
        fits.then_some(())
    })
    .await;

    let (_, asked) = README.split_once("-d healed=false --data-urlencode '").expect("a question");
    let (asked, _) = asked.split_once('\'').expect("its end");
    let path = format!("/v1/runs/search?healed=false&{}", asked.replace(' ', "+"));
    let page: wire::SearchPage = client.get(&path).await;
    assert_eq!(page.items[0].id.to_string(), run);
    let found = serde_json::to_value(&page.items[0].matched).expect("JSON");
    let (_, shown) = README.split_once("\"match\": ").expect("what fits");
    let (shown, _) = shown.split_once(", …").expect("its end");
    let shown: Value = serde_json::from_str(&format!("{shown}}}")).expect("JSON");
    for (field, value) in shown.as_object().expect("an object") {
        assert_eq!(&found[field], value, "{field}");
    }
}
