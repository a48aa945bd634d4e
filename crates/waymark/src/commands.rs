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
mod work;

use crate::cli::{Cli, Command, DemoPart};
use crate::exit::{Failed, USAGE};
use crate::settings::LogArgs;
use anyhow::Result;
use std::process::ExitCode;

pub(crate) use run::{answer_flag, describe};
pub(crate) use serve::{Serving, serve_beside};

/// Runs the command.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode> {
    drop(rustls::crypto::ring::default_provider().install_default());
    let Cli { json, data, log, command } = cli;
    match command {
        Command::Serve(args) => {
            start_log(&log, "info")?;
            serve::serve(&data, args, json).await
        }
        Command::Work(args) => {
            start_log(&log, "info")?;
            work::work(&data, args).await
        }
        Command::Demo(args) => {
            start_log(&log, "warn")?;
            match args.part {
                Some(DemoPart::Site { listen }) => crate::demo::serve_site(listen).await,
                None => Box::pin(crate::demo::demo(&data, args, json)).await,
            }
        }
        Command::Openapi => {
            crate::output::json(&api::openapi())?;
            Ok(ExitCode::SUCCESS)
        }
        other => {
            start_log(&log, "warn")?;
            match other {
                Command::Migrate(args) => migrate::migrate(&data, &args, json).await,
                Command::Reindex(args) => reindex::reindex(&data, &args, json).await,
                Command::Doctor(args) => doctor::doctor(&data, &args, json).await,
                Command::Key(args) => key::key(&data, args, json).await,
                Command::Run(args) => run::run(&data, args, json).await,
                Command::Tasks(args) => tasks::tasks(&data, args, json).await,
                Command::Cancel(args) => cancel::cancel(&data, &args, json).await,
                Command::Trace(args) => trace::trace(&data, &args, json).await,
                Command::Search(args) => search::search(&data, args, json).await,
                Command::Escalations(args) => escalations::list(&data, args, json).await,
                Command::Escalation(args) => escalations::show(&data, &args, json).await,
                Command::Answer(args) => answer::answer(&data, args, json).await,
                Command::Memories(args) => memories::memories(&data, args, json).await,
                Command::Patterns(args) => patterns::patterns(&data, args, json).await,
                Command::Sites(args) => sites::sites(&data, args, json).await,
                Command::Stats(args) => stats::stats(&data, args, json).await,
                Command::Recall(args) => recall::recall(&data, args, json).await,
                Command::Retention(args) => retention::retention(&data, &args, json).await,
                Command::Serve(_) | Command::Work(_) | Command::Demo(_) | Command::Openapi => {
                    unreachable!("handled above")
                }
            }
        }
    }
}

fn start_log(args: &LogArgs, default: &str) -> Result<()> {
    telemetry::init(&args.options(default))
        .map_err(|error| Failed::new(USAGE, format!("--log: {error}")).into())
}
