//! Answers of humans outlive what happens to the runs that got them.

use crate::healing::{answered, asked, sources};
use nix::sys::signal::Signal;
use serde_json::json;
use tests::{Fleet, GateSite, ShopSite, eventually};
use wire::{Outcome, TaskState};

#[tokio::test]
async fn a_plan_that_a_human_gave_is_used_when_the_attempt_is_made_again() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_api, client) = fleet.api().await;
    let mut first = fleet.work("first", &["--lease-seconds", "3"]);
    let mut body = site.task("told");
    let plan = body.as_object_mut().unwrap().remove("plan").unwrap();
    body["limits"]["answer_seconds"] = json!(600);
    let task = client.submit(&body).await;
    let escalation = asked(&client, &task).await;
    answered(&client, &escalation, &json!({"kind": "plan", "plan": plan})).await;
    site.reached(&client, &task, 1).await;
    first.signal(Signal::SIGKILL);
    first.wait().await;
    let _second = fleet.work("second", &["--lease-seconds", "3"]);
    site.open("told");
    let task = client.ended_as(task.id, TaskState::Succeeded).await;
    assert_eq!(task.result, Some(json!({"word": "told"})));
    let runs = client.runs(task.id).await;
    let outcomes: Vec<_> = runs.iter().map(|run| run.outcome).collect();
    assert_eq!(outcomes.len(), 2, "{outcomes:?}");
    assert!(outcomes.contains(&Some(Outcome::Lost)), "{outcomes:?}");
}

#[tokio::test]
async fn a_restored_session_is_filled_in_as_it_was_and_not_as_the_plan_has_it() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_api, client) = fleet.api().await;
    let mut first = fleet.work("first", &["--lease-seconds", "3"]);
    let mut body = site.task("a", "new");
    body["start_url"] = json!(site.at("/new/basket"));
    // The field has another id by now, and what comes after it is nowhere at all.
    body["plan"]["steps"][0] = body["plan"]["steps"][1].clone();
    body["plan"]["steps"][1] = json!({"intent": "fetch the parcel", "action": "click",
        "target": {"css": "#parcel"}, "timeout_ms": 500});
    body["limits"]["answer_seconds"] = json!(600);
    let task = client.submit(&body).await;
    let escalation = asked(&client, &task).await;
    first.signal(Signal::SIGKILL);
    first.wait().await;
    let _second = fleet.work("second", &["--lease-seconds", "3"]);
    answered(&client, &escalation, &json!({"kind": "skip"})).await;
    let task = client.ended(task.id).await;
    assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);
    let told = sources(&client, &task).await;
    assert!(told.contains(&"heal".to_owned()), "{told:?}");
    assert!(!told.contains(&"restore!".to_owned()), "{told:?}");
    let ordered: Vec<_> = site.orders().into_iter().map(|order| order.name).collect();
    assert_eq!(ordered, ["Ada Lovelace"]);
}

#[tokio::test]
async fn the_session_of_a_task_that_is_cancelled_while_it_waits_is_closed() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let body = json!({
        "goal": "find what is not there", "start_url": format!("{}/held/parked", site.url()),
        "plan": {"steps": [{"intent": "open the inbox", "action": "click",
            "target": {"css": "#inbox"}, "timeout_ms": 500}]},
        "limits": {"seconds": 60, "attempts": 1, "answer_seconds": 600}
    });
    let task = client.submit(&body).await;
    asked(&client, &task).await;
    assert_eq!(site.held("parked"), 1, "it is kept for the answer");
    client.cancel(task.id).await;
    eventually("the session is closed", async || (site.held("parked") == 0).then_some(())).await;
}
