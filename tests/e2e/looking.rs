//! Looking at what the fleet has learnt, over HTTP and from the shell, after real runs.

use crate::healing::{run, sources};
use serde_json::{Value, json};
use std::process::Output;
use tests::{Client, Fleet, ShopSite};
use wire::TaskState;

const README: &str = include_str!("../../README.md");

/// Three agents after the same thing on the new release: the first heals, the others foresee.
async fn learnt(client: &Client, site: &ShopSite) {
    for agent in ["a", "b", "c"] {
        let task = run(client, &site.task(agent, "new")).await;
        assert_eq!(task.state, TaskState::Succeeded, "{:?}", task.failure);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

async fn shell(fleet: &Fleet, client: &Client, args: &[&str]) -> Output {
    let mut command = fleet.command(args[0]);
    command.args(&args[1..]).env("WAYMARK_URL", client.base()).output().await.unwrap()
}

/// What a command prints, with single spaces: how wide a column is does not matter here.
async fn printed(fleet: &Fleet, client: &Client, args: &[&str]) -> String {
    let output = shell(fleet, client, args).await;
    assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
    text(&output.stdout).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn what_three_agents_learnt_is_told_over_http() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    learnt(&client, &site).await;

    let patterns: Value = client.get("/v1/patterns?site=shop&error_class=element_not_found").await;
    let pattern = &patterns["items"][0];
    assert_eq!((&pattern["proof"]["worked"], &pattern["proof"]["agents"]), (&json!(3), &json!(3)));
    let works = pattern["works"].as_str().unwrap();
    assert!(works.contains("instead"), "{pattern}");
    for said in patterns["items"].as_array().unwrap() {
        assert!(!said.to_string().contains("Ada Lovelace"), "a value is remembered: {said}");
    }

    let shop: Value = client.get("/v1/sites/shop").await;
    assert_eq!((&shop["state"], &shop["runs"]), (&json!("ok"), &json!(3)));
    assert_eq!(shop["reason"], "3 of 3 runs succeeded in 7 days");
    let met = shop["recent"]["failures"].as_u64().unwrap();
    assert!(met > 0 && shop["recent"]["overcome"] == met, "{shop}");
    assert!(!shop["works"].as_array().unwrap().is_empty(), "{shop}");

    let stats: Value = client.get("/v1/stats?site=shop").await;
    let (total, agent) = (&stats["total"], "/v1/stats?agent=");
    assert_eq!((&total["tasks"], &total["success"]), (&json!(3), &json!(1.0)));
    let first: Value = client.get(&format!("{agent}a")).await;
    let last: Value = client.get(&format!("{agent}c")).await;
    assert_eq!(first["total"]["failures"], met, "the first met all of them");
    assert_eq!(last["total"]["failures"], 0, "the last met none");
    assert_eq!(last["total"]["foreseen"], met, "{}", last["total"]);
    assert_eq!((&total["reuse"]["failed"], &total["reuse"]["wrong"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn a_flagged_memory_is_not_begun_with_any_more() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    learnt(&client, &site).await;
    let patterns: Value = client.get("/v1/patterns?site=shop").await;
    let ids: Vec<&str> =
        patterns["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    for id in &ids {
        let told = printed(&fleet, &client, &["memories", "flag", id, "--reason", "a test"]).await;
        assert!(told.contains("is not served any more"), "{told}");
    }
    assert_eq!(client.get::<Value>("/v1/patterns").await["items"], json!([]));

    // What somebody called wrong is not found again by other means: rather none than that.
    let task = run(&client, &site.task("d", "new")).await;
    assert_eq!(task.state, TaskState::Failed);
    let failure = task.failure.as_ref().unwrap();
    assert!(failure.message.contains("is flagged as wrong"), "{failure:?}");
    let told = sources(&client, &task).await;
    assert!(!told.contains(&"foreseen".to_owned()), "{told:?}");
    assert!(told.contains(&"plan!".to_owned()), "its own way is tried again: {told:?}");
    let steps: Value =
        client.get(&format!("/v1/runs/{}/steps?limit=200", task.run_id.unwrap())).await;
    for step in steps["items"].as_array().unwrap() {
        let used = step["decision"]["remedy_id"].as_str().unwrap_or_default();
        assert!(!ids.contains(&used), "a flagged memory was used: {step}");
        let recalls = step["recalls"].as_array().unwrap().iter();
        for offered in recalls.flat_map(|recall| recall["offered"].as_array().unwrap()) {
            let id = offered["remedy"]["id"].as_str().unwrap();
            assert!(!ids.contains(&id), "a flagged memory was offered: {offered}");
        }
    }

    // A rebuild does not forget the flags, and taking them back makes them count again.
    let rebuilt = fleet.command("reindex").output().await.unwrap();
    assert!(rebuilt.status.success(), "{}", text(&rebuilt.stderr));
    let flagged: Value = client.get("/v1/memories?state=flagged").await;
    assert_eq!(flagged["items"].as_array().unwrap().len(), ids.len());
    for id in &ids {
        let told = printed(&fleet, &client, &["memories", "unflag", id]).await;
        assert!(told.contains("counts again"), "{told}");
    }
    let task = run(&client, &site.task("e", "new")).await;
    assert!(sources(&client, &task).await.contains(&"foreseen".to_owned()));
}

#[tokio::test]
async fn the_commands_of_the_readme_tell_what_was_learnt() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    for verb in ["sites", "patterns", "memories", "stats"] {
        let empty = shell(&fleet, &client, &[verb]).await;
        assert!(empty.status.success() && empty.stdout.is_empty(), "{verb}: {empty:?}");
        assert!(text(&empty.stderr).len() > 20, "{verb} says nothing of why it is empty");
    }
    learnt(&client, &site).await;

    let (_, section) = README.split_once("## What was learnt").unwrap();
    let (_, commands) = section.split_once("```sh\n").unwrap();
    let (commands, section) = commands.split_once("```").unwrap();
    let memories: Value = client.get("/v1/memories").await;
    let id = memories["items"][0]["id"].as_str().unwrap();
    let mut tried = 0;
    for line in commands.lines() {
        let (command, _) = line.split_once('#').expect("every command says what it is for");
        let command = command.replace("ID", id);
        let words: Vec<&str> = command.split('\'').collect();
        let mut args: Vec<&str> = words[0].split_whitespace().skip(1).collect();
        args.extend(words.get(1));
        let told = printed(&fleet, &client, &args).await;
        assert!(told.len() > 20, "{line}: {told}");
        tried += 1;
    }
    assert!(tried >= 6, "{commands}");

    // What it shows of the site is what is printed there.
    let (_, shown) = section.split_once("$ waymark sites shop\n").unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    printed(&fleet, &client, &["memories", "unflag", id]).await;
    let told = printed(&fleet, &client, &["sites", "shop"]).await;
    for part in shown.lines().filter(|line| !line.trim().is_empty() && line.trim() != "…") {
        let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(part.trim_end_matches('…')), "{part}\nis not in\n{told}");
    }
}

#[tokio::test]
async fn a_wrong_filter_is_told_and_json_is_for_programs() {
    let (fleet, site) = (Fleet::new().await, ShopSite::start().await);
    let (_serve, client) = fleet.serve(&[]).await;
    learnt(&client, &site).await;
    for (args, says) in [
        (&["memories", "--state", "good"][..], (65, "state")),
        (&["patterns", "--tactic", "magic"], (65, "tactic")),
        (&["sites", "--state", "fine"], (65, "state")),
        (&["sites", "nowhere"], (65, "no such site")),
        (&["stats", "--since", "yesterday"], (64, "2026-12-31")),
    ] {
        let (code, says) = says;
        let wrong = shell(&fleet, &client, args).await;
        let told = text(&wrong.stderr);
        assert_eq!(wrong.status.code(), Some(code), "{args:?}: {told}");
        assert!(told.contains(says), "{args:?}: {told}");
    }
    for args in [["--site", "zz"], ["--agent", "zz"]] {
        let empty = shell(&fleet, &client, &[&["stats"][..], &args].concat()).await;
        let told = text(&empty.stderr);
        assert!(told.contains(&format!("Something did without {} zz.", args[0])), "{told}");
    }
    for (args, key) in [
        (&["memories", "list", "--json"][..], "items"),
        (&["patterns", "--json"], "items"),
        (&["sites", "--json"], "items"),
        (&["sites", "shop", "--json"], "works"),
        (&["stats", "--json"], "days"),
    ] {
        let output = shell(&fleet, &client, args).await;
        let told: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(!told[key].as_array().unwrap().is_empty(), "{args:?}: {told}");
    }
}
