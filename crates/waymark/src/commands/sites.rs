//! `waymark sites`: how each site is, and what is known of one.

use super::memories::proof;
use crate::cli::SitesArgs;
use crate::client::Client;
use crate::output::Column::{Extra, Prose, Word};
use crate::output::{self, Column, Table, counted, name, percent};
use crate::settings::DataArgs;
use anyhow::Result;
use std::process::ExitCode;

pub(super) const COLUMNS: [Column; 8] = [
    Word("site"),
    Word("state"),
    Word("runs"),
    Word("success"),
    Word("heals"),
    Word("before"),
    Word("patterns"),
    Prose("reason"),
];

pub(crate) async fn sites(data: &DataArgs, args: SitesArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    if let Some(site) = args.site {
        show(&client, &site, json).await?;
    } else {
        let mut query = vec![("limit", args.limit.to_string())];
        query.extend(args.state.map(|state| ("state", state)));
        query.extend(args.cursor.map(|cursor| ("cursor", cursor)));
        list(&client, &query, json).await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(client: &Client, query: &[(&str, String)], json: bool) -> Result<()> {
    let page: wire::Page<wire::Site> = client.get("/v1/sites", query).await?;
    if json {
        return output::json(&page);
    }
    if page.items.is_empty() {
        output::note(match query.len() {
            1 => "No run has ended yet. `waymark run plan.json` makes the first.",
            _ => "No site is in this state. `waymark sites` without filters lists all there are.",
        });
        return Ok(());
    }
    table(&page.items).print()?;
    output::note("Success and heals of the last 7 days, and success of the 28 days before.");
    output::note_next("The first", page.items.len(), page.next.as_deref());
    Ok(())
}

fn table(sites: &[wire::Site]) -> Table {
    let mut table = Table::new(&COLUMNS);
    for site in sites {
        table.add_row([
            site.site.clone(),
            name(&site.state),
            site.runs.to_string(),
            percent(site.recent.success),
            percent(site.recent.heal_rate),
            percent(site.before.success),
            site.patterns.to_string(),
            site.reason.clone(),
        ]);
    }
    table
}

async fn show(client: &Client, site: &str, json: bool) -> Result<()> {
    let report: wire::SiteReport = client.get(&client.path("/v1/sites", site)?, &[]).await?;
    if json {
        return output::json(&report);
    }
    let wire::SiteReport { site, works, unsolved, avoid, days } = &report;
    output::line(format!("{}: {}", site.site, name(&site.state)))?;
    for reason in &site.reasons {
        output::line(format!("  {}", reason.text))?;
    }
    output::line(in_all(site))?;
    if !works.is_empty() {
        output::line("\nwhat works:")?;
        known(works).print()?;
    }
    if !unsolved.is_empty() {
        output::line("\nwhat fails, and nothing gets past yet:")?;
        without_remedy(unsolved).print()?;
    }
    if !avoid.is_empty() {
        output::line("\nwhat to avoid:")?;
        avoided(avoid).print()?;
    }
    if !days.is_empty() {
        output::line("\nday by day:")?;
        by_day(days).print()?;
    }
    Ok(())
}

fn known(works: &[wire::Works]) -> Table {
    let columns = [Prose("page"), Prose("when this fails"), Prose("this works"), Word("proof")];
    let mut table = Table::new(&columns);
    for it in works {
        table.add_row([it.page.clone(), it.fails.clone(), it.works.clone(), proof(&it.proof)]);
    }
    table
}

fn avoided(avoid: &[wire::Avoid]) -> Table {
    let mut table = Table::new(&[Prose("page"), Prose("what"), Word("proof")]);
    for it in avoid {
        table.add_row([it.page.clone(), it.what.clone(), proof(&it.proof)]);
    }
    table
}

fn in_all(site: &wire::Site) -> String {
    let wire::Site { runs, succeeded, failed, .. } = site;
    let neither = match runs.saturating_sub(succeeded + failed) {
        0 => String::new(),
        rest => format!(", {rest} cancelled, given back or lost"),
    };
    let runs = counted(runs, "run", "runs");
    format!("{runs} in all: {succeeded} succeeded, {failed} failed{neither}")
}

fn without_remedy(unsolved: &[wire::Unsolved]) -> Table {
    let mut table = Table::new(&[
        Prose("page"),
        Prose("what fails"),
        Word("met"),
        Word("runs"),
        Word("last"),
        Word("last run"),
    ]);
    for it in unsolved {
        table.add_row([
            it.page.clone(),
            it.fails.clone(),
            it.seen.to_string(),
            it.runs.to_string(),
            it.last_seen_at.format("%F").to_string(),
            it.last_run_id.map(|id| id.to_string()).unwrap_or_default(),
        ]);
    }
    table
}

fn by_day(days: &[wire::SiteDay]) -> Table {
    let mut table = Table::new(&[
        Word("day"),
        Word("runs"),
        Word("success"),
        Word("failures"),
        Extra("overcome"),
        Word("heals"),
        Word("foreseen"),
    ]);
    for day in days {
        table.add_row([
            day.day.to_string(),
            day.runs.to_string(),
            percent(day.period.success),
            day.period.failures.to_string(),
            day.period.overcome.to_string(),
            percent(day.period.heal_rate),
            day.foreseen.to_string(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_nothing_gets_past_is_told_with_its_last_run() {
        let unsolved = |last_run: Option<&str>| -> wire::Unsolved {
            serde_json::from_value(
                json!({"page": "/rooms", "intent": "book", "fails": "book: click",
                "error_class": "element_not_found", "seen": 4, "runs": 3,
                "last_seen_at": "2026-11-29T12:00:00Z", "last_run_id": last_run}),
            )
            .unwrap()
        };
        let id = "019ab2f4-19c0-7b02-b1d5-6a2a7c3f9e50";
        let (lines, _) = without_remedy(&[unsolved(Some(id)), unsolved(None)]).lines(None);
        for part in ["/rooms", "book: click", "4", "3", "2026-11-29", id] {
            assert!(lines[1].contains(part), "{part}: {lines:?}");
        }
        assert!(!lines[2].contains("019ab2f4") && lines[2].contains("2026-11-29"), "{lines:?}");
    }

    #[test]
    fn every_run_is_accounted_for() {
        let period = json!({"succeeded": 0, "failed": 0, "success": null, "failures": 0,
            "overcome": 0, "heal_rate": null});
        let site = |runs: u64, succeeded: u64, failed: u64| -> wire::Site {
            serde_json::from_value(json!({"site": "shop", "state": "ok", "reason": "",
                "reasons": [], "runs": runs, "succeeded": succeeded, "failed": failed,
                "recent": period, "before": period, "open_escalations": 0,
                "oldest_escalation_at": null, "patterns": 0, "first_day": null, "last_day": null}))
            .unwrap()
        };
        let cancelled = "1 run in all: 0 succeeded, 0 failed, 1 cancelled, given back or lost";
        assert_eq!(in_all(&site(1, 0, 0)), cancelled);
        assert_eq!(in_all(&site(5, 3, 2)), "5 runs in all: 3 succeeded, 2 failed");
    }
}
