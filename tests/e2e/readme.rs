//! What the README shows works as it stands there.

use serde_json::Value;
use std::process::Stdio;
use tests::{Fleet, Process};
use wire::TaskState;

const README: &str = include_str!("../../README.md");

#[tokio::test]
async fn the_first_task_of_the_readme_finds_the_rooms() {
    let fleet = Fleet::new().await;
    let (_serve, client) = fleet.serve(&[]).await;
    let mut command = fleet.command("demo");
    command.args(["site", "--listen", "127.0.0.1:0"]).stdout(Stdio::null());
    let site = Process::spawn(&mut command, &fleet.dir().join("site.log"));
    let url = tests::eventually("the demo site says where it is", async || {
        let log = site.log();
        log.split_once("the demo site is at ").map(|(_, url)| url.trim().to_owned())
    })
    .await;

    let (_, body) = README.split_once("-d '").expect("a curl command");
    let (body, _) = body.split_once("'\n```").expect("its end");
    let body = body.replace("http://127.0.0.1:7879", &url);
    let task = client.submit(&serde_json::from_str(&body).expect("JSON")).await;
    let task = client.ended_as(task.id, TaskState::Succeeded).await;
    let rooms = task.result.expect("a result")["rooms"].take();
    let shown = r#""rooms": [ { "Choose": "Book", "Price a night": "90 €", "Room": "The attic" }"#;
    assert!(README.contains(shown), "the README shows the first room");
    let first: Value =
        serde_json::from_str(shown.split_once("[ ").expect("a list").1).expect("JSON");
    assert_eq!(rooms[0], first);
}
