//! `waymark recall`: advice for an agent in trouble, and what became of it.

mod outcome;

use crate::cli::{RecallArgs, RecallThen};
use crate::client::Client;
use crate::commands::answer::parse;
use crate::commands::run::read;
use crate::output::Column::{Prose, Word};
use crate::output::{self, Column, Table};
use crate::settings::DataArgs;
use anyhow::Result;
use domain::id::RemedyId;
use domain::memory::Origin;
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::ExitCode;

pub(super) const COLUMNS: [Column; 9] = [
    Word(""),
    Word("tier"),
    Word("conf."),
    Prose("what to do"),
    Word("worked"),
    Word("failed"),
    Word("agents"),
    Word("last"),
    Word("says"),
];

pub(crate) async fn recall(data: &DataArgs, args: RecallArgs, json: bool) -> Result<ExitCode> {
    if let Some(RecallThen::Outcome(args)) = args.then {
        return outcome::outcome(data, args, json).await;
    }
    let client = Client::new(&args.client, data)?;
    let only_text = args.token_budget.is_some();
    let request = client.request(Method::POST, "/v1/recall")?.json(&body(args)?);
    let answer: wire::MemoryAnswer = client.send(request).await?.json().await?;
    if json {
        output::json(&answer)?;
    } else if only_text {
        output::line(answer.text.trim_end())?;
        output::note(answered_to(&answer));
    } else {
        show(&answer)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The question as the API takes it.
fn body(args: RecallArgs) -> Result<Value> {
    let message = match args.message.as_deref() {
        Some("-") => Some(read(Path::new("-"))?),
        _ => args.message,
    };
    let target = args.target.map(|target| parse(&target, "--target")).transpose()?;
    let tried = args.tried.iter().map(|tried| way(tried)).collect::<Result<Vec<_>>>()?;
    let given = [
        ("url", args.url.map(Value::from)),
        ("site", args.site.map(Value::from)),
        ("page", args.page.map(Value::from)),
        ("intent", args.intent.map(Value::from)),
        ("message", message.map(Value::from)),
        ("error_class", args.error_class.map(Value::from)),
        ("action", args.action.map(Value::from)),
        ("target", target.map(Value::Object)),
        ("goal", args.goal.map(Value::from)),
        ("tried", Some(Value::from(tried)).filter(|tried| *tried != json!([]))),
        ("agent", args.agent.map(Value::from)),
        ("limit", args.limit.map(Value::from)),
        ("token_budget", args.token_budget.map(Value::from)),
    ];
    let given = given.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Ok(Value::Object(given.collect::<Map<_, _>>()))
}

/// What was tried, by the looks of it.
fn way(tried: &str) -> Result<Value> {
    if tried.trim_start().starts_with('{') {
        return Ok(json!({ "action": parse(tried, "--tried")? }));
    }
    Ok(match tried.parse::<RemedyId>() {
        Ok(id) => json!({ "remedy_id": id }),
        Err(_) => json!({ "approach": tried }),
    })
}

fn show(answer: &wire::MemoryAnswer) -> Result<()> {
    let asked = &answer.asked;
    output::line(format!("{} on {}{}", answer.error_class, asked.site, asked.page))?;
    if !answer.advice.is_empty() {
        output::line("")?;
        table(&answer.advice).print()?;
    }
    for line in particulars(answer) {
        output::line(line)?;
    }
    Ok(())
}

fn table(given: &[wire::OfferedAdvice]) -> Table {
    let mut table = Table::new(&COLUMNS);
    for advice in given {
        let proof = &advice.proof;
        let last = proof.last_worked_at.map(|at| at.format("%F").to_string());
        table.add_row([
            advice.rank.to_string(),
            output::name(&advice.tier),
            format!("{:.2}", advice.confidence),
            advice.text.clone(),
            proof.worked.to_string(),
            proof.failed.to_string(),
            proof.agents.to_string(),
            last.unwrap_or_default(),
            output::name(&advice.trust),
        ]);
    }
    table
}

/// Everything that no table holds.
fn particulars(answer: &wire::MemoryAnswer) -> Vec<String> {
    let mut lines = Vec::new();
    for advice in &answer.advice {
        let from = match advice.provenance {
            Origin::Run { run_id, step } => format!("run {run_id}, step {step}"),
            Origin::Report { recall_id } => format!("a report about recall {recall_id}"),
        };
        let reported = &advice.proof.reported;
        let told = if reported.is_empty() {
            String::new()
        } else {
            format!("; agents outside: worked {}, failed {}", reported.worked, reported.failed)
        };
        lines.push(format!("\n{}: from {from}{told}", advice.rank));
        lines.extend(advice.when_not.iter().map(|not| format!("   not if {not}")));
    }
    let dead = answer.dead_ends.iter().map(|dead| {
        format!("\nknown not to work here: {} (failed {})", dead.text, dead.proof.failed)
    });
    lines.extend(dead);
    lines.extend(answer.abstained.iter().map(|why| format!("\nno advice: {why}")));
    lines.extend(answer.notes.iter().map(|note| format!("\nnote: {note}")));
    lines.extend(answer.trouble.iter().map(|what| format!("\ntrouble: {what}")));
    lines.push(format!("\n{}", answered_to(answer)));
    lines
}

/// How to say what became of the advice.
fn answered_to(answer: &wire::MemoryAnswer) -> String {
    let then = if answer.advice.is_empty() { "--remedy FILE" } else { "--advice 1 --worked" };
    format!("what became of it: waymark recall outcome {} {then}", answer.id)
}

#[cfg(test)]
mod tests;
