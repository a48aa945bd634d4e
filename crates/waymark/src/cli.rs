//! The command line.

#![expect(clippy::doc_markdown, reason = "the comments of fields are the help text")]

use crate::settings::{
    BrowserArgs, ClientArgs, DataArgs, DatabaseArgs, EmbeddingArgs, LogArgs, ServerArgs, WorkerArgs,
};
use std::net::SocketAddr;
use std::path::PathBuf;

mod desk;
mod keeping;
mod memory;
mod recall;
mod search;

pub(crate) use desk::{AnswerArgs, EscalationArgs, EscalationsArgs};
pub(crate) use keeping::{Days, RetentionArgs};
pub(crate) use memory::{
    FlagArgs, MemoriesAction, MemoriesArgs, MemoryArgs, MemoryListArgs, PatternsArgs, ReindexArgs,
    SitesArgs, StatsArgs,
};
pub(crate) use recall::{Became, OutcomeArgs, RecallArgs, RecallThen};
pub(crate) use search::{SearchArgs, SearchFilterArgs};

/// Runs browser tasks and remembers how they went.
#[derive(Debug, clap::Parser)]
#[command(name = "waymark", version, max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// JSON on standard output, for programs.
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    pub(crate) log: LogArgs,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  waymark serve                             API and workers on an embedded database
  waymark serve --no-workers                the API alone; run `waymark work` elsewhere
  waymark run plan.json --input city=Oslo   submit a task, follow it, print its result
  waymark trace 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f
  waymark tasks --state failed --json
  waymark search failed to find a booking button
  waymark escalations                       what waits for a human
  waymark answer 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --candidate 0
  waymark recall --url https://shop.example/ --intent 'save' --message -     what got past it before
  waymark sites                             how each site is, and why
  waymark stats                             whether the fleet learns";

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Serve the API, with workers unless told otherwise.
    Serve(ServeArgs),
    /// Run workers only.
    Work(WorkOnlyArgs),
    /// Bring the database up to date.
    #[command(
        after_help = "Example:\n  waymark migrate --database-url postgres://waymark@db/waymark"
    )]
    Migrate(DatabaseArgs),
    /// Make memory anew from the traces.
    Reindex(ReindexArgs),
    /// Say what is missing and how to get it; changes nothing.
    Doctor(DoctorArgs),
    /// Print the OpenAPI document.
    #[command(after_help = "Example:\n  waymark openapi > openapi.json")]
    Openapi,
    /// Show a fleet that learns, on small sites of its own: start everything, tell what happens.
    Demo(DemoArgs),
    /// Make, list and revoke API keys, directly in the database.
    Key(KeyArgs),
    /// Submit a task, follow it, print its result.
    Run(RunArgs),
    /// List tasks, newest first.
    Tasks(TasksArgs),
    /// Cancel a task.
    Cancel(CancelArgs),
    /// Show the trace of a run, or of a task's last run.
    Trace(TraceArgs),
    /// Search runs by what went wrong in them and what they were after, in your own words.
    Search(SearchArgs),
    /// List what agents ask humans, newest first.
    Escalations(EscalationsArgs),
    /// Show a question: what happened, what may be meant, what was tried.
    Escalation(EscalationArgs),
    /// Answer a question; its task goes on.
    Answer(AnswerArgs),
    /// Ask memory what got past a failure, for any agent; report what became of the advice.
    Recall(RecallArgs),
    /// List what is remembered; show, flag and unflag one of it.
    Memories(MemoriesArgs),
    /// List what has proved itself over several runs.
    Patterns(PatternsArgs),
    /// Say how each site is, or what works and what fails on one.
    Sites(SitesArgs),
    /// Say whether the fleet learns.
    Stats(StatsArgs),
    /// Show or set how long traces, artifacts and memory are kept, and what was removed.
    Retention(RetentionArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  waymark serve
  waymark serve --listen 0.0.0.0:80 --database-url postgres://waymark@db/waymark
  waymark serve --allow-egress 127.0.0.1:8000     let tasks reach a site on this machine")]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    /// Serve the API alone.
    #[arg(long)]
    pub(crate) no_workers: bool,
    #[command(flatten)]
    pub(crate) work: WorkArgs,
}

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct WorkArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) browser: BrowserArgs,
    #[command(flatten)]
    pub(crate) embeddings: EmbeddingArgs,
    #[command(flatten)]
    pub(crate) worker: WorkerArgs,
    /// How long running steps may take to finish when asked to stop, in seconds.
    #[arg(long, env = "WAYMARK_GRACE_SECONDS", value_name = "SECONDS", default_value_t = 30)]
    pub(crate) grace_seconds: u32,
}

#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Examples:
  waymark work --database-url postgres://waymark@db/waymark --slots 8
  waymark work --browser ws://grid:9222/
  waymark work --metrics-listen 0.0.0.0:7879")]
pub(crate) struct WorkOnlyArgs {
    #[command(flatten)]
    pub(crate) work: WorkArgs,
    /// Where to answer `/metrics` and `/healthz`; `serve` does so where its API is.
    #[arg(long, env = "WAYMARK_METRICS_LISTEN", value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<SocketAddr>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  waymark doctor
  waymark doctor --json | jq '.checks[] | select(.state != \"ok\")'")]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) browser: BrowserArgs,
    #[command(flatten)]
    pub(crate) embeddings: EmbeddingArgs,
}

#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  waymark demo            run the demo and keep the service up
  waymark demo --exit     end when the account is printed
  waymark demo site       serve the demo site alone"
)]
pub(crate) struct DemoArgs {
    #[command(subcommand)]
    pub(crate) part: Option<DemoPart>,
    #[command(flatten)]
    pub(crate) serve: ServeArgs,
    /// End when the account is printed.
    #[arg(long)]
    pub(crate) exit: bool,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum DemoPart {
    /// Serve the demo site alone.
    #[command(after_help = "Example:\n  waymark demo site --listen 127.0.0.1:8000")]
    Site {
        /// Address and port.
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7879")]
        listen: std::net::SocketAddr,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  waymark key create --name ci --scope tasks:write --scope tasks:read
  waymark key list
  waymark key revoke 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f")]
pub(crate) struct KeyArgs {
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    /// The project.
    #[arg(
        long,
        env = "WAYMARK_PROJECT",
        value_name = "NAME",
        default_value = "default",
        global = true
    )]
    pub(crate) project: String,
    #[command(subcommand)]
    pub(crate) action: KeyAction,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum KeyAction {
    /// Make a key; its secret is printed once.
    #[command(after_help = "\
Examples:
  waymark key create --name ci --scope tasks:write --scope tasks:read
  waymark key create --name shop --project shop --expires-in-days 90")]
    Create {
        /// What people call it.
        #[arg(long)]
        name: String,
        /// What it allows: tasks:write, tasks:read, traces:read, escalations:answer,
        /// memory:ask, keys:admin. Default: all.
        #[arg(long, value_name = "SCOPE")]
        scope: Vec<String>,
        /// Days until it stops working.
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u32>,
    },
    /// Print the key made on the first local start.
    #[command(after_help = "Example:\n  export WAYMARK_KEY=$(waymark key local)")]
    Local,
    /// List keys.
    #[command(after_help = "Example:\n  waymark key list --project shop --json")]
    List,
    /// Revoke a key.
    #[command(after_help = "Example:\n  waymark key revoke 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f")]
    Revoke {
        /// Its id.
        id: domain::id::KeyId,
    },
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
The file holds a task as POST /v1/tasks takes it; `-` reads standard input. Without a plan in it, the
task does what worked for its goal before, and asks for a plan where nothing has.
A task that waits for a human says so, with the command that answers it, and is followed on.
Exit code: 0 succeeded, 1 failed, 2 cancelled, 3 nobody answered in time, 64 wrong call, 65 refused
task, 69 no server, 77 key.

Examples:
  waymark run plan.json
  waymark run plan.json --input user=ada --secret password=env:ADMIN_PASSWORD
  waymark run plan.json --secret password=file:/run/secrets/admin --detach
  waymark run plan.json --json | jq .result")]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The task, as JSON.
    pub(crate) file: PathBuf,
    /// A value for {{inputs.NAME}}, over the file's.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) input: Vec<String>,
    /// Where a value for {{secrets.NAME}} comes from: env:VARIABLE or file:PATH.
    #[arg(long, value_name = "NAME=SOURCE")]
    pub(crate) secret: Vec<String>,
    /// Start here instead of at the file's `start_url`.
    #[arg(long, value_name = "URL")]
    pub(crate) start_url: Option<String>,
    /// Makes submitting twice the same as submitting once.
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
    /// Print the task's id and do not wait.
    #[arg(long)]
    pub(crate) detach: bool,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  waymark tasks
  waymark tasks --state running
  waymark tasks --site shop-admin --limit 10 --json")]
pub(crate) struct TasksArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Only those in this state.
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    /// Only those on this site.
    #[arg(long, value_name = "SITE")]
    pub(crate) site: Option<String>,
    /// Only those of this agent.
    #[arg(long, value_name = "AGENT")]
    pub(crate) agent: Option<String>,
    /// Only those with this label.
    #[arg(long, value_name = "KEY:VALUE")]
    pub(crate) label: Option<String>,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) limit: u32,
    /// The `next` of the page before, for the page after it.
    #[arg(long, value_name = "CURSOR")]
    pub(crate) cursor: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  waymark cancel 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f")]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The task's id.
    pub(crate) task: domain::id::TaskId,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  waymark trace 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f
  waymark trace 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --save shots/   with its screenshots as files")]
pub(crate) struct TraceArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// The id of a run, or of a task (then its last run).
    pub(crate) run: uuid::Uuid,
    /// Save screenshots, snapshots and downloads into this directory.
    #[arg(long, value_name = "DIR")]
    pub(crate) save: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory as _;
    use std::collections::BTreeSet;

    fn settings(command: &clap::Command, found: &mut BTreeSet<String>) {
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            if let (Some(env), Some(flag)) = (arg.get_env(), arg.get_long()) {
                found.insert(format!("| `{}` | `--{flag}` |", env.display()));
            }
        }
        for command in command.get_subcommands() {
            settings(command, found);
        }
    }

    #[test]
    fn the_table_in_the_readme_names_every_setting() {
        let readme = include_str!("../../../README.md");
        let rows: BTreeSet<String> = readme
            .lines()
            .filter(|line| line.contains("` | `--"))
            .filter_map(|line| line.match_indices('|').nth(2).map(|(at, _)| line[..=at].to_owned()))
            .collect();
        let mut found = BTreeSet::new();
        settings(&Cli::command(), &mut found);
        assert_eq!(rows, found);
    }

    fn assert_examples(command: &clap::Command) {
        let examples = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(examples.contains("Example"), "{} shows no example", command.get_name());
        command.get_subcommands().for_each(assert_examples);
    }

    #[test]
    fn every_command_shows_an_example() {
        assert_examples(&Cli::command());
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }
}
