//! The repository: its root, its crates, and the cargo that works on it.

use crate::process;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository and where cargo builds it.
pub(crate) struct Workspace {
    cargo: OsString,
    pub(crate) metadata: Metadata,
}

/// The part of `cargo metadata` that we read.
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    pub(crate) workspace_root: PathBuf,
    pub(crate) target_directory: PathBuf,
}

/// A crate of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) manifest_path: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// What a crate says it needs.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) kind: Option<String>,
}

impl Dependency {
    /// Whether only tests, examples and benches need it.
    pub(crate) fn is_dev(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

impl Package {
    /// The folder of its manifest.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new(""))
    }
}

impl Workspace {
    /// Asks the cargo that started us.
    pub(crate) fn find() -> Result<Self> {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(&cargo);
        command.args(["metadata", "--no-deps", "--format-version=1", "--offline"]);
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        let json = process::capture(&mut command)?;
        let metadata = serde_json::from_str(&json).context("cargo metadata is not as expected")?;
        Ok(Self { cargo, metadata })
    }

    /// The repository's root.
    pub(crate) fn root(&self) -> &Path {
        &self.metadata.workspace_root
    }

    /// A cargo command, run at the root.
    pub(crate) fn cargo(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.cargo);
        command.args(args).current_dir(self.root());
        forget_us(&mut command);
        command
    }

    /// Where a binary is after `cargo build` in this profile (`debug`, `release`).
    pub(crate) fn binary(&self, profile: &str, name: &str) -> PathBuf {
        self.metadata.target_directory.join(profile).join(name)
    }
}

/// Removes what `cargo run` told us of ourselves. Build scripts look at it, so a cargo below us that
/// sees it builds again what a plain cargo has built, and the other way round.
pub(crate) fn forget_us(command: &mut Command) {
    for (name, _) in env::vars_os() {
        if is_about_us(&name.to_string_lossy()) {
            command.env_remove(name);
        }
    }
}

fn is_about_us(name: &str) -> bool {
    let about = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"];
    about.iter().any(|start| name.starts_with(start))
        || ["CARGO", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cargo_below_us_forgets_who_we_are_and_keeps_its_settings() {
        assert!(is_about_us("CARGO_PKG_NAME"));
        assert!(is_about_us("CARGO_MANIFEST_DIR"));
        assert!(!is_about_us("CARGO_HOME"));
        assert!(!is_about_us("CARGO_TARGET_DIR"));
        assert!(!is_about_us("CARGO_NET_OFFLINE"));
    }
}
