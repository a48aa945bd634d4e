//! `cargo xtask check`: everything that can be said of the code without running it.

mod layers;
mod tidy;

use crate::process;
use crate::say::{complain, say, seconds};
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::time::Instant;

/// A gate: its name and what it demands.
type Gate = (&'static str, fn(&Workspace) -> Result<()>);

/// Cheap ones first, so that one hears of them at once.
const GATES: [Gate; 5] = [
    ("tidy", tidy),
    ("layers", layers),
    ("format", format),
    ("clippy", clippy),
    ("documentation", documentation),
];

/// Goes through all gates, and fails if one did.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut failed = Vec::new();
    for (name, gate) in GATES {
        let start = Instant::now();
        match gate(workspace) {
            Ok(()) => say!("check: {name} is fine ({})", seconds(start.elapsed())),
            Err(error) => {
                complain(format_args!("check: {name} is not: {error:#}"));
                failed.push(name);
            }
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    bail!("not through the gate: {}", failed.join(", "))
}

fn tidy(workspace: &Workspace) -> Result<()> {
    tidy::check(workspace)
}

fn layers(workspace: &Workspace) -> Result<()> {
    layers::check(&workspace.metadata)
}

fn format(workspace: &Workspace) -> Result<()> {
    component(workspace, "fmt", "rustfmt")?;
    process::run(&mut workspace.cargo(&["fmt", "--all", "--", "--check", "-l"]))
        .context("`cargo fmt` puts it right")
}

fn clippy(workspace: &Workspace) -> Result<()> {
    component(workspace, "clippy", "clippy")?;
    let mut command = workspace.cargo(&["clippy", "--workspace", "--all-targets", "--locked"]);
    process::run(command.args(["--quiet", "--", "-D", "warnings"]))
}

fn documentation(workspace: &Workspace) -> Result<()> {
    let mut command = workspace.cargo(&["doc", "--workspace", "--no-deps", "--locked", "--quiet"]);
    command.arg("--document-private-items");
    process::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// Toolchains come with or without these.
fn component(workspace: &Workspace, subcommand: &str, component: &str) -> Result<()> {
    process::capture(&mut workspace.cargo(&[subcommand, "--version"]))
        .map(drop)
        .with_context(|| format!("`rustup component add {component}` brings what is missing"))
}
