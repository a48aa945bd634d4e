//! Whether there is a browser, and whether it starts here.

use super::check::Check;
use crate::app;
use crate::settings::{BrowserArgs, DataArgs};
use anyhow::{Context as _, Result};
use browser::{BrowserOptions, BrowserPool, BrowserSource};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

const WHAT: &str = "browser";

/// Starts the browser, with a profile in a temporary directory, and ends it.
pub(super) async fn starts(data: &DataArgs, args: &BrowserArgs) -> Check {
    let source = match app::browser_source(data, args) {
        Ok(source) => source,
        Err(error) => {
            let how = "or `cargo xtask setup`, which installs it";
            return Check::missing(WHAT, error.to_string(), how);
        }
    };
    match try_out(source).await {
        Ok(detail) => Check::ok(WHAT, detail),
        Err(error) => Check::failed(WHAT, &error),
    }
}

async fn try_out(source: BrowserSource) -> Result<String> {
    let scratch = scratch()?;
    let (name, source) = match source {
        BrowserSource::Local { executable, run_as, .. } => {
            let name = version(&executable).await;
            let profiles_dir = scratch.path().join("profiles");
            (name, BrowserSource::Local { executable, profiles_dir, run_as })
        }
        remote @ BrowserSource::Remote { .. } => ("the remote endpoint".to_owned(), remote),
    };
    let pool = BrowserPool::start(BrowserOptions::new(source)).await?;
    let health = pool.health().await;
    pool.stop().await;
    health?;
    Ok(format!("{name} starts and answers"))
}

/// A directory that the browser's own user can walk through.
fn scratch() -> Result<TempDir> {
    let dir = tempfile::tempdir().context("there is no place for temporary files")?;
    std::fs::set_permissions(dir.path(), std::fs::Permissions::from_mode(0o755))?;
    Ok(dir)
}

/// What the browser calls itself, and where it is.
async fn version(executable: &Path) -> String {
    let shown = executable.display();
    let mut command = tokio::process::Command::new(executable);
    command.arg("--version").stdin(Stdio::null()).kill_on_drop(true);
    match tokio::time::timeout(Duration::from_secs(20), command.output()).await {
        Ok(Ok(output)) if output.status.success() => {
            format!("{} ({shown})", String::from_utf8_lossy(&output.stdout).trim())
        }
        // Whether it starts is tried out next.
        _ => shown.to_string(),
    }
}
