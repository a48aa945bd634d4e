//! `waymark reindex`: make memory anew from the traces.

use crate::app::{self, Database};
use crate::cli::ReindexArgs;
use crate::exit::{Failed, USAGE};
use crate::output::{self, counted, note};
use crate::settings::DataArgs;
use anyhow::{Context as _, Result};
use domain::id::ProjectId;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use store::{MemoryStore, Store};

/// How often progress is told.
const TELL: Duration = Duration::from_millis(500);

/// What was made.
#[derive(Debug, Serialize)]
struct Summary {
    runs: usize,
    situations: i64,
    remedies: i64,
    working_locators: i64,
    goals: i64,
    /// Distinct texts in which runs are found.
    passages: i64,
    /// Situations that have no vector, because there was no embedder.
    unembedded: i64,
    seconds: f64,
}

pub(crate) async fn reindex(data: &DataArgs, args: &ReindexArgs, json: bool) -> Result<ExitCode> {
    // A wrong setting is known before the database is opened, let alone emptied.
    let embedder = app::embedder(data, &args.embeddings).await?;
    let database = Database::open(data, &args.database).await?;
    let memory = MemoryStore::new(database.store.clone(), embedder);
    let done = rebuild(&database.store, &memory, args.project.as_deref()).await;
    database.close().await;
    let summary = done?;
    if json {
        output::json(&summary)?;
    } else {
        tell(&summary)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn rebuild(store: &Store, memory: &MemoryStore, project: Option<&str>) -> Result<Summary> {
    let project = match project {
        Some(name) => Some(find(store, name).await?),
        None => None,
    };
    let since = Instant::now();
    let runs = with_progress(memory, memory.reindex(project))
        .await
        .context("memory could not be made anew; run it again, it begins from the start")?;
    let size = memory.size(project).await?;
    Ok(Summary {
        runs,
        situations: size.situations,
        remedies: size.remedies,
        working_locators: size.working_locators,
        goals: size.goals,
        passages: size.passages,
        unembedded: size.unembedded,
        seconds: since.elapsed().as_secs_f64(),
    })
}

async fn find(store: &Store, name: &str) -> Result<ProjectId> {
    let found = store.projects().find_by_name(name).await?;
    found.ok_or_else(|| Failed::new(USAGE, format!("there is no project `{name}`")).into())
}

/// Tells on standard error how many runs are left, until the work is done.
async fn with_progress<T>(memory: &MemoryStore, work: impl Future<Output = T>) -> T {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("waymark: {msg}  {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message("emptying memory");
    let telling = async {
        loop {
            tokio::time::sleep(TELL).await;
            // What cannot be counted now is counted next time.
            if let Ok(lag) = memory.lag().await {
                let left = counted(lag.runs, "run", "runs");
                bar.set_message(format!("{left} left to learn from"));
            }
        }
    };
    tokio::pin!(work);
    let done = tokio::select! {
        done = &mut work => done,
        () = telling => unreachable!("it goes on for ever"),
    };
    bar.finish_and_clear();
    done
}

fn tell(summary: &Summary) -> Result<()> {
    let Summary { runs, situations, remedies, working_locators, goals, .. } = summary;
    let Summary { passages, unembedded, seconds, .. } = summary;
    let runs = counted(runs, "run", "runs");
    output::line(format!("Learnt from {runs} in {seconds:.1} s."))?;
    output::line(format!(
        "Memory holds {}, {}, {}, {}; runs are found in {}.",
        counted(situations, "situation", "situations"),
        counted(remedies, "remedy", "remedies"),
        counted(working_locators, "working locator", "working locators"),
        counted(goals, "goal", "goals"),
        counted(passages, "text", "different texts"),
    ))?;
    if *unembedded > 0 {
        note(format!(
            "waymark: of {} there is no vector, and words alone find it; `waymark doctor` says why",
            counted(unembedded, "situation", "situations"),
        ));
    }
    Ok(())
}
