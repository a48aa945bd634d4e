//! Where the first key is made, and that it is in no log.

use serde_json::Value;
use tests::{Fleet, Process, eventually};

#[tokio::test]
async fn a_database_of_its_own_gets_a_first_key_that_stands_in_no_log() {
    let fleet = Fleet::embedded();
    let mut command = fleet.command("serve");
    command.args(["--no-workers", "--listen", "127.0.0.1:0"]);
    let serve = Process::spawn(&mut command, &fleet.dir().join("serve.log"));
    eventually("it says where the key is", async || {
        serve.log().contains("waymark key local").then_some(())
    })
    .await;
    let key = fleet.key().await;
    assert!(key.starts_with("wm_"), "{key}");
    assert!(!serve.log().contains(&key[3..]), "{}", serve.log());
}

#[tokio::test]
async fn somebody_elses_database_gets_no_key_that_nobody_asked_for() {
    let fleet = Fleet::new().await;
    let mut command = fleet.command("serve");
    command.args(["--no-workers", "--listen", "127.0.0.1:0"]);
    let serve = Process::spawn(&mut command, &fleet.dir().join("serve.log"));
    eventually("it says how to make a key", async || {
        serve.log().contains("waymark key create --name").then_some(())
    })
    .await;
    assert!(!fleet.dir().join("local.key").exists());
    let mut list = fleet.command("key");
    let keys = list.args(["list", "--json"]).output().await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&keys.stdout).unwrap(), serde_json::json!([]));
}
