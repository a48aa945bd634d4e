//! Harm is done on purpose: nothing is lost, nothing is done twice at once.

use nix::sys::signal::Signal;
use std::collections::HashSet;
use tests::{Client, Fleet, GateSite, eventually};
use wire::Outcome;
use wire::TaskState;

/// Every attempt must have recorded each of its steps exactly once.
async fn assert_steps_are_exact(client: &Client, task: &wire::Task) {
    for run in client.runs(task.id).await {
        let steps = client.steps(run.id).await;
        let numbers: Vec<u32> = steps.iter().map(|step| step.seq).collect();
        let expected: Vec<u32> = (0..run.steps).collect();
        assert_eq!(numbers, expected, "run {} ({:?})", run.id, run.outcome);
    }
}

#[tokio::test]
async fn a_task_of_a_killed_worker_is_finished_by_another() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_api, client) = fleet.api().await;
    let mut first = fleet.work("first", &["--lease-seconds", "3"]);
    let task = client.submit(&site.task("killed")).await;
    site.reached(&client, &task, 1).await;

    first.signal(Signal::SIGKILL);
    first.wait().await;
    let _second = fleet.work("second", &["--lease-seconds", "3"]);
    site.reached(&client, &task, 2).await;
    site.open("killed");

    let task = client.ended_as(task.id, TaskState::Succeeded).await;
    let runs = client.runs(task.id).await;
    let outcomes: Vec<_> = runs.iter().map(|run| run.outcome).collect();
    assert_eq!(outcomes, [Some(Outcome::Lost), Some(Outcome::Succeeded)]);
    assert_eq!([runs[0].worker.as_str(), runs[1].worker.as_str()], ["first", "second"]);
    assert_eq!((runs[0].steps, runs[1].steps), (2, 4));
    assert_steps_are_exact(&client, &task).await;
}

#[tokio::test]
async fn a_worker_that_slept_through_its_lease_writes_nothing() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_api, client) = fleet.api().await;
    let zombie = fleet.work("zombie", &["--lease-seconds", "3"]);
    let task = client.submit(&site.task("zombie")).await;
    site.reached(&client, &task, 1).await;

    zombie.signal(Signal::SIGSTOP);
    let _heir = fleet.work("heir", &["--lease-seconds", "3"]);
    site.reached(&client, &task, 2).await;
    // Awake again, with the gate open: its next step would succeed, if it were allowed to write.
    site.open("zombie");
    zombie.signal(Signal::SIGCONT);
    let task = client.ended_as(task.id, TaskState::Succeeded).await;
    eventually("the zombie notices", async || {
        zombie.log().contains("lost its lease").then_some(())
    })
    .await;

    let runs = client.runs(task.id).await;
    assert_eq!(runs[0].outcome, Some(Outcome::Lost));
    assert_eq!(client.steps(runs[0].id).await.len(), 2, "the zombie wrote a step");
    assert_eq!(runs.len(), 2);
    assert_steps_are_exact(&client, &task).await;
}

#[tokio::test]
async fn an_attempt_whose_chrome_is_killed_is_made_again_on_a_fresh_one() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (serve, client) = fleet.serve(&[]).await;
    let task = client.submit(&site.task("chrome")).await;
    site.reached(&client, &task, 1).await;

    let killed = kill_browsers_of(serve.pid().as_raw());
    assert!(killed > 0, "no browser was found to kill");
    site.reached(&client, &task, 2).await;
    site.open("chrome");

    let task = client.ended_as(task.id, TaskState::Succeeded).await;
    let runs = client.runs(task.id).await;
    assert_eq!(runs[0].outcome, Some(Outcome::Failed));
    let failure = runs[0].failure.as_ref().expect("a failure");
    assert_eq!(failure.class, Some(wire::ErrorClass::BrowserCrashed));
    assert_eq!(runs[1].outcome, Some(Outcome::Succeeded));
    assert_steps_are_exact(&client, &task).await;
}

/// Kills the browser processes below a process of ours; says how many there were.
fn kill_browsers_of(parent: i32) -> usize {
    let mut killed = 0;
    for child in children_of(parent) {
        killed += kill_browsers_of(child);
        let command = std::fs::read_to_string(format!("/proc/{child}/cmdline")).unwrap_or_default();
        if command.contains("remote-debugging-port") && !command.contains("--type=") {
            let pid = nix::unistd::Pid::from_raw(child);
            killed += usize::from(nix::sys::signal::kill(pid, Signal::SIGKILL).is_ok());
        }
    }
    killed
}

/// The processes whose parent is this one, threads' children included.
fn children_of(parent: i32) -> Vec<i32> {
    let tasks = std::fs::read_dir(format!("/proc/{parent}/task"));
    let tasks = tasks.into_iter().flatten().filter_map(Result::ok);
    tasks
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|list| {
            list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()
        })
        .collect()
}

#[tokio::test]
async fn two_workers_racing_never_run_one_task_twice_at_once() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_api, client) = fleet.api().await;
    let names: Vec<String> = (0..12).map(|number| format!("race{number}")).collect();
    let mut tasks = Vec::new();
    for name in &names {
        site.open(name);
        tasks.push(client.submit(&site.task(name)).await);
    }
    let wide = ["--slots", "3", "--site-concurrency", "50"];
    let _workers = [fleet.work("left", &wide), fleet.work("right", &wide)];
    let mut workers = HashSet::new();
    for (task, name) in tasks.iter().zip(&names) {
        client.ended_as(task.id, TaskState::Succeeded).await;
        let runs = client.runs(task.id).await;
        assert_eq!((runs.len(), site.visits(name)), (1, 1), "{name} ran more than once");
        workers.insert(runs[0].worker.clone());
    }
    assert_eq!(workers.len(), 2, "both took part");
}

#[tokio::test]
async fn killing_postgres_under_load_loses_nothing() {
    let (fleet, site) = (Fleet::embedded(), GateSite::start().await);
    let (_serve, client) = fleet.serve(&["--slots", "4", "--site-concurrency", "50"]).await;
    let mut tasks = Vec::new();
    for number in 0..6 {
        tasks.push(client.submit(&site.task(&format!("restart{number}"))).await);
    }
    eventually("four tasks stand before their gates", async || {
        let waiting = (0..6).filter(|number| site.visits(&format!("restart{number}")) > 0);
        (waiting.count() >= 4).then_some(())
    })
    .await;

    let before = fleet.postgres_pid();
    nix::sys::signal::kill(before, Signal::SIGKILL).unwrap();
    for number in 0..6 {
        site.open(&format!("restart{number}"));
    }
    for task in &tasks {
        // The API answers 503 until its database is back.
        let ended = eventually("the task ends", async || {
            let path = format!("/v1/tasks/{}?wait=5", task.id);
            let response = client.request(reqwest::Method::GET, &path).send().await.ok()?;
            let task: wire::Task = response.json().await.ok()?;
            task.state.is_terminal().then_some(task)
        })
        .await;
        assert_eq!(ended.state, TaskState::Succeeded, "{:?}", ended.failure);
        assert_steps_are_exact(&client, &ended).await;
    }
    assert_ne!(fleet.postgres_pid(), before, "it was not restarted");
}
