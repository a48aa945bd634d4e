//! `waymark retention`: how long things are kept, and what was removed.

use crate::cli::{Days, RetentionArgs};
use crate::client::Client;
use crate::output::{self, counted};
use crate::settings::DataArgs;
use anyhow::{Context as _, Result};
use chrono::{DateTime, Utc};
use reqwest::Method;
use std::process::ExitCode;
use wire::{Removed, Retention, RetentionReport, SetRetention};

const PATH: &str = "/v1/retention";

pub(crate) async fn retention(
    data: &DataArgs,
    args: &RetentionArgs,
    json: bool,
) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let mut shown: Retention = client.get(PATH, &[]).await?;
    let sets = args.set_traces.or(args.set_artifacts).or(args.set_memory).is_some();
    if sets || args.dry_run {
        let request = client.request(Method::PUT, PATH)?.query(&[("dry_run", args.dry_run)]);
        let response = client.send(request.json(&wanted(args, &shown))).await?;
        shown = response.json().await.context("the server's answer cannot be read")?;
    }
    if json {
        output::json(&shown)?;
        return Ok(ExitCode::SUCCESS);
    }
    for line in lines(&shown) {
        output::line(line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The days that are given, and of the others those that are set.
fn wanted(args: &RetentionArgs, now: &Retention) -> SetRetention {
    let days =
        |given: Option<Days>, now: Option<u32>| Some(given.map_or(now.map(i64::from), |it| it.0));
    SetRetention {
        trace_days: days(args.set_traces, now.trace_days),
        artifact_days: days(args.set_artifacts, now.artifact_days),
        memory_days: days(args.set_memory, now.memory_days),
    }
}

fn lines(shown: &Retention) -> Vec<String> {
    let mut lines = vec![
        format!("traces     {}", days(shown.trace_days, "for ever")),
        format!("artifacts  {}", days(shown.artifact_days, "as long as their trace")),
        format!("memory     {}", days(shown.memory_days, "for ever")),
    ];
    if let Some(overdue) = &shown.overdue {
        lines.push(format!("\nWould be removed now: {}.", counts(overdue)));
        return lines;
    }
    if let (Some(at), Some(by)) = (shown.changed_at, &shown.changed_by) {
        lines.push(format!("set {} by {by}", time(at)));
    }
    if let Some(at) = shown.swept_at {
        lines.push(format!("nothing overdue was left at {}", time(at)));
    }
    if !shown.reports.is_empty() {
        lines.push("\nremoved:".to_owned());
        lines.extend(shown.reports.iter().map(report));
    }
    lines
}

fn report(report: &RetentionReport) -> String {
    let state = if report.ended_at.is_some() { "" } else { " (goes on)" };
    format!("  {}  {}{state}", time(report.began_at), counts(&report.removed))
}

fn days(days: Option<u32>, without: &str) -> String {
    match days {
        Some(1) => "1 day".to_owned(),
        Some(days) => format!("{days} days"),
        None => without.to_owned(),
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%F %T UTC").to_string()
}

fn counts(removed: &Removed) -> String {
    let kilobytes = removed.artifact_bytes.div_ceil(1000);
    let counts = [
        (removed.tasks, "task", "tasks"),
        (removed.runs, "run", "runs"),
        (removed.steps, "step", "steps"),
        (removed.artifacts, "artifact", "artifacts"),
        (removed.recalls, "question of an agent outside", "questions of agents outside"),
        (removed.situations, "situation", "situations"),
        (removed.remedies, "remedy", "remedies"),
        (removed.working_locators, "working locator", "working locators"),
        (removed.goals, "goal", "goals"),
    ];
    let some = counts.into_iter().filter(|(count, ..)| *count > 0);
    let some: Vec<String> = some
        .map(|(count, one, many)| match one {
            "artifact" => format!("{} ({kilobytes} kB)", counted(count, one, many)),
            _ => counted(count, one, many),
        })
        .collect();
    if some.is_empty() { "nothing".to_owned() } else { some.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_removed_is_told_without_what_was_not() {
        assert_eq!(counts(&Removed::default()), "nothing");
        let removed =
            Removed { tasks: 2, artifacts: 3, artifact_bytes: 1001, ..Removed::default() };
        assert_eq!(counts(&removed), "2 tasks, 3 artifacts (2 kB)");
        let one = Removed { tasks: 1, remedies: 1, ..Removed::default() };
        assert_eq!(counts(&one), "1 task, 1 remedy");
    }
}
