//! Where Chromium usually is.

use std::path::PathBuf;

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
