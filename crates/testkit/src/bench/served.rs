//! The service that is measured: the real binary, as a process of its own.

use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;

/// How the binary is started.
pub(super) struct Launch<'a> {
    pub(super) binary: &'a Path,
    /// Beside `serve`, a free port and JSON.
    pub(super) arguments: &'a [&'a str],
    pub(super) data: PathBuf,
    /// Also for the other commands over the same data.
    pub(super) variables: Vec<(&'static str, OsString)>,
    /// What it says on standard error.
    pub(super) log: PathBuf,
}

/// A running `waymark serve`; it is killed when dropped.
pub(super) struct Served {
    pub(super) url: String,
    binary: PathBuf,
    variables: Vec<(&'static str, OsString)>,
    process: Mutex<Child>,
}

impl Served {
    pub(super) async fn start(launch: Launch<'_>) -> Result<Self> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let Launch { binary, arguments, data, mut variables, log } = launch;
        fs::create_dir_all(&data)?;
        // The browser and the database may run under users of their own.
        fs::set_permissions(&data, fs::Permissions::from_mode(0o755))?;
        variables.push(("WAYMARK_DATA_DIR", data.into()));
        let mut process = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--json"])
            .args(arguments)
            .envs(variables.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(&log)?)
            .kill_on_drop(true)
            .spawn()
            .context("the service")?;
        let output = process.stdout.take().context("the output is a pipe")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let line = line.with_context(|| format!("it ended early: see {}", log.display()))?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said["url"].as_str().context("the service says where it is")?.to_owned();
        Ok(Self { url, binary: binary.to_owned(), variables, process: Mutex::new(process) })
    }

    /// A key with every right in a project.
    pub(super) async fn key(&self, project: &str) -> Result<String> {
        let output = Command::new(&self.binary)
            .args(["key", "create", "--json", "--name", "bench", "--project", project])
            .envs(self.variables.iter().cloned())
            .output()
            .await?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "no key can be made: {errors}");
        let made: Value = serde_json::from_slice(&output.stdout)?;
        Ok(made["secret"].as_str().context("the key is shown")?.to_owned())
    }

    /// Ends it, and its database if that is its own.
    pub(super) async fn stop(&self) -> Result<()> {
        let mut process = self.process.lock().await;
        if let Some(id) = process.id() {
            kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
        }
        process.wait().await?;
        Ok(())
    }
}
