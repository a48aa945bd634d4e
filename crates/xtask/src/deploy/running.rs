//! A program in the background, with a log, for as long as this lives.

use crate::process;
use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const STOPS_WITHIN: Duration = Duration::from_secs(45);

/// A program of ours. When it is dropped it is told to stop, and then made to.
pub(super) struct Running {
    name: String,
    process: Child,
    log: PathBuf,
}

impl Running {
    /// Starts it in a process group of its own. What it prints goes to `NAME.out` and `NAME.log`.
    pub(super) fn start(name: &str, command: &mut Command, folder: &Path) -> Result<Self> {
        let log = folder.join(format!("{name}.log"));
        command.stdin(Stdio::null()).stderr(File::create(&log)?);
        command.stdout(File::create(folder.join(format!("{name}.out")))?);
        let process = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run `{}`", process::shown(command)))?;
        Ok(Self { name: name.to_owned(), process, log })
    }

    /// Asks until there is an answer; an error if the program ends before, or takes too long.
    pub(super) fn until<T>(
        &mut self,
        patience: Duration,
        mut ask: impl FnMut() -> Option<T>,
    ) -> Result<T> {
        let answer = process::wait_for(patience, || {
            if let Some(answer) = ask() {
                return Ok(Some(answer));
            }
            match self.process.try_wait()? {
                Some(status) => bail!("{} ended ({status})", self.name),
                None => Ok(None),
            }
        });
        match answer {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => bail!("{} is not there after {patience:?}: {}", self.name, self.said()),
            Err(error) => Err(error.context(self.said())),
        }
    }

    fn said(&self) -> String {
        let said = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = said.lines().rev().take(30).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Ok(pid) = i32::try_from(self.process.id()) else { return };
        for signal in [Signal::SIGTERM, Signal::SIGKILL] {
            killpg(Pid::from_raw(pid), signal).ok();
            if process::wait(&mut self.process, STOPS_WITHIN).is_ok_and(|end| end.is_some()) {
                break;
            }
        }
    }
}
