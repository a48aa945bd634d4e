//! The other comparison: the same steps written for playwright-core, on the same browser.

use super::site::{Errand, Site};
use crate::bench::settings;
use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::Value;
use std::path::PathBuf;
use std::process::Stdio;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// Node with playwright-core, and the script that uses it.
pub(super) struct Playwright {
    node: PathBuf,
    modules: PathBuf,
    chromium: PathBuf,
    script: &'static str,
}

/// What the script says.
#[derive(Deserialize)]
pub(super) struct Said {
    /// The version of playwright-core.
    pub(super) version: String,
    /// How long each task took, in milliseconds.
    pub(super) times: Vec<f64>,
    /// What each task read.
    results: Vec<Value>,
}

impl Playwright {
    pub(super) fn find(chromium: PathBuf, script: &'static str) -> Result<Self> {
        let node = settings::path("WAYMARK_NODE")?;
        let modules = settings::path("WAYMARK_NODE_MODULES")?;
        Ok(Self { node, modules, chromium, script })
    }

    /// Carries out a task so many times, one after the other, each in a fresh context of a browser
    /// that stays open.
    pub(super) async fn run(&self, site: &Site, errand: Errand, times: usize) -> Result<Said> {
        let mut command = Command::new(&self.node);
        command.args(["--input-type=module", "-"]).arg(&self.modules).arg(&self.chromium);
        command.arg(&site.url).arg(errand.name()).arg(times.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().context("node")?;
        let mut stdin = child.stdin.take().context("node takes no script")?;
        stdin.write_all(self.script.as_bytes()).await?;
        drop(stdin);
        let output = child.wait_with_output().await?;
        ensure!(output.status.success(), "the Playwright script failed");
        let said: Said = serde_json::from_slice(&output.stdout)?;
        let wanted = errand.wanted();
        ensure!(said.times.len() == times && said.results.len() == times, "not {times} tasks");
        for result in &said.results {
            ensure!(*result == wanted, "Playwright read {result} instead of {wanted}");
        }
        Ok(said)
    }
}
