//! pgbench: how fast Postgres is with given statements when its own client sends them.

use crate::bench::settings;
use anyhow::{Context as _, Result, ensure};
use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;
use tokio::process::Command;

/// pgbench, pointed at a database.
pub(super) struct Pgbench {
    program: PathBuf,
    url: String,
}

/// What it is to run.
pub(super) struct Work<'a> {
    /// The script, one transaction.
    pub(super) script: String,
    /// Texts that the script names.
    pub(super) texts: &'a [(&'a str, &'a str)],
    /// How many clients run it at once.
    pub(super) clients: usize,
    pub(super) until: Until,
}

/// When it ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Until {
    After(Duration),
    /// Every client ran it this often.
    Times(usize),
}

impl Pgbench {
    pub(super) fn find(url: &str) -> Result<Self> {
        Ok(Self { program: settings::path("WAYMARK_PGBENCH")?, url: url.to_owned() })
    }

    /// Runs the script; how often per second.
    pub(super) async fn run(&self, work: &Work<'_>) -> Result<f64> {
        let mut script = tempfile::NamedTempFile::new()?;
        script.write_all(work.script.as_bytes())?;
        let mut command = Command::new(&self.program);
        command.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]);
        command.arg(format!("--client={}", work.clients));
        match work.until {
            Until::After(time) => command.arg(format!("--time={}", time.as_secs().max(1))),
            Until::Times(times) => command.arg(format!("--transactions={times}")),
        };
        for (name, text) in work.texts {
            command.arg(format!("--define={name}={text}"));
        }
        // The address holds a password, which is nobody's business in a list of processes.
        let (address, password) = split(&self.url)?;
        command.arg("--file").arg(script.path()).arg(address).env("PGPASSWORD", password);
        let output = command.output().await.context("pgbench")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let complained = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "pgbench failed: {complained}\n{}", work.script);
        let rate = tps(&said).with_context(|| format!("pgbench says no rate: {said}"))?;
        ensure!(failed(&said) == 0, "{said}");
        Ok(rate)
    }
}

fn split(url: &str) -> Result<(String, String)> {
    let mut url = url::Url::parse(url)?;
    let password = url.password().unwrap_or_default().to_owned();
    url.set_password(None).ok().context("the address has no place for a password")?;
    Ok((url.into(), password))
}

fn tps(said: &str) -> Option<f64> {
    let line = said.lines().find_map(|line| line.strip_prefix("tps = "))?;
    line.split(' ').next()?.parse().ok()
}

fn failed(said: &str) -> u64 {
    let line = said.lines().find_map(|line| line.strip_prefix("number of failed transactions: "));
    line.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or_default()
}
