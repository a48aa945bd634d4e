//! `waymark stats`: whether the fleet learns.

use super::moment::moment;
use crate::app;
use crate::cli::StatsArgs;
use crate::client::Client;
use crate::output::Column::{Extra, Word};
use crate::output::{self, Column, Table, counted, decimal, name, percent};
use crate::settings::DataArgs;
use anyhow::Result;
use serde::Serialize;
use std::collections::BTreeMap;
use std::process::ExitCode;

const PATH: &str = "/v1/stats";

pub(super) const COLUMNS: [Column; 11] = [
    Word("day"),
    Word("tasks"),
    Word("success"),
    Word("attempts"),
    Word("failures"),
    Word("heals"),
    Word("foreseen"),
    Extra("reuse"),
    Word("asked"),
    Word("median s"),
    Extra("p95 s"),
];

pub(crate) async fn stats(data: &DataArgs, args: StatsArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let now = app::clock().now();
    let day = |flag: &str, given: Option<String>| {
        let time = given.map(|text| moment(&format!("{flag} {text}"), &text, now)).transpose()?;
        anyhow::Ok(time.map(|time| time.date_naive().to_string()))
    };
    let (since, until) = (day("--since", args.since)?, day("--until", args.until)?);
    let given = [("since", since), ("until", until), ("site", args.site), ("agent", args.agent)];
    let query: Vec<_> =
        given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    let stats: wire::Stats = client.get(PATH, &query).await?;
    if json {
        output::json(&stats)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (since, until) = (stats.since, stats.until);
    if is_empty(&stats.total) {
        output::note(format!("Nothing ended between {since} and {until} (--since, --until)."));
        for line in emptied(&client, &query).await? {
            output::note(line);
        }
        return Ok(ExitCode::SUCCESS);
    }
    by_day(&stats).print()?;
    for line in summary(&stats) {
        output::line(line)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Which of the filters leave nothing: those without which there is something.
async fn emptied(client: &Client, query: &[(&'static str, String)]) -> Result<Vec<String>> {
    let is_filter = |name: &str| name == "site" || name == "agent";
    let mut lines = Vec::new();
    for (name, value) in query.iter().filter(|(name, _)| is_filter(name)) {
        let rest: Vec<_> = query.iter().filter(|(other, _)| other != name).cloned().collect();
        if is_something(client, &rest).await? {
            lines.push(format!("Something did without --{name} {value}."));
        }
    }
    let filters = query.iter().filter(|(name, _)| is_filter(name)).count();
    if lines.is_empty() && filters > 1 {
        let days: Vec<_> = query.iter().filter(|(name, _)| !is_filter(name)).cloned().collect();
        if is_something(client, &days).await? {
            lines.push("Something did without --site and --agent.".to_owned());
        }
    }
    Ok(lines)
}

async fn is_something(client: &Client, query: &[(&str, String)]) -> Result<bool> {
    let stats: wire::Stats = client.get(PATH, query).await?;
    Ok(!is_empty(&stats.total))
}

fn is_empty(figures: &wire::Figures) -> bool {
    let wire::Figures { tasks, cancelled, failures, foreseen, escalations, .. } = figures;
    [tasks, cancelled, failures, foreseen, escalations].into_iter().all(|count| *count == 0)
}

/// The days on which anything happened, and all of them.
fn by_day(stats: &wire::Stats) -> Table {
    let mut table = Table::new(&COLUMNS);
    let days = stats.days.iter().filter(|day| !is_empty(&day.figures));
    for day in days {
        table.add_row(row(day.day.to_string(), &day.figures));
    }
    table.add_row(row("in all".to_owned(), &stats.total));
    table
}

fn row(day: String, figures: &wire::Figures) -> [String; 11] {
    let wire::Reuse { uses, failed, wrong } = figures.reuse;
    [
        day,
        figures.tasks.to_string(),
        percent(figures.success),
        decimal(figures.attempts_per_task),
        figures.failures.to_string(),
        figures.heals.total.to_string(),
        figures.foreseen.to_string(),
        format!("{uses}, {failed} failed, {wrong} wrong"),
        figures.escalations.to_string(),
        decimal(figures.median_seconds),
        decimal(figures.p95_seconds),
    ]
}

/// What the table does not say: where heals came from, and what has changed.
fn summary(stats: &wire::Stats) -> Vec<String> {
    let heals = &stats.total.heals;
    let mut lines = Vec::new();
    if heals.total > 0 {
        let (sources, tactics) = (counts(&heals.by_source), counts(&heals.by_tactic));
        lines.push(format!("\nheals came from: {sources}"));
        lines.push(format!("and were: {tactics}"));
    }
    lines.extend(removed(stats.total.runs_removed));
    let Some(comparison) = &stats.comparison else {
        lines.push(format!("\n{}", uncompared(stats)));
        return lines;
    };
    let wire::Comparison { split, first, second } = comparison;
    lines.push(format!("\nthe earlier half → from {split} on:"));
    for (what, before, after) in [
        ("success", percent(first.success), percent(second.success)),
        ("attempts per task", decimal(first.attempts_per_task), decimal(second.attempts_per_task)),
        (
            "failures met per task",
            decimal(first.failures_per_task),
            decimal(second.failures_per_task),
        ),
        ("failures overcome", percent(first.heal_rate), percent(second.heal_rate)),
        (
            "questions per task",
            decimal(first.escalations_per_task),
            decimal(second.escalations_per_task),
        ),
        ("median seconds", decimal(first.median_seconds), decimal(second.median_seconds)),
    ] {
        lines.push(format!("  {what:<22} {before} → {after}"));
    }
    lines
}

/// What there is in place of a comparison: one has a day on each side.
fn uncompared(stats: &wire::Stats) -> String {
    let wire::Figures { tasks, succeeded, failed, .. } = stats.total;
    if tasks == 0 {
        return "No task succeeded or failed: there is nothing to compare yet.".to_owned();
    }
    let ended = counted(tasks, "task", "tasks");
    let day = stats.days.iter().find(|day| day.figures.tasks > 0);
    let day = day.map_or_else(String::new, |day| format!(" on {}", day.day));
    format!(
        "{ended} ended{day}, {succeeded} succeeded and {failed} failed; what has changed is told \
         when tasks have ended on a second day."
    )
}

/// Which figures are not of the same runs as the others.
fn removed(runs: u64) -> Option<String> {
    let traces = match runs {
        0 => return None,
        1 => "1 run whose trace was".to_owned(),
        runs => format!("{runs} runs whose traces were"),
    };
    Some(format!(
        "\nFailures, heals, foreseen and reuse count {traces} removed since; tasks, questions, \
         times and failures met per task are those of the others."
    ))
}

fn counts(counts: &BTreeMap<impl Serialize, u64>) -> String {
    let counts = counts.iter().map(|(what, count)| format!("{} {count}", name(what)));
    counts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn figures(tasks: u64, success: f64) -> Value {
        json!({"tasks": tasks, "succeeded": 1, "failed": 2, "cancelled": 0, "success": success,
            "attempts_per_task": 1.5, "runs_removed": 0, "failures": 3, "failures_per_task": 1.0,
            "overcome": 2, "heal_rate": 0.66, "foreseen": 1, "escalations": 0,
            "escalations_per_task": 0.0,
            "heals": {"total": 3, "by_source": {"high": 2, "explored": 1},
                "by_tactic": {"retry_with_variation": 3}},
            "reuse": {"uses": 4, "failed": 1, "wrong": 0}, "median_seconds": 12.34,
            "p95_seconds": null})
    }

    fn stats(comparison: &Value) -> wire::Stats {
        let mut day = figures(3, 0.5);
        day["day"] = json!("2026-03-02");
        let mut quiet = json!({"day": "2026-03-01"});
        for (key, value) in figures(0, 0.0).as_object().unwrap() {
            quiet[key] = if value.is_u64() { json!(0) } else { value.clone() };
        }
        serde_json::from_value(json!({"since": "2026-03-01", "until": "2026-03-02",
            "total": figures(3, 0.5), "comparison": comparison, "days": [quiet, day]}))
        .unwrap()
    }

    #[test]
    fn days_without_anything_are_left_out() {
        let (days, _) = by_day(&stats(&Value::Null)).lines(None);
        let table = days.join("\n");
        assert!(days[1].starts_with("2026-03-02"), "{table}");
        assert!(!table.contains("2026-03-01") && table.contains("in all"), "{table}");
        assert!(table.contains("50 %") && table.contains("12.3"), "{table}");
    }

    #[test]
    fn what_counts_although_its_trace_was_removed_is_told() {
        let mut stats = stats(&Value::Null);
        assert!(!summary(&stats).concat().contains("removed"));
        for (runs, says) in [(1, "count 1 run whose trace was"), (7, "count 7 runs whose traces")] {
            stats.total.runs_removed = runs;
            assert!(summary(&stats).concat().contains(says), "{:?}", summary(&stats));
        }
    }

    #[test]
    fn the_halves_stand_side_by_side() {
        let halves = json!({"split": "2026-03-02", "first": figures(3, 0.5),
            "second": figures(4, 0.75)});
        let lines = summary(&stats(&halves));
        assert_eq!(lines[0], "\nheals came from: high 2, explored 1");
        assert_eq!(lines[1], "and were: retry_with_variation 3");
        assert_eq!(lines[3], "  success                50 % → 75 %");
        let one_day = summary(&stats(&Value::Null));
        assert_eq!(
            one_day.last().unwrap(),
            "\n3 tasks ended on 2026-03-02, 1 succeeded and 2 failed; what has changed is told when \
             tasks have ended on a second day."
        );
        let mut none = stats(&Value::Null);
        none.total.tasks = 0;
        assert!(summary(&none).last().unwrap().starts_with("\nNo task succeeded or failed: "));
    }
}
