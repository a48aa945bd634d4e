//! The command line: what can be asked for, and who does it.

use crate::place::Place;
use crate::setup::Machine;
use crate::workspace::Workspace;
use crate::{apps, bench, check, demo, deploy, fuzz, setup, sqlx, test};
use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Set-up, gates, tests and benchmarks of Waymark.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// Where things are. The defaults suit a fresh machine.
#[derive(Args)]
pub(crate) struct Settings {
    /// Folder for Postgres, the model and the fixtures [default: /var/lib/waymark as root, else
    /// the `waymark` folder of the XDG data directory].
    #[arg(long, env = "WAYMARK_DATA_DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// The Chrome, Chromium or headless-shell binary to use instead of the one that is found.
    #[arg(long, env = "CHROME", global = true)]
    chrome: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing: headless Chromium, Postgres with pgvector, the embedder.
    Setup,
    /// Set up, build, and run the demo; it stays up until you end it.
    Demo {
        /// End when the demo's tasks have ended.
        #[arg(long)]
        exit: bool,
    },
    /// Set up, build, and run every test against real Postgres, Chromium and applications.
    Test(test::TestArgs),
    /// Formatting, lints, layers, tidiness and documentation; needs no set-up.
    Check,
    /// `check`, `deploy check`, then `test`.
    Ci,
    /// Real applications, written by other people, to test against.
    #[command(subcommand)]
    Apps(apps::AppsCommand),
    /// Run a benchmark in release mode: `browser`, `queue`, `drift`, `recall`, `memory`.
    Bench(bench::BenchArgs),
    /// Prove what deploy/ holds: its files, its dashboards and alerts, a run's trace.
    #[command(subcommand)]
    Deploy(deploy::DeployCommand),
    /// Fuzz the running API with schemathesis, from its OpenAPI document.
    FuzzApi(fuzz::FuzzArgs),
    /// For maintainers: the committed descriptions of the store's queries (needs sqlx-cli).
    #[command(subcommand)]
    Sqlx(sqlx::Wanted),
}

/// What every task works with.
pub(crate) struct Context {
    pub(crate) workspace: Workspace,
    pub(crate) place: Place,
    pub(crate) chrome: Option<PathBuf>,
}

impl Context {
    /// Installs what is missing, or says what to install.
    pub(crate) fn set_up(&self) -> Result<Machine> {
        setup::set_up(&self.place, self.chrome.as_deref())
    }
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> Result<()> {
    let Cli { settings, command } = Cli::parse();
    let context = Context {
        workspace: Workspace::find()?,
        place: Place::new(settings.data_dir)?,
        chrome: settings.chrome,
    };
    match command {
        Command::Setup => context.set_up().map(drop),
        Command::Demo { exit } => demo::run(&context, exit),
        Command::Test(args) => test::run(&context, &args),
        Command::Check => check::run(&context.workspace),
        Command::Ci => {
            check::run(&context.workspace)?;
            deploy::check(&context)?;
            test::run(&context, &test::TestArgs::default())
        }
        Command::Apps(command) => apps::run(&context, command),
        Command::Bench(args) => bench::run(&context, &args),
        Command::Deploy(command) => deploy::run(&context, command),
        Command::FuzzApi(args) => fuzz::run(&context, &args),
        Command::Sqlx(wanted) => sqlx::run(&context, wanted),
    }
}
