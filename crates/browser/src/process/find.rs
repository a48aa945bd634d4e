//! Where Chromium usually is.

use crate::error::StartError;
use nix::unistd::{AccessFlags, access};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Real binaries. `/usr/bin/chromium-headless-shell` and its like are wrapper scripts that do not
/// `exec`: killing one leaves Chrome running.
const CANDIDATES: &[&str] = &[
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/lib/chromium/chrome-headless-shell",
    "/usr/lib64/chromium-browser/headless_shell",
    "/usr/lib/chromium/chromium",
    "/usr/lib/chromium-browser/chromium-browser",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/opt/google/chrome/chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// The first Chromium found on this machine, the headless shell first: it starts faster and takes
/// a third of the memory of the full browser.
#[must_use]
pub fn find_chromium() -> Option<PathBuf> {
    CANDIDATES.iter().map(PathBuf::from).find(|path| path.is_file())
}

/// Whether everything is there that a start needs, so that what is missing is called by its name.
pub(super) fn check(executable: &Path) -> Result<(), StartError> {
    let lacks = |why: String| StartError::NoBrowser { executable: executable.to_owned(), why };
    match std::fs::metadata(executable) {
        Ok(meta) if meta.is_file() => {}
        Ok(_) => return Err(lacks("it is not a file".into())),
        Err(error) => return Err(lacks(error.to_string())),
    }
    access(executable, AccessFlags::X_OK).map_err(|error| lacks(error.desc().into()))?;
    Command::new("setpriv")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .map(|_| ())
        .map_err(StartError::NoSetpriv)
}
