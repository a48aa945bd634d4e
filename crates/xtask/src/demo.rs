//! `cargo xtask demo`: everything from nothing to a running service with a few tasks done.

use crate::cli::Context;
use crate::{process, test};
use anyhow::{Context as _, Result};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Sets up, builds, and becomes `waymark demo`.
pub(crate) fn run(context: &Context, exit: bool) -> Result<()> {
    let machine = context.set_up()?;
    process::run(&mut context.workspace.cargo(&["build", "--locked", "--package=waymark"]))?;
    let binary = context.workspace.binary("debug", "waymark");
    let mut command = Command::new(&binary);
    command.arg("demo").args(exit.then_some("--exit"));
    command.env("WAYMARK_DATA_DIR", context.place.data());
    test::name_parts(&mut command, &context.place, &machine);
    // Signals and the exit code are then the demo's own.
    Err(command.exec()).with_context(|| format!("cannot run {}", binary.display()))
}
