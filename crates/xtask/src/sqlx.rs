//! The committed descriptions of the store's queries: checked or written against a fresh database.

use crate::cli::Context;
use crate::interrupt::Interrupts;
use crate::postgres::Throwaway;
use crate::process;
use crate::say::{Unavailable, say};
use crate::workspace::forget_us;
use anyhow::Result;
use clap::Subcommand;
use std::path::Path;
use std::process::Command;

const INSTALL: &str = "cargo install sqlx-cli@0.9.0 --no-default-features --features postgres";

/// What to do with the descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(crate) enum Wanted {
    /// Fail when they are stale.
    Check,
    /// Write them.
    Prepare,
}

/// Migrates a throw-away database and lets sqlx-cli compare or write.
pub(crate) fn run(context: &Context, wanted: Wanted) -> Result<()> {
    if process::on_path("sqlx").is_none() {
        return Err(Unavailable(format!("this needs sqlx-cli: `{INSTALL}`")).into());
    }
    context.set_up()?;
    let interrupts = Interrupts::catch()?;
    let database = Throwaway::start(&context.place)?;
    let store = context.workspace.root().join("crates/store");
    let migrations = context.workspace.root().join("migrations");
    let mut migrate = sqlx(&database, &store);
    migrate.args(["migrate", "run", "--source"]).arg(migrations);
    interrupts.run(&mut migrate)?;
    let mut prepare = sqlx(&database, &store);
    prepare.arg("prepare").args((wanted == Wanted::Check).then_some("--check"));
    interrupts.run(&mut prepare)?;
    say!("sqlx: the descriptions in crates/store/.sqlx are fresh");
    Ok(())
}

fn sqlx(database: &Throwaway, folder: &Path) -> Command {
    let mut command = Command::new("sqlx");
    forget_us(&mut command);
    command.current_dir(folder).env("DATABASE_URL", database.url()).env("SQLX_OFFLINE", "false");
    // Called by its own name it does not know which cargo to ask.
    command.env("CARGO", std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
}
