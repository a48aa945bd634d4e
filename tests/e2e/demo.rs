//! The demo, on its embedded database.

use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use tests::binary;

#[tokio::test]
async fn the_demo_runs_on_embedded_defaults_and_leaves_nothing_behind() {
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
    let tasks = account["tasks"].as_array().unwrap();
    assert!(tasks.len() >= 5);
    assert!(tasks.iter().all(|task| task["as_meant"] == true), "{account}");
    let booked = tasks.iter().find(|task| task["result"]["code"].is_string()).unwrap();
    assert!(booked["result"]["code"].as_str().unwrap().starts_with("FJ-"));

    let server = dir.path().join("demo/postgres");
    assert!(server.exists(), "the embedded database was used");
    for process in std::fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let command = std::fs::read_to_string(process.path().join("cmdline")).unwrap_or_default();
        let ours = command.contains(dir.path().to_str().unwrap());
        assert!(!ours, "left behind: {}", command.replace('\0', " "));
    }
}
