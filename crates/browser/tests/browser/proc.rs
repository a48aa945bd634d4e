//! Processes of this machine, as `/proc` shows them.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A process, told apart from later ones with the same id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) pid: u32,
    started: String,
}

fn stat(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(')')?;
    Some(rest.split_whitespace().map(str::to_owned).collect())
}

impl Process {
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let fields = stat(pid)?;
        (fields[0] != "Z").then(|| Self { pid, started: fields[19].clone() })
    }

    pub(crate) fn is_running(&self) -> bool {
        Self::of(self.pid).as_ref() == Some(self)
    }

    pub(crate) fn kill(&self) {
        kill(Pid::from_raw(self.pid.try_into().unwrap()), Signal::SIGKILL).unwrap();
    }

    pub(crate) fn command_line(&self) -> String {
        let bytes = std::fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).replace('\0', " ")
    }
}

/// A process and everything it started.
pub(crate) fn family(pid: u32) -> Vec<Process> {
    let mut found = vec![pid];
    loop {
        let before = found.len();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let Some(other) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
                continue;
            };
            let parent = stat(other).and_then(|fields| fields[1].parse().ok());
            if parent.is_some_and(|parent: u32| found.contains(&parent)) && !found.contains(&other)
            {
                found.push(other);
            }
        }
        if found.len() == before {
            return found.into_iter().filter_map(Process::of).collect();
        }
    }
}
