//! `waymark reindex`, and serving without a model.

use serde_json::Value;
use std::process::Output;
use tests::{Fleet, GateSite};

async fn reindex(fleet: &Fleet, args: &[&str]) -> Output {
    fleet.command("reindex").args(args).output().await.unwrap()
}

#[tokio::test]
async fn memory_made_anew_is_the_same() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    site.open("anew");
    let plan = fleet.dir().join("plan.json");
    std::fs::write(&plan, site.task("anew").to_string()).unwrap();
    let mut run = fleet.command("run");
    let run = run.arg(&plan).env("WAYMARK_URL", client.base()).output().await.unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));

    let mut summaries = Vec::new();
    for args in [&["--json"][..], &["--json", "--project", "default"]] {
        let output = reindex(&fleet, args).await;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(summary["seconds"].take().is_number());
        summaries.push(summary);
    }
    assert_eq!(summaries[0]["runs"], 1, "{summaries:?}");
    assert!(summaries[0]["working_locators"].as_i64().unwrap() > 0, "{summaries:?}");
    assert_eq!(summaries[0]["goals"], 1, "{summaries:?}");
    assert_eq!(summaries[0], summaries[1]);
    let told = reindex(&fleet, &[]).await;
    assert!(String::from_utf8_lossy(&told.stdout).contains("Learnt from 1 run in"));
}

#[tokio::test]
async fn a_wrong_call_says_what_is_wrong_before_memory_is_touched() {
    let fleet = Fleet::new().await;
    for (args, says) in [
        (&["--project", "nope"][..], "no project `nope`"),
        (&["--embeddings", "endpoint"], "--embeddings-url"),
        (&["--embeddings-url", "http://127.0.0.1:9/v1"], "--embeddings-model"),
        (&["--embeddings-url", "ftp://x", "--embeddings-model", "m"], "http or https"),
    ] {
        let wrong = reindex(&fleet, args).await;
        let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
        assert_eq!(wrong.status.code(), Some(64), "{args:?}: {told}");
        assert!(told.contains(says), "{args:?}: {told}");
    }
}

#[tokio::test]
async fn serving_without_the_model_works_and_says_so_once() {
    let (fleet, site) = (Fleet::new().await, GateSite::start().await);
    let (_serve, client) = fleet.serve(&["--model-dir", "/nowhere"]).await;
    site.open("words");
    let plan = fleet.dir().join("plan.json");
    std::fs::write(&plan, site.task("words").to_string()).unwrap();
    let mut run = fleet.command("run");
    let run = run.arg(&plan).env("WAYMARK_URL", client.base()).output().await.unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let logs = fleet.logs();
    let said = logs.lines().filter(|line| line.contains("searched by words only")).count();
    assert_eq!(said, 1, "{logs}");
    assert!(logs.contains("cargo xtask setup"), "{logs}");
}
