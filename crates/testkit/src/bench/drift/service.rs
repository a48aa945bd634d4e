//! The service that is measured: the real binary over a database of its own.

use super::client::Client;
use super::options::Options;
use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// A running `waymark serve`.
pub(super) struct Service {
    binary: PathBuf,
    data: PathBuf,
    url: String,
    process: Mutex<Child>,
    projects: AtomicUsize,
}

impl Service {
    pub(super) async fn start(options: &Options) -> Result<Self> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let data = options.scratch.join("data");
        fs::create_dir_all(&data)?;
        // The browser and the database may run under users of their own.
        fs::set_permissions(&data, fs::Permissions::from_mode(0o755))?;
        let mut command = Command::new(&options.binary);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .args(["--site-concurrency", "64", "--poll-ms", "200", "--slots", "5"])
            // Whoever runs may ask: the human answers at once, on the page that was asked about.
            .args(["--parked-sessions", "4"])
            .env("WAYMARK_DATA_DIR", &data)
            .env("WAYMARK_ALLOW_EGRESS", "127.0.0.0/8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(options.results.join("drift.log"))?)
            .kill_on_drop(true);
        let mut process = command.spawn().context("the service")?;
        let output = process.stdout.take().context("the output is a pipe")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let line = line.context("the service ended early: see drift.log beside the result")?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said["url"].as_str().context("the service says where it is")?.to_owned();
        let binary = options.binary.clone();
        Ok(Self { binary, data, url, process: Mutex::new(process), projects: AtomicUsize::new(0) })
    }

    /// A client in a project that nobody has used.
    pub(super) async fn project(&self) -> Result<Client> {
        let number = self.projects.fetch_add(1, Ordering::Relaxed);
        let output = Command::new(&self.binary)
            .args(["key", "create", "--json", "--name", "bench"])
            .args(["--project", &format!("drift-{number}")])
            .env("WAYMARK_DATA_DIR", &self.data)
            .output()
            .await?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "no key can be made: {errors}");
        let made: Value = serde_json::from_slice(&output.stdout)?;
        let secret = made["secret"].as_str().context("the key is shown")?;
        Client::new(&self.url, secret)
    }

    /// Ends it, its database included.
    pub(super) async fn stop(&self) -> Result<()> {
        let mut process = self.process.lock().await;
        if let Some(id) = process.id() {
            kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
        }
        process.wait().await?;
        Ok(())
    }
}
