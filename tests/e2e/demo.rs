//! The demo, on its embedded database: it tells of a fleet that learns.

use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use tests::binary;

#[tokio::test]
async fn the_demo_shows_a_fleet_that_learns_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = tokio::process::Command::new(binary());
    let output = command
        .args(["demo", "--exit", "--json", "--listen", "127.0.0.1:0"])
        .env("WAYMARK_DATA_DIR", dir.path())
        .env_remove("DATABASE_URL")
        .output()
        .await
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let account: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(account["not_as_meant"], serde_json::json!([]), "{told}");
    let of = |agent: &str| {
        let tasks = account["tasks"].as_array().unwrap();
        tasks.iter().filter(|task| task["agent"] == agent).cloned().collect::<Vec<Value>>()
    };
    let one = |agent: &str| match &of(agent)[..] {
        [task] => task.clone(),
        other => panic!("{agent}: {other:?}"),
    };
    let (a, b, c, d) = (one("agent-a"), one("agent-b"), one("agent-c"), one("agent-d"));
    assert!(a["heals"].as_u64() >= Some(3), "{a}");
    assert_eq!((&a["asked"], &b["asked"], &c["asked"]), (&1.into(), &0.into(), &0.into()));
    assert_ne!(a["worker"], b["worker"], "what was learnt went through the database");
    assert_eq!(c["failed_steps"], 0, "{c}");
    assert!(c["foreseen"].as_u64() > Some(0), "{c}");
    assert_eq!(d["result"]["ordered"], "Grey heron, woodcut");
    assert_eq!(of("stateless").len(), 2);
    for forgetful in of("stateless") {
        assert_eq!(forgetful["ended"], "failed", "{forgetful}");
    }
    for booked in [one("booker"), a, b, c] {
        assert!(booked["result"]["code"].as_str().unwrap().starts_with("FJ-"), "{booked}");
    }

    let server = dir.path().join("demo/postgres");
    assert!(server.exists(), "the embedded database was used");
    for process in std::fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let command = std::fs::read_to_string(process.path().join("cmdline")).unwrap_or_default();
        let ours = command.contains(dir.path().to_str().unwrap());
        assert!(!ours, "left behind: {}", command.replace('\0', " "));
    }
}
