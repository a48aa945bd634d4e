//! An application in the background: started, found again, ended.

use super::App;
use crate::cli::Context;
use crate::place::Place;
use crate::postgres::command_line;
use crate::process;
use crate::setup::clear;
use anyhow::{Context as _, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

const STARTS_WITHIN: Duration = Duration::from_mins(1);
const ENDS_WITHIN: Duration = Duration::from_secs(5);

/// How to start.
pub(super) struct Start {
    /// The loopback port; 0 takes a free one.
    pub(super) port: u16,
    /// Whether to begin with an empty database.
    pub(super) fresh: bool,
}

/// What a running application said of itself; kept in a file that only its owner reads.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Running {
    #[serde(default)]
    pub(super) app: String,
    pub(super) url: String,
    pub(super) database: PathBuf,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) pid: u32,
}

impl Running {
    /// The one that is up, if its process still is what it was.
    pub(super) fn find(place: &Place, app: App) -> Result<Option<Self>> {
        let file = state_file(place, app);
        let Ok(json) = fs::read(&file) else {
            return Ok(None);
        };
        let running: Self = serde_json::from_slice(&json)
            .with_context(|| format!("{} is not as expected", file.display()))?;
        Ok(running.is_alive().then_some(running))
    }

    /// Ends it, by request first.
    pub(super) fn end(&self, place: &Place) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.pid)?);
        for signal in [Signal::SIGTERM, Signal::SIGKILL] {
            kill(pid, signal).ok();
            let gone = process::wait_for(ENDS_WITHIN, || Ok((!self.is_alive()).then_some(())))?;
            if gone.is_some() {
                break;
            }
        }
        fs::remove_file(place.apps().join(&self.app).join("run/state.json"))?;
        Ok(())
    }

    /// A pid may have gone to another program: ours names its database.
    fn is_alive(&self) -> bool {
        command_line(&self.pid.to_string())
            .is_some_and(|words| words.contains(&*self.database.to_string_lossy()))
    }
}

fn run_folder(place: &Place, app: App) -> PathBuf {
    app.folder(place).join("run")
}

fn state_file(place: &Place, app: App) -> PathBuf {
    run_folder(place, app).join("state.json")
}

/// Starts it and waits until it listens.
pub(super) fn start(context: &Context, app: App, python: &Path, how: &Start) -> Result<Running> {
    let folder = run_folder(&context.place, app);
    if how.fresh {
        clear(&folder)?;
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
    let output = folder.join("output");
    let mut child = command(context, app, python, how, &folder)
        .stdin(Stdio::null())
        .stdout(File::create(&output)?)
        .stderr(File::create(folder.join("errors"))?)
        .process_group(0)
        .spawn()?;
    let said = process::wait_for(STARTS_WITHIN, || {
        let ended = child.try_wait()?;
        let said = ready_line(&fs::read_to_string(&output)?);
        match (said, ended) {
            (None, Some(status)) => {
                let errors = fs::read_to_string(folder.join("errors"))?;
                bail!("{} ended at its start ({status}):\n{errors}", app.name())
            }
            (said, _) => Ok(said),
        }
    })?;
    let Some(said) = said else {
        child.kill()?;
        bail!("{} does not start; see {}", app.name(), folder.join("errors").display());
    };
    let mut running: Running = serde_json::from_str(&said)?;
    app.name().clone_into(&mut running.app);
    keep(&running, &state_file(&context.place, app))?;
    Ok(running)
}

fn command(context: &Context, app: App, python: &Path, how: &Start, folder: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(app.source(context).join("run.py"));
    command.arg("--db").arg(folder.join("app.db"));
    command.args(["--port", &how.port.to_string()]);
    command.env("PYTHONPATH", app.packages(&context.place));
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONNOUSERSITE", "1");
    command.current_dir(folder);
    command
}

/// What stands behind READY, once that line is whole.
fn ready_line(output: &str) -> Option<String> {
    let mut lines = output.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    lines.find_map(|line| line.strip_prefix("READY ")).map(|json| json.trim().to_owned())
}

fn keep(running: &Running, file: &Path) -> Result<()> {
    if file.exists() {
        fs::remove_file(file)?;
    }
    let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    serde_json::to_writer(opened, running)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_line_is_ready() {
        assert_eq!(ready_line("warning\nREADY {\"a\":1"), None);
        assert_eq!(ready_line("warning\nREADY {}\n"), Some("{}".to_owned()));
        assert_eq!(ready_line(""), None);
    }
}
