//! Finding the browser's own binary, not a wrapper around it: what we start is what we can end.

use crate::process;
use crate::say::Unavailable;
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Where distributions put the binary itself, best first.
const KNOWN: [&str; 9] = [
    "/usr/lib/chromium/chromium-headless-shell",
    "/usr/lib64/chromium-browser/headless_shell",
    "/opt/google/chrome/chrome",
    "/opt/google/chrome-beta/chrome",
    "/usr/lib/chromium/chromium",
    "/usr/lib64/chromium-browser/chromium-browser",
    "/usr/lib/chromium-browser/chromium-browser",
    "/opt/chromium/chrome",
    "/opt/chrome-headless-shell/chrome-headless-shell",
];

/// Names that lead to a binary, or to nothing worse than a script that ends in one.
const NAMES: [&str; 5] = [
    "chrome-headless-shell",
    "google-chrome-stable",
    "google-chrome",
    "chromium",
    "chromium-browser",
];

/// The browser: the named one, or the best that is installed.
pub(super) fn find(named: Option<&Path>) -> Result<Option<PathBuf>> {
    let Some(named) = named.filter(|named| !named.as_os_str().is_empty()) else {
        return Ok(installed());
    };
    let path = process::on_path(&named.to_string_lossy()).unwrap_or_else(|| named.to_owned());
    if process::is_program(&path) {
        return Ok(Some(path));
    }
    Err(Unavailable(format!("CHROME names {}, which is not a program", named.display())).into())
}

fn installed() -> Option<PathBuf> {
    let known = KNOWN.iter().map(PathBuf::from).filter(|file| process::is_program(file));
    let named = NAMES.iter().filter_map(|name| process::on_path(name));
    known.chain(named).find(|file| !is_snap(file))
}

/// Snap's launchers confine the browser to paths and sockets that we cannot use.
fn is_snap(file: &Path) -> bool {
    let target = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let leads_there = target.starts_with("/snap") || target.ends_with("bin/snap");
    let is_small = fs::metadata(&target).is_ok_and(|about| about.len() < 64 * 1024);
    leads_there
        || (is_small && fs::read_to_string(&target).is_ok_and(|text| text.contains("/snap/")))
}

/// Asks the browser for its version: the proof that it starts here.
pub(super) fn version(chrome: &Path) -> Result<String> {
    process::probe(Command::new(chrome).arg("--version"), Duration::from_secs(20)).map_err(
        |error| {
            Unavailable(format!("the browser {} does not start: {error:#}", chrome.display()))
                .into()
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_browser_that_is_no_program_is_refused() {
        let no_program = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let error = find(Some(Path::new(no_program))).unwrap_err();
        assert!(error.to_string().contains(no_program));
    }

    #[test]
    fn an_empty_name_is_none() {
        assert_eq!(find(Some(Path::new(""))).unwrap(), installed());
    }
}
