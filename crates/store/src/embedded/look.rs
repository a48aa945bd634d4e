//! Looking at the server without touching anything: for those who only want to know.

use super::postmaster::is_ours;
use super::{EmbeddedError, EmbeddedOptions, NAME, place};
use std::io::ErrorKind;
use std::path::Path;

/// How the server is.
#[derive(Clone, PartialEq, Eq)]
pub enum Look {
    /// Its programs are not there.
    NotInstalled,
    /// It has never been started; the first start makes its data.
    Fresh,
    /// It has data and does not run.
    Stopped,
    /// It runs.
    Running {
        /// Where it listens; a secret, for it holds the password.
        url: String,
        /// Its process.
        pid: u32,
    },
}

impl std::fmt::Debug for Look {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotInstalled => f.write_str("NotInstalled"),
            Self::Fresh => f.write_str("Fresh"),
            Self::Stopped => f.write_str("Stopped"),
            Self::Running { pid, .. } => {
                f.debug_struct("Running").field("pid", pid).finish_non_exhaustive()
            }
        }
    }
}

pub(super) fn look(options: &EmbeddedOptions) -> Result<Look, EmbeddedError> {
    let Some(root) = canonical(&options.data_dir)? else {
        return installed(options, Look::Fresh);
    };
    let data = place::data_of(&root);
    if read(&data.join("PG_VERSION"))?.is_none() {
        return installed(options, Look::Fresh);
    }
    let running = read(&data.join("postmaster.pid"))?.and_then(|text| {
        // pid, data directory, start time, port, and more
        let mut lines = text.lines().map(str::trim);
        let pid = lines.next()?.parse().ok()?;
        Some((pid, lines.nth(2)?.parse::<u16>().ok()?))
    });
    let Some((pid, port)) = running.filter(|(pid, _)| is_ours(*pid, &data)) else {
        return installed(options, Look::Stopped);
    };
    let file = root.join("password");
    let Some(password) = read(&file)? else {
        return Err(EmbeddedError::NoPassword { data, password: file });
    };
    let url = format!("postgres://{NAME}:{}@127.0.0.1:{port}/{NAME}", password.trim());
    Ok(Look::Running { url, pid })
}

fn installed(options: &EmbeddedOptions, look: Look) -> Result<Look, EmbeddedError> {
    match place::bin(&options.install_dir) {
        Ok(_) => Ok(look),
        Err(EmbeddedError::NotInstalled(_)) => Ok(Look::NotInstalled),
        Err(error) => Err(error),
    }
}

fn canonical(path: &Path) -> Result<Option<std::path::PathBuf>, EmbeddedError> {
    match std::fs::canonicalize(path) {
        Ok(path) => Ok(Some(path)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(EmbeddedError::file("finding", path)(error)),
    }
}

fn read(path: &Path) -> Result<Option<String>, EmbeddedError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(EmbeddedError::file("reading", path)(error)),
    }
}
