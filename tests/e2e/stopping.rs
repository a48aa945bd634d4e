//! Cancelling tasks and stopping processes.

use nix::sys::signal::Signal;
use tests::{Fleet, GateSite, eventually};
use wire::Outcome;
use wire::TaskState;

#[tokio::test]
async fn cancelling_reaches_a_running_task_between_steps() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let mut body = site.task("cancelled");
    // Many short steps: the request is heard between two of them.
    let look = serde_json::json!({"intent": "look", "action": "wait_for", "timeout_ms": 300,
        "expect": {"text": "never"}, "fallbacks": [{"action": "wait_for",
        "target": {"css": "#gate"}, "expect": {"text": "The gate is closed"}}]});
    body["plan"]["steps"] = serde_json::Value::Array(vec![look; 60]);
    let task = client.submit(&body).await;
    eventually("it runs", async || {
        let run = client.task(task.id).await.run_id?;
        (client.steps(run).await.len() > 2).then_some(())
    })
    .await;
    client.cancel(task.id).await;
    let task = client.ended_as(task.id, TaskState::Cancelled).await;
    let runs = client.runs(task.id).await;
    assert_eq!(runs[0].outcome, Some(Outcome::Cancelled));
    assert!(runs[0].steps < 120, "it went on to the end");
}

#[tokio::test]
async fn a_stopping_worker_finishes_its_step_and_gives_the_attempt_back() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_api, client) = fleet.api().await;
    let mut leaving = fleet.work("leaving", &[]);
    let task = client.submit(&site.task("leaving")).await;
    site.reached(&client, &task, 1).await;
    leaving.signal(Signal::SIGTERM);
    eventually("it heard", async || leaving.log().contains("stopping").then_some(())).await;
    site.open("leaving"); // lets the step under way end
    assert!(leaving.wait().await.success(), "{}", leaving.log());

    let queued = client.task(task.id).await;
    assert_eq!((queued.state, queued.attempt), (TaskState::Queued, 0), "the attempt is given back");
    let _staying = fleet.work("staying", &[]);
    let task = client.ended_as(task.id, TaskState::Succeeded).await;
    let runs = client.runs(task.id).await;
    assert_eq!(runs[0].outcome, Some(Outcome::Released));
    assert_eq!(runs[0].steps, 3, "the step under way was finished and recorded");
    assert_eq!(task.attempt, 1);
}

#[tokio::test]
async fn a_second_signal_drops_everything_and_still_gives_the_attempt_back() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_api, client) = fleet.api().await;
    let mut leaving = fleet.work("leaving", &[]);
    let task = client.submit(&site.task("dropped")).await;
    site.reached(&client, &task, 1).await;
    leaving.signal(Signal::SIGTERM);
    eventually("it heard", async || leaving.log().contains("stopping").then_some(())).await;
    leaving.signal(Signal::SIGTERM);
    assert!(!leaving.wait().await.success(), "dropping work is not a clean exit");
    let task = client.task(task.id).await;
    assert_eq!((task.state, task.attempt), (TaskState::Queued, 0));
}
