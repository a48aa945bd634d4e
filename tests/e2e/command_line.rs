//! The command line, as a person uses it.

use serde_json::Value;
use std::process::{Output, Stdio};
use std::time::Duration;
use tests::{Client, Fleet, GateSite};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);

struct Shell<'a> {
    fleet: &'a Fleet,
    client: Client,
}

impl Shell<'_> {
    async fn run(&self, verb: &str, args: &[&str]) -> Output {
        let mut command = self.fleet.command(verb);
        command.args(args).env("WAYMARK_URL", self.client.base()).env("GATE_WORD", "hunter2!");
        command.output().await.unwrap()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[tokio::test]
async fn a_task_is_run_followed_listed_and_traced_from_the_shell() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let shell = Shell { fleet: &fleet, client };
    site.open("shell");
    let plan = fleet.dir().join("plan.json");
    std::fs::write(&plan, site.task("shell").to_string()).unwrap();
    let plan = plan.to_str().unwrap();

    let run = shell.run("run", &[plan]).await;
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let result: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(result["word"], "shell");
    let told = text(&run.stderr);
    assert!(told.contains("✓") && told.contains("wait for the gate"), "{told}");

    let id = told.lines().find_map(|line| line.strip_prefix("trace: waymark trace ")).unwrap();
    let trace = shell.run("trace", &[id]).await;
    let trace = text(&trace.stdout);
    assert!(trace.contains("type a word") && trace.contains("on textbox `Word`"), "{trace}");

    let tasks = shell.run("tasks", &["--state", "succeeded", "--json"]).await;
    let tasks: Value = serde_json::from_slice(&tasks.stdout).unwrap();
    assert_eq!(tasks["items"].as_array().unwrap().len(), 1);
    assert!(text(&shell.run("tasks", &[]).await.stdout).contains("pass the gate shell"));
}

#[tokio::test]
async fn a_task_that_waits_says_how_and_is_answered_from_the_shell() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let shell = Shell { fleet: &fleet, client };
    site.open("asked");
    let whole = site.task("asked");
    let mut goal = whole.clone();
    goal.as_object_mut().unwrap().remove("plan");
    goal["limits"]["answer_seconds"] = serde_json::json!(60);
    let write = |name: &str, body: &Value| {
        let path = fleet.dir().join(name);
        std::fs::write(&path, body.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (goal, plan) = (write("goal.json", &goal), write("plan.json", &whole));

    let goal_args = [goal.as_str()];
    let answers = async {
        let id = tokio::time::timeout(PATIENCE, question(&shell)).await.expect("it asks");
        let shown = text(&shell.run("escalation", &[&id]).await.stdout);
        let command = format!("waymark answer {id} --plan FILE");
        assert!(shown.contains(&command), "{shown}");
        let wrong = shell.run("answer", &[&id, "--candidate", "0"]).await;
        assert_eq!(wrong.status.code(), Some(65), "{}", text(&wrong.stderr));
        let answered = shell.run("answer", &[&id, "--plan", &plan]).await;
        assert!(answered.status.success(), "{}", text(&answered.stderr));
        let late = shell.run("answer", &[&id, "--give-up"]).await;
        assert_eq!(late.status.code(), Some(65), "{}", text(&late.stderr));
        command
    };
    let (run, command) = tokio::join!(shell.run("run", &goal_args), answers);
    let told = text(&run.stderr);
    assert_eq!(run.status.code(), Some(0), "{told}");
    assert!(told.contains("waits for a human") && told.contains(&command), "{told}");
    let result: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(result["word"], "asked");
}

/// The id of the first question that is open.
async fn question(shell: &Shell<'_>) -> String {
    loop {
        let open = shell.run("escalations", &["--json"]).await;
        let open: Value = serde_json::from_slice(&open.stdout).unwrap();
        if let Some(id) = open["items"][0]["id"].as_str() {
            return id.to_owned();
        }
    }
}

#[tokio::test]
async fn exit_codes_tell_what_happened() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    let shell = Shell { fleet: &fleet, client };
    let file = |name: &str, body: &Value| {
        let path = fleet.dir().join(name);
        std::fs::write(&path, body.to_string()).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let mut failing = site.task("failing");
    failing["plan"]["steps"] = serde_json::json!([{"intent": "x", "action": "click",
        "target": {"css": "#nothing"}, "timeout_ms": 200}]);
    failing["limits"] = serde_json::json!({"answer_seconds": 1});
    let unanswered = file("unanswered.json", &failing);
    failing["limits"] = serde_json::json!({"answer_seconds": 0});
    let failing = file("failing.json", &failing);
    let mut broken = site.task("broken");
    broken["plan"]["steps"][0]["target"] = serde_json::json!({"css": "div["});
    let broken = file("broken.json", &broken);

    for (args, code, says) in [
        (vec![failing.as_str()], 1, "element_not_found"),
        (vec![unanswered.as_str()], 3, "waymark answer"),
        (vec![broken.as_str()], 65, "plan.steps[0].target.css"),
        (vec!["no-such-file.json"], 64, "no-such-file.json"),
        (vec![failing.as_str(), "--input", "nonsense"], 64, "NAME=VALUE"),
        (vec![failing.as_str(), "--secret", "word=hunter2!"], 64, "env:VARIABLE"),
        (vec![failing.as_str(), "--key", "wm_wrong"], 77, "key"),
        (vec![failing.as_str(), "--server", "http://127.0.0.1:9"], 69, "waymark serve"),
    ] {
        let run = shell.run("run", &args).await;
        let told = text(&run.stderr);
        assert_eq!(run.status.code(), Some(code), "{args:?}: {told}");
        assert!(told.contains(says), "{args:?}: {told}");
    }
    let usage = shell.run("serve", &["--no-such-flag"]).await;
    assert_eq!(usage.status.code(), Some(64));
    let egress = shell.run("serve", &["--allow-egress", "http://x/"]).await;
    assert_eq!(egress.status.code(), Some(64), "{}", text(&egress.stderr));
}

#[tokio::test]
async fn keys_are_made_listed_and_revoked() {
    let fleet = Fleet::new().await;
    let (_api, client) = fleet.api().await;
    let shell = Shell { fleet: &fleet, client };
    let made = shell.run("key", &["create", "--name", "ci", "--scope", "tasks:read"]).await;
    let secret = text(&made.stdout).trim().to_owned();
    assert!(secret.starts_with("wm_"), "{}", text(&made.stderr));
    let read = shell.run("tasks", &["--key", &secret]).await;
    assert!(read.status.success(), "{}", text(&read.stderr));

    let list = shell.run("key", &["list", "--json"]).await;
    let keys: Value = serde_json::from_slice(&list.stdout).unwrap();
    let id = keys.as_array().unwrap().iter().find(|key| key["name"] == "ci").unwrap()["id"].clone();
    assert!(!text(&list.stdout).contains(&secret));
    let revoked = shell.run("key", &["revoke", id.as_str().unwrap()]).await;
    assert!(revoked.status.success());
    // A server takes a key that worked to work on for a second.
    let refused =
        async { while shell.run("tasks", &["--key", &secret]).await.status.code() != Some(77) {} };
    tokio::time::timeout(PATIENCE, refused).await.expect("a revoked key is refused soon");
    let wrong = shell.run("key", &["create", "--name", "x", "--scope", "everything"]).await;
    assert_eq!(wrong.status.code(), Some(64));
}

#[tokio::test]
async fn a_reader_that_has_enough_ends_a_command_quietly() {
    let fleet = Fleet::new().await;
    let mut command = fleet.command("openapi");
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    drop(running.stdout.take());
    let ended = tokio::time::timeout(PATIENCE, running.wait_with_output()).await.unwrap().unwrap();
    assert_eq!(text(&ended.stderr), "");
    assert_eq!(ended.status.code(), Some(128 + 13));
}

#[tokio::test]
async fn commands_that_go_well_tell_nothing_of_their_statements() {
    let fleet = Fleet::new().await;
    let (_api, client) = fleet.api().await;
    let shell = Shell { fleet: &fleet, client };
    for (verb, args) in [
        ("doctor", &["--listen", "127.0.0.1:0"][..]),
        ("migrate", &[]),
        ("key", &["list"]),
        ("reindex", &[]),
    ] {
        let ended = shell.run(verb, args).await;
        assert!(ended.status.success(), "{verb}: {}", text(&ended.stderr));
        assert_eq!(text(&ended.stderr), "", "{verb}");
    }
}

#[tokio::test]
async fn a_key_with_a_line_break_is_told_so_and_not_shown() {
    let fleet = Fleet::new().await;
    let mut command = fleet.command("tasks");
    command.env("WAYMARK_KEY", "wm_hunter22\n");
    let refused = command.output().await.unwrap();
    let told = text(&refused.stderr);
    assert!(told.contains("WAYMARK_KEY") && told.contains("line break"), "{told}");
    assert!(!told.contains("hunter22") && !told.contains("no server"), "{told}");
    assert_eq!(refused.status.code(), Some(77));
}

#[tokio::test]
async fn how_long_things_are_kept_is_set_and_shown_from_the_shell() {
    let fleet = Fleet::new().await;
    let (_api, client) = fleet.api().await;
    let shell = Shell { fleet: &fleet, client };
    let shown = text(&shell.run("retention", &[]).await.stdout);
    assert!(shown.contains("traces     for ever"), "{shown}");
    let dry = ["--set-traces", "30", "--dry-run"];
    let dry = text(&shell.run("retention", &dry).await.stdout);
    assert!(dry.contains("30 days") && dry.contains("Would be removed now: nothing."), "{dry}");
    let set = shell.run("retention", &["--set-traces", "90", "--set-artifacts", "1"]).await;
    assert!(set.status.success(), "{}", text(&set.stderr));
    // What is not given stays as it is.
    let set = shell.run("retention", &["--set-artifacts", "forever", "--json"]).await;
    let set: Value = serde_json::from_slice(&set.stdout).unwrap();
    assert_eq!((&set["trace_days"], &set["artifact_days"]), (&90.into(), &Value::Null));
    assert_eq!(set["changed_by"], "local");
    let wrong = shell.run("retention", &["--set-memory", "0"]).await;
    assert_eq!(wrong.status.code(), Some(64), "{}", text(&wrong.stderr));
    assert!(text(&wrong.stderr).contains("forever"));
}
