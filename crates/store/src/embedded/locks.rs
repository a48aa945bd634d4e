//! Two locks on files: whose turn it is to start or stop the server, and who uses it.

use super::EmbeddedError;
use super::place::Place;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;

const PATIENCE: Duration = Duration::from_mins(1);
const AGAIN: Duration = Duration::from_millis(20);

/// The right to start or stop the server; held for as long as that takes.
pub(super) struct Turn {
    _file: File,
}

impl Turn {
    pub(super) async fn take(root: &Path) -> Result<Self, EmbeddedError> {
        let path = root.join("turn.lock");
        let file = open(&path)?;
        let deadline = Instant::now() + PATIENCE;
        while !try_exclusive(&file, &path)? {
            if Instant::now() >= deadline {
                return Err(EmbeddedError::Busy(root.to_owned()));
            }
            tokio::time::sleep(AGAIN).await;
        }
        Ok(Self { _file: file })
    }
}

/// One process that uses the server; it is counted for as long as this lives.
#[derive(Debug)]
pub(super) struct Usage {
    file: File,
}

impl Usage {
    /// Begins to use the server. Needs the turn: nobody stops it at the same time.
    pub(super) fn begin(place: &Place) -> Result<Self, EmbeddedError> {
        let path = place.users();
        let file = open(&path)?;
        file.lock_shared().map_err(EmbeddedError::file("locking", path))?;
        Ok(Self { file })
    }

    /// Ends using it, and tells whether nobody else does. Needs the turn.
    pub(super) fn end_is_last(self, place: &Place) -> Result<bool, EmbeddedError> {
        drop(self.file);
        let path = place.users();
        try_exclusive(&open(&path)?, &path)
    }
}

fn open(path: &Path) -> Result<File, EmbeddedError> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(EmbeddedError::file("opening", path))
}

fn try_exclusive(file: &File, path: &Path) -> Result<bool, EmbeddedError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(cause)) => Err(EmbeddedError::file("locking", path)(cause)),
    }
}
