//! Ctrl-C and friends: the child in front is told, we live on to clean up behind it.

use crate::process;
use anyhow::{Context, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// From the moment this exists, signals no longer end xtask; they end what it waits for.
#[derive(Clone)]
pub(crate) struct Interrupts(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    /// The process group that is told.
    front: Option<Pid>,
    /// How often we were asked to stop.
    asked: u32,
}

impl Interrupts {
    /// Begins to listen.
    pub(crate) fn catch() -> Result<Self> {
        let this = Self(Arc::default());
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let teller = this.clone();
        thread::spawn(move || {
            for signal in &mut signals {
                teller.tell(signal);
            }
        });
        Ok(this)
    }

    /// Starts a command in a process group of its own, the one that signals go to from now on.
    pub(crate) fn start(&self, command: &mut Command) -> Result<Child> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        anyhow::ensure!(state.asked == 0, "interrupted");
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot run `{}`", process::shown(command)))?;
        state.front = Some(Pid::from_raw(i32::try_from(child.id())?));
        Ok(child)
    }

    /// Runs a command to its end; anything but success is an error, as is having been interrupted.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        let status = self.start(command)?.wait()?;
        self.check()?;
        process::expect_success(command, status)
    }

    /// Fails if somebody asked us to stop.
    pub(crate) fn check(&self) -> Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.front = None;
        anyhow::ensure!(state.asked == 0, "interrupted");
        Ok(())
    }

    fn tell(&self, signal: i32) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked += 1;
        let signal = match (state.asked, Signal::try_from(signal)) {
            (1, Ok(signal)) => signal,
            _ => Signal::SIGKILL,
        };
        if let Some(group) = state.front {
            killpg(group, signal).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn the_first_signal_is_passed_on_and_the_second_kills() {
        let interrupts = Interrupts(Arc::default());
        let mut deaf = Command::new("sh");
        // The shell says so once it no longer listens; without that, the signal could come first.
        deaf.args(["-c", "trap '' TERM; echo deaf; read forever"])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped());
        let mut child = interrupts.start(&mut deaf).unwrap();
        let mut word = [0; 5];
        std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut word).unwrap();
        interrupts.tell(SIGTERM);
        assert_eq!(child.try_wait().unwrap(), None);
        interrupts.tell(SIGTERM);
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        assert!(interrupts.check().is_err());
        assert!(interrupts.start(&mut Command::new("true")).is_err());
    }
}
