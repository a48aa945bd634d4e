//! The script between the launching crate and Chrome, and Chrome's arguments.

use super::LaunchSpec;
use super::profile::Profile;
use crate::error::StartError;
use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// Chrome's arguments, besides port, profile and sandbox. The proxy here leads nowhere: every
/// session brings its own, and nothing outside a session has any business on the network.
///
/// `DeferRendererTasksAfterInput` holds a page's timers back after a key or a click until the next
/// frame is drawn, 8 ms on average: a person sees something sooner, but whoever waits for what the
/// page does next, as we do after every step, waits for the frame. Without it timers run in the
/// same order, only at once.
const ARGUMENTS: &[&str] = &[
    "--headless",
    // `headless_chrome` asks for every word. The last level given counts, and counts at all only
    // with the other: errors and what ends Chrome are written, and nothing of pages.
    "--enable-logging=stderr",
    "--log-level=2",
    "--no-startup-window",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-ipc-flooding-protection",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-hang-monitor",
    "--disable-popup-blocking",
    "--disable-prompt-on-repost",
    "--disable-search-engine-choice-screen",
    "--disable-sync",
    "--disable-quic",
    "--enable-automation",
    "--export-tagged-pdf",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--metrics-recording-only",
    "--mute-audio",
    "--no-pings",
    "--password-store=basic",
    "--use-mock-keychain",
    "--lang=en-US",
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-features=BackForwardCache,AcceptCHFrame,AutofillServerCommunication,\
     CertificateTransparencyComponentUpdater,DestroyProfileOnBrowserClose,DialMediaRouteProvider,\
     GlobalMediaControls,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,\
     DeferRendererTasksAfterInput,InterestFeedContentSuggestions,MediaRouter,OptimizationHints,PaintHolding,Prerender2,\
     Translate",
];

pub(super) fn arguments(spec: &LaunchSpec) -> Vec<String> {
    let (width, height) = spec.viewport;
    ARGUMENTS
        .iter()
        .map(|argument| (*argument).to_owned())
        .chain([format!("--window-size={width},{height}")])
        .collect()
}

/// Writes the script. It
/// - names the door as the browser's address (see [`super::door`]);
/// - sends Chrome's own words to us (see [`super::words`]);
/// - asks the kernel to kill Chrome when our thread ends, whatever ends it, and then looks whether
///   we are still there, for we may have been killed before the kernel was asked;
/// - drops to another user when we are root;
/// - gives Chrome an environment without ours, which may hold keys.
pub(super) fn write(
    profile: &Profile,
    spec: &LaunchSpec,
    door: u16,
) -> Result<PathBuf, StartError> {
    let mut drop_to = String::new();
    if let Some(user) = &spec.user {
        // Writing to a string cannot fail.
        write!(drop_to, " --reuid {} --regid {} --clear-groups", user.uid, user.gid).ok();
    }
    let script = format!(
        "#!/bin/sh\n\
         # Written by Waymark; see crates/browser/src/process/launcher.rs\n\
         echo 'listening on ws://127.0.0.1:{door}/devtools/browser/door' >&2\n\
         exec 2>{words}\n\
         exec setpriv --pdeathsig KILL{drop_to} \\\n\
         \x20 env -i HOME={home} PATH=/usr/bin:/bin LANG=C.UTF-8 \\\n\
         \x20 /bin/sh -c '[ \"$PPID\" = {parent} ] && exec \"$@\"' sh {executable} \"$@\"\n",
        words = quote(&profile.words()),
        home = quote(&profile.home_dir()),
        parent = std::process::id(),
        executable = quote(&spec.executable),
    );
    let path = profile.launcher();
    let failed = |source| StartError::Profile { path: path.clone(), source };
    fs::write(&path, script).map_err(failed)?;
    fs::set_permissions(&path, Permissions::from_mode(0o755)).map_err(failed)?;
    Ok(path)
}

fn quote(path: &Path) -> String {
    format!("'{}'", path.to_string_lossy().replace('\'', r"'\''"))
}
