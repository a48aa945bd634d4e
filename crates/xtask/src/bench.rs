//! `cargo xtask bench NAME`: one benchmark in release mode, with everything it compares itself to.

use crate::cli::Context;
use crate::drift;
use crate::interrupt::Interrupts;
use crate::place::Place;
use crate::postgres::end_postmaster;
use crate::process;
use crate::say::{Unavailable, note, say};
use crate::setup::{clear, replace, workbench};
use crate::test::{forget_settings, name_parts};
use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What pages are driven with for comparison: a package without a browser of its own.
const PLAYWRIGHT: &str = "playwright-core";
const PLAYWRIGHT_VERSION: &str = "1.65.1";

/// Which benchmark.
#[derive(Args)]
pub(crate) struct BenchArgs {
    /// The benchmark.
    name: Bench,
    /// drift: only this application, or this set of tasks; may be repeated.
    #[arg(long, value_name = "APP")]
    app: Vec<String>,
    /// drift: only this mode (replay, empty, own, fleet); may be repeated.
    #[arg(long)]
    mode: Vec<String>,
    /// drift: only tasks whose name contains this; may be repeated.
    #[arg(long)]
    task: Vec<String>,
    /// memory: only among so many situations, as in `10000,100000`; may be repeated.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    situations: Vec<String>,
    /// Arguments for the benchmark itself.
    #[arg(last = true)]
    passed_on: Vec<String>,
}

impl BenchArgs {
    /// What the benchmark itself is told.
    fn for_the_benchmark(&self) -> Vec<&str> {
        let options = [
            ("--app", &self.app),
            ("--mode", &self.mode),
            ("--task", &self.task),
            ("--situations", &self.situations),
        ];
        let options = options.into_iter().flat_map(|(option, values)| {
            values.iter().flat_map(move |value| [option, value.as_str()])
        });
        options.chain(self.passed_on.iter().map(String::as_str)).collect()
    }
}

/// A benchmark: the file of that name in tests/benches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Bench {
    /// Sessions, actions and whole tasks, against playwright-core and bare protocol calls.
    Browser,
    /// Enqueueing, draining and recording, against pgbench and COPY.
    Queue,
    /// Tasks recorded on old releases of real applications, on the new ones.
    Drift,
    /// Whether memory finds what is asked for in other words, among very much else.
    Recall,
    /// How fast memory answers among up to a million situations.
    Memory,
}

impl Bench {
    /// Whether it asks the service as it is, and not only its parts.
    const fn drives_the_binary(self) -> bool {
        matches!(self, Self::Browser | Self::Drift | Self::Memory)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Queue => "queue",
            Self::Drift => "drift",
            Self::Recall => "recall",
            Self::Memory => "memory",
        }
    }
}

/// Sets up, builds in release mode, and runs it.
pub(crate) fn run(context: &Context, args: &BenchArgs) -> Result<()> {
    let machine = context.set_up()?;
    let node = match args.name {
        Bench::Browser => Some(Node::provide(&context.place)?),
        _ => None,
    };
    if args.name == Bench::Drift {
        drift::provide(context, &machine.python, &args.app)?;
    }
    let interrupts = Interrupts::catch()?;
    let workspace = &context.workspace;
    interrupts.run(&mut workspace.cargo(&bench_command(args.name, "--no-run")))?;
    if args.name.drives_the_binary() {
        let build = ["build", "--locked", "--release", "--package=waymark"];
        interrupts.run(&mut workspace.cargo(&build))?;
    }
    let results = workspace.metadata.target_directory.join("bench");
    fs::create_dir_all(&results)?;
    let scratch = workbench(&context.place, "measured")?;
    let mut command = workspace.cargo(&bench_command(args.name, "--"));
    command.args(args.for_the_benchmark());
    forget_settings(&mut command);
    name_parts(&mut command, &context.place, &machine);
    command.env("WAYMARK_BENCH_SCRATCH", &scratch);
    command.env("WAYMARK_BENCH_DIR", &results);
    command.env("WAYMARK_BENCH_KEPT", context.place.kept());
    command.env("WAYMARK_BIN", workspace.binary("release", "waymark"));
    command.env("WAYMARK_DRIFT_DIR", context.place.drift());
    command.env("WAYMARK_PGBENCH", context.place.pg_program("pgbench"));
    if let Some(node) = node {
        command.env("WAYMARK_NODE", node.program);
        command.env("WAYMARK_NODE_MODULES", node.modules);
    }
    let ran = interrupts.run(&mut command);
    // A benchmark that was interrupted leaves its database running.
    end_postmaster(&scratch.join("data"))?;
    end_postmaster(&scratch.join("data/postgres/data"))?;
    end_postmaster(&context.place.kept().join("memory/data"))?;
    clear(&scratch)?;
    ran?;
    let result = results.join(args.name.name()).with_extension("json");
    if result.is_file() {
        say!("bench: {}", result.display());
    }
    Ok(())
}

fn bench_command(bench: Bench, last: &'static str) -> [&'static str; 6] {
    ["bench", "--locked", "--package=tests", "--bench", bench.name(), last]
}

/// Node with playwright-core.
struct Node {
    program: PathBuf,
    modules: PathBuf,
}

impl Node {
    /// Finds node; brings playwright-core once.
    fn provide(place: &Place) -> Result<Self> {
        let (Some(program), Some(npm)) = (process::on_path("node"), process::on_path("npm")) else {
            return Err(Unavailable(
                "the comparison needs Node with npm (Debian, Ubuntu: `apt-get install -y \
                 --no-install-recommends nodejs npm` as root)"
                    .to_owned(),
            )
            .into());
        };
        let modules = place.bench().join("node_modules");
        if installed(place).as_deref() != Some(PLAYWRIGHT_VERSION) {
            let wanted = format!("{PLAYWRIGHT}@{PLAYWRIGHT_VERSION}");
            note!("bench: fetching {wanted}");
            let ready = workbench(place, "bench")?;
            let mut command = Command::new(npm);
            command.args(["install", "--ignore-scripts", "--no-audit", "--no-fund"]);
            command.args(["--no-package-lock", "--loglevel=error"]);
            process::run(command.arg("--prefix").arg(&ready).arg(wanted))?;
            replace(&ready, &place.bench())?;
        }
        Ok(Self { program, modules })
    }
}

/// The version that is there.
fn installed(place: &Place) -> Option<String> {
    let about = place.bench().join("node_modules").join(PLAYWRIGHT).join("package.json");
    let about = fs::read_to_string(about).ok()?;
    let about: serde_json::Value = serde_json::from_str(&about).context("package.json").ok()?;
    about["version"].as_str().map(str::to_owned)
}
