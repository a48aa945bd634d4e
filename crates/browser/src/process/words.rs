//! What Chrome writes: kept while it starts, to be quoted when it does not, and thrown away from
//! then on. Pages can make it write, their secrets included, so none of it ever reaches a disk.

use nix::sys::stat::Mode;
use std::io;
use std::path::Path;
use tokio::net::unix::pipe::{OpenOptions, Receiver};

/// How much is kept at most.
const KEPT: usize = 64 << 10;

/// The reading end of a named pipe that the launcher script makes Chrome's stderr.
pub(super) struct Words {
    pipe: Receiver,
    kept: Vec<u8>,
}

impl Words {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        nix::unistd::mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR)?;
        Ok(Self { pipe: OpenOptions::new().open_receiver(path)?, kept: Vec::new() })
    }

    /// Takes what was written until now.
    pub(super) fn listen(&mut self) {
        let mut some = [0; 8 << 10];
        while let Ok(count @ 1..) = self.pipe.try_read(&mut some) {
            self.kept.extend_from_slice(&some[..count]);
            let excess = self.kept.len().saturating_sub(KEPT);
            self.kept.drain(..excess);
        }
    }

    /// The last lines.
    pub(super) fn last(&mut self) -> String {
        self.listen();
        let text = String::from_utf8_lossy(&self.kept);
        // Stack traces, and complaints about a desktop that is not there, explain nothing.
        let telling = |line: &&str| {
            !line.trim().is_empty() && !line.starts_with('#') && !line.contains("dbus/")
        };
        let lines: Vec<&str> = text.lines().filter(telling).collect();
        let last = &lines[lines.len().saturating_sub(3)..];
        if last.is_empty() { "it wrote nothing".into() } else { last.join("; ") }
    }

    /// Reads on, so that Chrome is not held up, and keeps nothing.
    pub(super) async fn ignore(self) {
        let Self { pipe, kept } = self;
        drop(kept);
        let mut some = [0; 8 << 10];
        loop {
            let waited = pipe.readable().await;
            match pipe.try_read(&mut some) {
                Ok(1..) => {}
                Err(error) if waited.is_ok() && error.kind() == io::ErrorKind::WouldBlock => {}
                Ok(0) | Err(_) => return,
            }
        }
    }
}
