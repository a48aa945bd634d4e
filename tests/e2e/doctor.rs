//! `waymark doctor`: it tells what is there, what is missing and how to get it, and changes nothing.

use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Output;
use tests::Fleet;

async fn doctor(fleet: &Fleet, args: &[&str]) -> Output {
    let mut command = fleet.command("doctor");
    command.args(["--listen", "127.0.0.1:0", "--json"]).args(args).output().await.unwrap()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What it says about one thing.
#[track_caller]
fn check(report: &Value, what: &str) -> (String, String) {
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["what"] == what);
    let check = check.unwrap_or_else(|| panic!("nothing about {what}: {report}"));
    let detail = format!("{} {}", check["detail"], check["how"]);
    (check["state"].as_str().unwrap().to_owned(), detail)
}

/// Everything below a directory.
fn tree(dir: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut dirs = vec![dir.to_owned()];
    while let Some(dir) = dirs.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            found.insert(path.display().to_string());
            if path.is_dir() {
                dirs.push(path);
            }
        }
    }
    found
}

#[tokio::test]
async fn it_finds_everything_and_leaves_no_trace() {
    let fleet = Fleet::new().await;
    let before = tree(fleet.dir());
    let fresh = report(&doctor(&fleet, &[]).await);
    assert_eq!(fresh["ok"], true, "{fresh}");
    assert_eq!(check(&fresh, "embeddings").0, "ok");
    assert_eq!(tree(fleet.dir()), before);

    let (_api, _) = fleet.api().await;
    let used = doctor(&fleet, &[]).await;
    assert_eq!(used.status.code(), Some(0));
    let used = report(&used);
    for what in ["data directory", "free disk", "database", "migrations", "secret key", "browser"] {
        assert_eq!(check(&used, what).0, "ok", "{used}");
    }
    assert!(check(&used, "database").1.contains("pgvector"), "{used}");
}

#[tokio::test]
async fn it_starts_no_database_of_its_own() {
    let fleet = Fleet::embedded();
    let report = report(&doctor(&fleet, &[]).await);
    assert_eq!(check(&report, "database").0, "ok", "{report}");
    assert!(tree(fleet.dir()).is_empty());
}

#[tokio::test]
async fn what_is_missing_is_named_with_how_to_get_it() {
    let fleet = Fleet::new().await;
    for (args, what, state, how) in [
        (["--chrome", "/nowhere/chrome"], "browser", "missing", "cargo xtask setup"),
        (
            ["--database-url", "postgres://x:hunter2@127.0.0.1:9/x"],
            "database",
            "broken",
            "DATABASE_URL",
        ),
        (["--secret-key", "short"], "secret key", "broken", "base64"),
    ] {
        let ill = doctor(&fleet, &args).await;
        assert_eq!(ill.status.code(), Some(69), "{args:?}");
        assert!(!String::from_utf8_lossy(&ill.stdout).contains("hunter2"));
        let (found, detail) = check(&report(&ill), what);
        assert_eq!(found, state, "{detail}");
        assert!(detail.contains(how), "{detail}");
    }
    let without = doctor(&fleet, &["--model-dir", "/nowhere"]).await;
    assert_eq!(without.status.code(), Some(0), "memory does without");
    assert_eq!(check(&report(&without), "embeddings").0, "missing");
    let mut people = fleet.command("doctor");
    let people = people.args(["--listen", "127.0.0.1:0", "--chrome", "/nowhere/chrome"]);
    let told = people.output().await.unwrap();
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("✗ browser") && told.contains("✓ data directory"), "{told}");
}

#[tokio::test]
async fn another_secret_key_than_the_first_is_noticed() {
    let fleet = Fleet::new().await;
    drop(fleet.api().await);
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let report = report(&doctor(&fleet, &["--secret-key", other]).await);
    assert_eq!(check(&report, "secret key").0, "broken", "{report}");
    assert_eq!(check(&report, "database").0, "ok", "{report}");
}

#[tokio::test]
async fn the_port_is_free_or_ours_or_somebody_elses() {
    let fleet = Fleet::new().await;
    let (_api, client) = fleet.api().await;
    let ours = client.base().strip_prefix("http://").unwrap().to_owned();
    let somebody = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let theirs = somebody.local_addr().unwrap().to_string();
    for (listen, state) in [(&ours, "ok"), (&theirs, "broken")] {
        let mut command = fleet.command("doctor");
        let output = command.args(["--json", "--listen", listen]).output().await.unwrap();
        assert_eq!(check(&report(&output), "port").0, state);
    }
}
