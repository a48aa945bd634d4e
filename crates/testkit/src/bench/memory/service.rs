//! The service that is asked: the real binary, without workers, over the kept database.

use super::http::Client;
use super::options::Options;
use crate::bench::database::{Database, PROJECT};
use crate::database::KEY;
use anyhow::{Context as _, Result, ensure};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::fs::{self, File};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A running `waymark serve`.
pub(super) struct Service {
    process: Child,
    /// A client with every right in the project of the situations.
    pub(super) client: Client,
}

impl Service {
    pub(super) async fn start(options: &Options, database: &Database) -> Result<Self> {
        drop(rustls::crypto::ring::default_provider().install_default());
        let data = options.scratch.join("service");
        fs::create_dir_all(&data)?;
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&options.binary);
            command
                .args(arguments)
                .env("WAYMARK_DATA_DIR", &data)
                .env("WAYMARK_SECRET_KEY", KEY)
                .env("DATABASE_URL", database.url())
                .stdin(Stdio::null());
            command
        };
        let mut process = command(&["serve", "--no-workers", "--listen", "127.0.0.1:0", "--json"])
            .stdout(Stdio::piped())
            .stderr(File::create(options.results.join("memory.log"))?)
            .kill_on_drop(true)
            .spawn()
            .context("the service")?;
        let output = process.stdout.take().context("the output is a pipe")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let line = line.context("the service ended early: see memory.log beside the result")?;
        let said: Value = serde_json::from_str(&line)?;
        let url = said["url"].as_str().context("the service says where it is")?;
        let key = ["key", "create", "--json", "--name", "bench", "--project", PROJECT];
        let made = command(&key).output().await?;
        let errors = String::from_utf8_lossy(&made.stderr);
        ensure!(made.status.success(), "no key can be made: {errors}");
        let made: Value = serde_json::from_slice(&made.stdout)?;
        let client = Client::new(url, made["secret"].as_str().context("the key is shown")?)?;
        Ok(Self { process, client })
    }

    pub(super) async fn stop(mut self) -> Result<()> {
        if let Some(id) = self.process.id() {
            kill(Pid::from_raw(i32::try_from(id)?), Signal::SIGTERM)?;
        }
        self.process.wait().await?;
        Ok(())
    }
}
