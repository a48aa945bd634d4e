//! `cargo xtask test`: every test, against a real Postgres, Chromium and applications.

mod tally;

use crate::apps;
use crate::cli::Context;
use crate::interrupt::Interrupts;
use crate::place::Place;
use crate::postgres::Throwaway;
use crate::say::{note, say, seconds};
use crate::setup::Machine;
use crate::workspace::Workspace;
use anyhow::{Result, bail};
use clap::Args;
use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tally::Tally;

/// What to test.
#[derive(Args, Default)]
pub(crate) struct TestArgs {
    /// Only the tests of this crate; may be repeated.
    #[arg(short, long, value_name = "CRATE")]
    package: Vec<String>,
    /// Arguments for the test programs: a filter, `--nocapture`, `--test-threads=1`.
    #[arg(last = true)]
    passed_on: Vec<String>,
}

impl TestArgs {
    /// The end-to-end tests do; most crates do without.
    fn drives_the_binary(&self) -> bool {
        self.package.is_empty() || self.package.iter().any(|name| name == "tests")
    }
}

/// Sets up, builds, tests, and tells.
pub(crate) fn run(context: &Context, args: &TestArgs) -> Result<()> {
    let mut clock = Laps::default();
    let machine = context.set_up()?;
    apps::install_all(context, &machine)?;
    clock.lap("set-up");
    let interrupts = Interrupts::catch()?;
    build(&context.workspace, args, &interrupts)?;
    clock.lap("build");
    let database = Throwaway::start(&context.place)?;
    clock.lap("database");
    let mut command = context.workspace.cargo(&["test", "--locked", "--no-fail-fast"]);
    choose(&mut command, args);
    command.arg("--").args(&args.passed_on);
    set_environment(&mut command, context, &machine, &database);
    let tally = test(&interrupts, &mut command);
    clock.lap("tests");
    drop(database);
    interrupts.check()?;
    let tally = tally?;
    tell(&tally, &clock);
    tally.verdict()
}

/// Everything is built before the clock of the tests runs, the binary that they drive included.
fn build(workspace: &Workspace, args: &TestArgs, interrupts: &Interrupts) -> Result<()> {
    note!("test: building");
    if args.drives_the_binary() {
        interrupts.run(&mut workspace.cargo(&["build", "--locked", "--package=waymark"]))?;
    }
    let mut command = workspace.cargo(&["test", "--locked", "--no-run", "--quiet"]);
    choose(&mut command, args);
    interrupts.run(&mut command)
}

fn choose(command: &mut Command, args: &TestArgs) {
    if args.package.is_empty() {
        command.arg("--workspace");
    }
    for package in &args.package {
        command.args(["--package", package]);
    }
}

/// What the tests find in their environment, and nothing of the user's own Waymark.
fn set_environment(
    command: &mut Command,
    context: &Context,
    machine: &Machine,
    database: &Throwaway,
) {
    forget_settings(command);
    let binary = context.workspace.binary("debug", "waymark");
    command.env("WAYMARK_TEST_DATABASE_URL", database.url());
    command.env("WAYMARK_BIN", binary);
    name_parts(command, &context.place, machine);
}

/// Removes what would point the tests at somebody's running service.
pub(crate) fn forget_settings(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name == "DATABASE_URL" || name.starts_with("WAYMARK_") || name.starts_with("OTEL_") {
            command.env_remove(&*name);
        }
    }
}

/// Tells a program where the installed parts are.
pub(crate) fn name_parts(command: &mut Command, place: &Place, machine: &Machine) {
    command.env("CHROME", &machine.chrome);
    command.env("WAYMARK_PYTHON", &machine.python);
    command.env("WAYMARK_PG_DIR", place.pg());
    command.env("WAYMARK_MODEL_DIR", place.model());
    command.env("WAYMARK_APPS_DIR", place.apps());
}

/// Runs the tests, showing their output as it comes and counting along.
fn test(interrupts: &Interrupts, command: &mut Command) -> Result<Tally> {
    let mut child = interrupts.start(command.stdin(Stdio::null()).stdout(Stdio::piped()))?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line?;
            let line = String::from_utf8_lossy(&line);
            say!("{line}");
            tally.read(&line);
        }
    }
    let status = child.wait()?;
    if !status.success() && tally.failed == 0 {
        bail!("a test program did not come to its end ({status}): see above");
    }
    Ok(tally)
}

fn tell(tally: &Tally, clock: &Laps) {
    say!("\ntime: {}", clock.in_words());
    for name in &tally.failures {
        say!("failed: {name}");
    }
    // In this form, alone on its line, other programs know the count.
    say!("{} passed, {} failed", tally.passed, tally.failed);
}

/// How long each part took.
struct Laps {
    since: Instant,
    laps: Vec<(&'static str, Duration)>,
}

impl Default for Laps {
    fn default() -> Self {
        Self { since: Instant::now(), laps: Vec::new() }
    }
}

impl Laps {
    fn lap(&mut self, name: &'static str) {
        let now = Instant::now();
        self.laps.push((name, now - self.since));
        self.since = now;
    }

    fn in_words(&self) -> String {
        let laps = self.laps.iter();
        let words: Vec<_> = laps.map(|(name, time)| format!("{name} {}", seconds(*time))).collect();
        words.join(", ")
    }
}
