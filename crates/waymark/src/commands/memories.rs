//! `waymark memories`: what is remembered, and what is wrong of it.

use crate::cli::{FlagArgs, MemoriesAction, MemoriesArgs, MemoryArgs, MemoryListArgs};
use crate::client::Client;
use crate::output::Column::{Prose, Word};
use crate::output::{self, Column, Table, counted, name};
use crate::settings::DataArgs;
use anyhow::Result;
use domain::memory::Voucher;
use reqwest::Method;
use serde_json::json;
use std::process::ExitCode;

pub(super) const COLUMNS: [Column; 8] = [
    Word("memory"),
    Word("state"),
    Word("site"),
    Prose("page"),
    Prose("fails"),
    Prose("does"),
    Word("proof"),
    Word("changed"),
];

pub(crate) async fn memories(data: &DataArgs, args: MemoriesArgs, json: bool) -> Result<ExitCode> {
    match args.action {
        None => list(data, args.list, json).await,
        Some(MemoriesAction::List(args)) => list(data, args, json).await,
        Some(MemoriesAction::Show(args)) => show(data, &args, json).await,
        Some(MemoriesAction::Flag(args)) => flag(data, &args, json).await,
        Some(MemoriesAction::Unflag(args)) => unflag(data, &args, json).await,
    }?;
    Ok(ExitCode::SUCCESS)
}

async fn list(data: &DataArgs, args: MemoryListArgs, json: bool) -> Result<()> {
    let client = Client::new(&args.client, data)?;
    let mut query = args.about.query();
    query.extend(args.state.map(|state| ("state", state)));
    let page: wire::Page<wire::Memory> = client.get("/v1/memories", &query).await?;
    if json {
        return output::json(&page);
    }
    if page.items.is_empty() {
        output::note(match query.len() {
            1 => {
                "Nothing is remembered yet. Memory is made of runs: when a step fails and something \
                 gets past it, or does not, that is remembered here."
            }
            _ => "No memory matches these filters; `waymark memories` lists all there are.",
        });
        return Ok(());
    }
    table(&page.items).print()?;
    output::note_next("The last changed", page.items.len(), page.next.as_deref());
    Ok(())
}

fn table(memories: &[wire::Memory]) -> Table {
    let mut table = Table::new(&COLUMNS);
    for memory in memories {
        table.add_row([
            memory.id.to_string(),
            name(&memory.state),
            memory.situation.site.clone(),
            memory.situation.page.clone(),
            output::short(&memory.fails, 70),
            output::short(&memory.does, 70),
            proof(&memory.proof),
            memory.changed_at.format("%F %R").to_string(),
        ]);
    }
    table
}

async fn show(data: &DataArgs, args: &MemoryArgs, json: bool) -> Result<()> {
    let client = Client::new(&args.client, data)?;
    let memory: wire::Memory = client.get(&format!("/v1/memories/{}", args.id), &[]).await?;
    if json {
        return output::json(&memory);
    }
    let is_gone = match memory.origin {
        wire::Origin::Run { run_id, .. } => client.lacks(&format!("/v1/runs/{run_id}")).await,
        wire::Origin::Report { .. } => false,
    };
    lines(&memory, is_gone).iter().try_for_each(output::line)
}

async fn flag(data: &DataArgs, args: &FlagArgs, json: bool) -> Result<()> {
    let client = Client::new(&args.client, data)?;
    let path = format!("/v1/memories/{}/flag", args.id);
    let request = client.request(Method::POST, &path)?.json(&json!({ "reason": args.reason }));
    let memory: wire::Memory = client.send(request).await?.json().await?;
    if json {
        return output::json(&memory);
    }
    output::line(format!("Flagged, and is not served any more: {}", memory.does))?;
    output::note(format!("Take it back with: waymark memories unflag {}", memory.id));
    Ok(())
}

async fn unflag(data: &DataArgs, args: &MemoryArgs, json: bool) -> Result<()> {
    let client = Client::new(&args.client, data)?;
    // Whether there is a flag is worth telling, not worth failing for where the key may not look.
    let before = client.get::<wire::Memory>(&format!("/v1/memories/{}", args.id), &[]).await.ok();
    let path = format!("/v1/memories/{}/unflag", args.id);
    let request = client.request(Method::POST, &path)?;
    let memory: wire::Memory = client.send(request).await?.json().await?;
    if json {
        return output::json(&memory);
    }
    let state = name(&memory.state);
    if before.is_some_and(|before| before.flag.is_none()) {
        return output::line(format!("It was not flagged and counts as {state}: {}", memory.does));
    }
    output::line(format!("Not flagged any more, and counts again as {state}: {}", memory.does))
}

/// How the uses of a memory went, in a cell.
pub(super) fn proof(proof: &wire::Proof) -> String {
    let of = |worked: u32, failed: u32| format!("{worked}/{}", worked + failed);
    let seen = of(proof.worked, proof.failed);
    let reported = &proof.reported;
    if reported.is_empty() {
        return seen;
    }
    let doubted = if proof.is_doubted() { ", doubted" } else { "" };
    format!("{seen} (reported {}{doubted})", of(reported.worked, reported.failed))
}

/// Who vouches for it.
const fn vouched(memory: &wire::Memory) -> &'static str {
    match memory.trust {
        Voucher::Flagged => "flagged as wrong",
        Voucher::Reported => "reported by an agent outside",
        Voucher::Unverified => "unverified: no run has seen it work",
        Voucher::Verified => "verified by our runs",
        Voucher::Human => "answered by a human",
    }
}

/// A memory as a person reads it. The trace that it is made of may be gone.
fn lines(memory: &wire::Memory, is_gone: bool) -> Vec<String> {
    let at = |time: chrono::DateTime<chrono::Utc>| time.format("%F %T UTC").to_string();
    let last = |what: &str, time: Option<chrono::DateTime<chrono::Utc>>| {
        time.map_or_else(String::new, |time| format!(", {what} {}", at(time)))
    };
    let wire::Proof { worked, failed, unverified, runs, last_worked_at, last_failed_at, .. } =
        memory.proof;
    let met = match memory.last_seen_at {
        Some(seen_at) => {
            format!("  met {}, last {}", counted(memory.seen, "time", "times"), at(seen_at))
        }
        None => "  never met by a run of ours: an agent outside told of it".to_owned(),
    };
    let situation = &memory.situation;
    let mut lines = vec![
        format!("{}: {}", name(&memory.state), memory.does),
        format!("when it fails on {} {}: {}", situation.site, situation.page, memory.fails),
        met,
        format!("{} ({}), {}", name(&memory.tactic), name(&memory.approach), vouched(memory)),
        format!(
            "worked {} in {}, failed {failed}, nobody can tell {unverified}; confidence {:.2}{}{}",
            counted(worked, "time", "times"),
            counted(runs, "run", "runs"),
            memory.confidence,
            last("last worked", last_worked_at),
            last("last failed", last_failed_at),
        ),
    ];
    lines.extend(reported(&memory.proof));
    let agents = memory.agents.iter().flatten().cloned().collect::<Vec<_>>();
    if !agents.is_empty() {
        lines.push(format!("helped {}", agents.join(", ")));
    }
    match memory.origin {
        wire::Origin::Run { run_id, step } => {
            let since = at(memory.since);
            let gone = if is_gone { ", whose trace was removed" } else { "" };
            lines.push(format!("since {since}, from step {step} of run {run_id}{gone}"));
            lines.extend((!is_gone).then(|| format!("  waymark trace {run_id}")));
        }
        wire::Origin::Report { recall_id } => {
            lines.push(format!("since {}, told in answer to {recall_id}", at(memory.since)));
        }
    }
    lines.extend(memory.superseded_by.map(|id| format!("superseded by {id}")));
    lines.extend(
        memory
            .flag
            .as_ref()
            .map(|flag| format!("flagged {} by {}: {}", at(flag.at), flag.by, flag.reason)),
    );
    lines
}

/// What agents outside say of it.
fn reported(proof: &wire::Proof) -> Vec<String> {
    let said = &proof.reported;
    let mut lines = Vec::new();
    if !said.is_empty() {
        let untold = match said.unverified {
            0 => String::new(),
            untold => format!(", could not tell {untold}"),
        };
        lines.push(format!("reported: worked {}, failed {}{untold}", said.worked, said.failed));
    }
    if proof.is_doubted() {
        lines.push("doubted until it works for us: agents outside say that it fails".to_owned());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const ID: &str = "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";
    const TIME: &str = "2026-03-01T12:00:00Z";

    /// A flagged one, with changes.
    fn memory(changes: &Value) -> wire::Memory {
        let mut memory = json!({
            "id": ID, "state": "flagged", "trust": "flagged", "fails": "save: click (timeout)",
            "does": "press Enter instead", "tactic": "alternative_tool", "approach": "keyboard",
            "situation": {"site": "shop", "page": "/", "class": "timeout", "action": "click",
                "intent": "save", "message": ""},
            "situation_id": ID, "remedy": {"approach": "keyboard", "steps": []},
            "proof": {"worked": 3, "failed": 1, "runs": 2, "agents": 2, "last_worked_at": TIME},
            "confidence": 0.301, "origin": {"run_id": ID, "step": 4}, "superseded_by": null,
            "flag": {"reason": "it sends twice", "by": "ops", "at": TIME}, "since": TIME,
            "changed_at": TIME, "seen": 5, "last_seen_at": TIME, "agents": ["a", "b"],
        });
        for (field, value) in changes.as_object().unwrap() {
            memory[field] = value.clone();
        }
        serde_json::from_value(memory).unwrap()
    }

    #[test]
    fn a_memory_is_told_in_lines() {
        assert_eq!(
            lines(&memory(&json!({})), false),
            [
                "flagged: press Enter instead",
                "when it fails on shop /: save: click (timeout)",
                "  met 5 times, last 2026-03-01 12:00:00 UTC",
                "alternative_tool (keyboard), flagged as wrong",
                "worked 3 times in 2 runs, failed 1, nobody can tell 0; confidence 0.30, last \
                 worked 2026-03-01 12:00:00 UTC",
                "helped a, b",
                &format!("since 2026-03-01 12:00:00 UTC, from step 4 of run {ID}"),
                &format!("  waymark trace {ID}"),
                "flagged 2026-03-01 12:00:00 UTC by ops: it sends twice",
            ]
        );
    }

    #[test]
    fn who_vouches_for_it_is_told_and_what_is_one_is_one() {
        let told = |trust: &str, worked: u32| {
            let proof = json!({"worked": worked, "failed": 0, "runs": worked});
            let changes = json!({"state": "proven", "trust": trust, "flag": null, "seen": 1,
                "proof": proof});
            lines(&memory(&changes), false).join("\n")
        };
        let verified = told("verified", 1);
        assert!(verified.contains("met 1 time, last"), "{verified}");
        assert!(verified.contains("(keyboard), verified by our runs\nworked 1 time in 1 run, "));
        assert!(
            told("unverified", 0).contains("no run has seen it work\nworked 0 times in 0 runs")
        );
        assert!(told("human", 1).contains("answered by a human"));
        assert!(told("reported", 0).contains("reported by an agent outside"));
    }

    #[test]
    fn a_trace_that_is_gone_is_not_offered() {
        let told = lines(&memory(&json!({})), true).join("\n");
        assert!(told.contains(&format!("of run {ID}, whose trace was removed")), "{told}");
        assert!(!told.contains("waymark trace"), "{told}");
    }

    #[test]
    fn what_outsiders_report_is_told_apart() {
        let told_of = |reported: Value| {
            memory(&json!({"state": "unproven", "trust": "reported", "flag": null, "agents": null,
                "proof": {"reported": reported}, "origin": {"recall_id": ID}, "seen": 0,
                "last_seen_at": null}))
        };
        let doubted = told_of(json!({"worked": 1, "failed": 4, "last_failed_at": TIME}));
        let lines_of = |memory| lines(memory, false)[2..].join("\n");
        let told = lines_of(&doubted);
        assert!(told.starts_with("  never met by a run of ours"), "{told}");
        assert!(told.contains("\nreported: worked 1, failed 4\ndoubted until"), "{told}");
        assert_eq!(proof(&doubted.proof), "0/0 (reported 1/5, doubted)");
        let believed = told_of(json!({"worked": 2, "unverified": 3}));
        let told = lines_of(&believed);
        assert!(told.contains("\nreported: worked 2, failed 0, could not tell 3\n"), "{told}");
        assert!(!told.contains("doubted"), "{told}");
        assert_eq!(proof(&believed.proof), "0/0 (reported 2/2)");
        assert_eq!(proof(&memory(&json!({})).proof), "3/4");
    }
}
