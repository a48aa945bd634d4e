//! The server's process as its files tell of it: whether it lives, and how it is stopped.

use super::EmbeddedError;
use super::place::Place;
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::ErrorKind;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Duration;

/// How long a fast stop may take, and an immediate one after it.
const FAST: Duration = Duration::from_secs(30);
const IMMEDIATE: Duration = Duration::from_secs(10);

const LOOK: Duration = Duration::from_millis(20);

/// A live server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Postmaster {
    pub(super) pid: u32,
    pub(super) port: u16,
}

impl Postmaster {
    /// The server that runs on our data, if one does. A file that names somebody else's process is
    /// removed: Postgres would take that process for itself and refuse to start.
    pub(super) fn running(place: &Place) -> Result<Option<Self>, EmbeddedError> {
        let path = place.pid_file();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(EmbeddedError::file("reading", path)(error)),
        };
        let mut lines = text.lines();
        let pid = lines.next().and_then(|line| line.trim().parse().ok());
        // pid, data directory, start time, port, and more
        let port = lines.nth(2).and_then(|line| line.trim().parse().ok());
        match (pid, port) {
            (Some(pid), Some(port)) if is_ours(pid, &place.data()) => Ok(Some(Self { pid, port })),
            (Some(pid), _) if exists(pid) => {
                tracing::warn!("{} names a process that is not ours: removing it", path.display());
                std::fs::remove_file(&path).map_err(EmbeddedError::file("removing", path))?;
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    pub(super) fn is_alive(self, place: &Place) -> bool {
        is_ours(self.pid, &place.data())
    }

    /// Whether it says that it takes connections. Before that, whoever answers on its port is
    /// somebody else, or it would only refuse.
    pub(super) fn is_ready(self, place: &Place) -> bool {
        let text = std::fs::read_to_string(place.pid_file()).unwrap_or_default();
        let mut lines = text.lines().map(str::trim);
        lines.next() == Some(self.pid.to_string().as_str()) && lines.nth(6) == Some("ready")
    }

    pub(super) async fn gone(self, place: &Place) {
        while self.is_alive(place) {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Disconnects everyone and stops; if that takes too long, stops as after a crash.
    pub(super) async fn stop(self, place: &Place) -> Result<(), EmbeddedError> {
        for (signal, patience) in [(Signal::SIGINT, FAST), (Signal::SIGQUIT, IMMEDIATE)] {
            if !self.is_alive(place) {
                return Ok(());
            }
            self.signal(signal);
            if tokio::time::timeout(patience, self.gone(place)).await.is_ok() {
                return Ok(());
            }
        }
        Err(EmbeddedError::DoesNotStop(self.pid))
    }

    fn signal(self, signal: Signal) {
        let Ok(pid) = i32::try_from(self.pid) else {
            return;
        };
        match kill(Pid::from_raw(pid), signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => tracing::warn!("{signal} cannot be sent to process {pid}: {error}"),
        }
    }
}

/// Whether this process was started on our data. A dead one that nobody has buried has no arguments
/// any more, so it does not count.
pub(super) fn is_ours(pid: u32, data: &Path) -> bool {
    let Ok(arguments) = std::fs::read(format!("/proc/{pid}/cmdline")) else {
        return !Path::new("/proc/self/cmdline").exists() && exists(pid);
    };
    arguments.split(|byte| *byte == 0).any(|argument| argument == data.as_os_str().as_bytes())
}

fn exists(pid: u32) -> bool {
    i32::try_from(pid).is_ok_and(|pid| kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH))
}
