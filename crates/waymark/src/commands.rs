//! What each command does.

mod answer;
mod cancel;
mod doctor;
mod escalations;
mod key;
mod memories;
mod migrate;
mod moment;
mod patterns;
mod recall;
mod reindex;
mod retention;
mod run;
mod search;
mod serve;
mod sites;
mod stats;
mod tasks;
mod trace;
#[cfg(test)]
mod widths;
mod work;

use crate::cli::{Cli, Command, DemoPart};
use crate::exit::{Failed, USAGE};
use crate::settings::{DataArgs, LogArgs};
use anyhow::Result;
use std::process::ExitCode;
use telemetry::{Export, StartError, Telemetry};

pub(crate) use run::{answer_flag, describe};
pub(crate) use serve::{Serving, serve_beside};

/// Runs the command.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let Cli { json, data, log, command } = cli;
    if matches!(command, Command::Openapi) {
        crate::output::json(&api::openapi())?;
        return Ok(ExitCode::SUCCESS);
    }
    let telemetry = start_telemetry(&log, &command)?;
    let ended = Box::pin(carry_out(&data, command, json)).await;
    // It waits for the collector, though not for long.
    tokio::task::spawn_blocking(move || telemetry.shutdown()).await?;
    ended
}

async fn carry_out(data: &DataArgs, command: Command, json: bool) -> Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::serve(data, args, json).await,
        Command::Work(args) => work::work(data, args).await,
        Command::Demo(args) => match args.part {
            Some(DemoPart::Site { listen }) => crate::demo::serve_site(listen).await,
            None => Box::pin(crate::demo::demo(data, args, json)).await,
        },
        Command::Migrate(args) => migrate::migrate(data, &args, json).await,
        Command::Reindex(args) => reindex::reindex(data, &args, json).await,
        Command::Doctor(args) => doctor::doctor(data, &args, json).await,
        Command::Key(args) => key::key(data, args, json).await,
        Command::Run(args) => run::run(data, args, json).await,
        Command::Tasks(args) => tasks::tasks(data, args, json).await,
        Command::Cancel(args) => cancel::cancel(data, &args, json).await,
        Command::Trace(args) => trace::trace(data, &args, json).await,
        Command::Search(args) => search::search(data, args, json).await,
        Command::Escalations(args) => escalations::list(data, args, json).await,
        Command::Escalation(args) => escalations::show(data, &args, json).await,
        Command::Answer(args) => answer::answer(data, args, json).await,
        Command::Memories(args) => memories::memories(data, args, json).await,
        Command::Patterns(args) => patterns::patterns(data, args, json).await,
        Command::Sites(args) => sites::sites(data, args, json).await,
        Command::Stats(args) => stats::stats(data, args, json).await,
        Command::Recall(args) => recall::recall(data, args, json).await,
        Command::Retention(args) => retention::retention(data, &args, json).await,
        Command::Openapi => unreachable!("handled above"),
    }
}

/// Begins to log, and to send what is to be sent; commands that end at once send nothing.
fn start_telemetry(args: &LogArgs, command: &Command) -> Result<Telemetry> {
    let wrong = |error: String| Failed::new(USAGE, error);
    let export = Export::read(std::env::vars()).map_err(|error| wrong(error.to_string()))?;
    let (default, export) = match command {
        Command::Serve(_) | Command::Work(_) => ("info", export),
        Command::Demo(_) => ("warn", export),
        _ => ("warn", export.off()),
    };
    Telemetry::start(&args.options(default), &export).map_err(|error| match error {
        StartError::Filter(error) => wrong(format!("--log: {error}")).into(),
        error => wrong(error.to_string()).into(),
    })
}
