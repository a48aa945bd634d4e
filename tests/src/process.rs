//! A process of the real binary.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use tokio::process::{Child, Command};

/// A process of the real binary; killed when dropped.
pub struct Process {
    child: Child,
    log: PathBuf,
}

/// The binary under test, as `cargo xtask test` names it.
///
/// # Panics
/// The variable is not set.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the test command passes it")]
pub fn binary() -> PathBuf {
    let path = std::env::var("WAYMARK_BIN");
    PathBuf::from(path.expect("WAYMARK_BIN is not set: run the tests with `cargo xtask test`"))
}

impl Process {
    /// Starts the binary with its log in a file.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn spawn(command: &mut Command, log: &Path) -> Self {
        let file = std::fs::File::options().create(true).append(true).open(log).unwrap();
        let child = command
            .stderr(Stdio::from(file))
            .stdout(Stdio::piped())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary starts");
        Self { child, log: log.to_owned() }
    }

    /// The first line on its standard output.
    ///
    /// # Panics
    /// It ended before it wrote one; the log is shown.
    pub async fn first_line(&mut self) -> String {
        use tokio::io::AsyncBufReadExt as _;
        let stdout = self.child.stdout.take().expect("read once");
        let mut lines = tokio::io::BufReader::new(stdout).lines();
        let line = lines.next_line().await.unwrap();
        line.unwrap_or_else(|| panic!("it ended early:\n{}", self.log()))
    }

    /// Sends a signal.
    ///
    /// # Panics
    /// The process is gone already.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("the process lives");
    }

    /// Its process id.
    ///
    /// # Panics
    /// The process is gone already.
    #[must_use]
    pub fn pid(&self) -> Pid {
        let id = self.child.id().expect("the process lives");
        Pid::from_raw(i32::try_from(id).unwrap())
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// It does not end within a minute.
    pub async fn wait(&mut self) -> ExitStatus {
        let patience = std::time::Duration::from_mins(1);
        tokio::time::timeout(patience, self.child.wait()).await.expect("it ends").unwrap()
    }

    /// What it has logged.
    ///
    /// # Panics
    /// The log cannot be read.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}
