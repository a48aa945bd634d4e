//! `waymark search`: runs by what went wrong in them and what they were after.

mod filter;

use crate::app;
use crate::cli::SearchArgs;
use crate::client::Client;
use crate::output::Column::{Prose, Word};
use crate::output::{self, Column, Table};
use crate::settings::DataArgs;
use anyhow::Result;
use filter::Filter;
use std::collections::HashSet;
use std::process::ExitCode;
use wire::{FoundRun, Outcome, RunId, SearchMode, SearchPage, TaskState};

const PATH: &str = "/v1/runs/search";

pub(super) const COLUMNS: [Column; 6] =
    [Word("run"), Word("score"), Word("began"), Word("site"), Word("outcome"), Prose("what fits")];

pub(crate) async fn search(data: &DataArgs, args: SearchArgs, json: bool) -> Result<ExitCode> {
    let filter = Filter::of(args.filter, app::clock().now())?;
    let client = Client::new(&args.client, data)?;
    let asked = vec![("q", args.words.join(" ")), ("mode", args.mode)];
    let mut query = filter.added_to(&asked);
    query.push(("limit", args.limit.to_string()));
    query.extend(args.cursor.map(|cursor| ("cursor", cursor)));
    let page: SearchPage = client.get(PATH, &query).await?;
    if json {
        output::json(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    if asked[1].1 != page.mode.as_str() {
        output::note(
            "Searched by words alone: the meaning of the question cannot be had right now.",
        );
    }
    if page.items.is_empty() {
        for line in loosened(&client, &asked, &filter, page.mode).await? {
            output::note(line);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let waiting = waiting(&client, &page.items).await;
    table(&page.items, &waiting).print()?;
    output::note_next("The best", page.items.len(), page.next.as_deref());
    Ok(ExitCode::SUCCESS)
}

/// The runs that wait for a human: a run itself does not know, its task does. Where this key may not
/// look at tasks, none does.
async fn waiting(client: &Client, items: &[FoundRun]) -> HashSet<RunId> {
    let runs = items.iter().filter_map(|found| found.run.as_ref());
    let mut waiting = HashSet::new();
    for run in runs.filter(|run| run.outcome.is_none()) {
        let task = client.get::<wire::Task>(&format!("/v1/tasks/{}", run.task_id), &[]).await;
        if task.is_ok_and(|task| task.state == TaskState::Waiting && task.run_id == Some(run.id)) {
            waiting.insert(run.id);
        }
    }
    waiting
}

fn table(items: &[FoundRun], waiting: &HashSet<RunId>) -> Table {
    let mut table = Table::new(&COLUMNS);
    for found in items {
        let run = found.run.as_ref();
        let under_way = if waiting.contains(&found.id) { "waiting" } else { "running" };
        let outcome = run.map(|run| run.outcome.map_or(under_way, Outcome::as_str));
        table.add_row([
            found.id.to_string(),
            format!("{:.2}", found.score),
            run.map_or_else(String::new, |run| run.started_at.format("%F %T").to_string()),
            run.map_or_else(String::new, |run| run.site.clone()),
            outcome.unwrap_or_default().to_owned(),
            found.matched.as_ref().map_or_else(String::new, what_fits),
        ]);
    }
    table
}

fn what_fits(matched: &wire::Match) -> String {
    let class = matched.error_class.map_or_else(String::new, |class| format!(" {class}"));
    let healed = if matched.healed { ", healed" } else { "" };
    match matched.seq {
        Some(seq) => {
            let element = matched.element.as_ref();
            let element = element.map_or_else(String::new, |element| format!(" ({element})"));
            format!("step {seq}{class}{element}{healed}: {}", matched.snippet)
        }
        None => format!("goal{healed}: {}", matched.snippet),
    }
}

/// What could be asked less strictly: the filters without which something is found, or the words.
async fn loosened(
    client: &Client,
    asked: &[(&str, String)],
    filter: &Filter,
    mode: SearchMode,
) -> Result<Vec<String>> {
    let mut lines = vec!["Nothing fits.".to_owned()];
    for (without, rest) in filter.one_less() {
        if is_found(client, rest.added_to(asked)).await? {
            lines.push(format!("Something does without {without}."));
        }
    }
    if lines.len() > 1 {
        return Ok(lines);
    }
    let strict = filter.len() > 1 && is_found(client, asked.to_vec()).await?;
    lines.push(match mode {
        _ if strict => "Something does without any filter.".to_owned(),
        _ if asked[0].1.contains('"') => {
            "What is quoted must occur as it is: try it without the quotes.".to_owned()
        }
        SearchMode::Text => {
            "Only words were compared: --mode hybrid finds other words for the same.".to_owned()
        }
        SearchMode::Semantic | SearchMode::Hybrid => {
            "Say it in other words, or in fewer: what a step was for, or what went wrong."
                .to_owned()
        }
    });
    Ok(lines)
}

async fn is_found(client: &Client, mut query: Vec<(&str, String)>) -> Result<bool> {
    query.extend([("limit", "1".to_owned()), ("fields", "match".to_owned())]);
    let page: SearchPage = client.get(PATH, &query).await?;
    Ok(!page.items.is_empty())
}
