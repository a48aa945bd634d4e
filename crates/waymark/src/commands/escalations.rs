//! `waymark escalations` and `waymark escalation`: what agents ask humans.

use crate::cli::{EscalationArgs, EscalationsArgs};
use crate::client::Client;
use crate::commands::answer_flag;
use crate::exit::{DATA, Failed, USAGE};
use crate::output::Column::{Prose, Word};
use crate::output::{self, Column, Table};
use crate::settings::DataArgs;
use anyhow::Result;
use domain::escalation::{AnswerKind, EscalationState};
use domain::snapshot::Fingerprint;
use serde_json::Value;
use std::process::ExitCode;

pub(super) const COLUMNS: [Column; 6] = [
    Word("escalation"),
    Word("state"),
    Word("site"),
    Word("asked"),
    Word("until"),
    Prose("question"),
];

pub(crate) async fn list(data: &DataArgs, args: EscalationsArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let mut query = vec![("limit", args.limit.to_string())];
    query.extend(state(&args.state)?.map(|state| ("state", state.as_str().to_owned())));
    query.extend(args.site.map(|site| ("site", site)));
    query.extend(args.task.map(|task| ("task_id", task.to_string())));
    query.extend(args.cursor.map(|cursor| ("cursor", cursor)));
    let page: wire::Page<wire::Escalation> = client.get("/v1/escalations", &query).await?;
    if json {
        output::json(&page)?;
        return Ok(ExitCode::SUCCESS);
    }
    table(&page.items).print()?;
    output::note_next("The newest", page.items.len(), page.next.as_deref());
    Ok(ExitCode::SUCCESS)
}

fn table(escalations: &[wire::Escalation]) -> Table {
    let mut table = Table::new(&COLUMNS);
    for escalation in escalations {
        table.add_row([
            escalation.id.to_string(),
            escalation.state.as_str().to_owned(),
            escalation.site.clone(),
            escalation.asked_at.format("%F %T").to_string(),
            escalation.deadline.format("%F %T").to_string(),
            output::short(&escalation.question, 80),
        ]);
    }
    table
}

fn state(name: &str) -> Result<Option<EscalationState>> {
    if name == "any" {
        return Ok(None);
    }
    let state = EscalationState::from_name(name);
    state.map(Some).ok_or_else(|| {
        let known = EscalationState::ALL.map(EscalationState::as_str).join(", ");
        Failed::new(USAGE, format!("--state {name}: it is one of {known}, or any")).into()
    })
}

pub(crate) async fn show(data: &DataArgs, args: &EscalationArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let path = format!("/v1/escalations/{}", args.id);
    let escalation: wire::Escalation = client.get(&path, &[]).await?;
    if let Some(file) = &args.save {
        let Some(picture) = escalation.screenshot else {
            return Err(Failed::new(DATA, "there is no picture of the page").into());
        };
        let bytes = client.bytes(&format!("/v1/artifacts/{picture}")).await?;
        std::fs::write(file, bytes)
            .map_err(|error| Failed::new(DATA, format!("{}: {error}", file.display())))?;
        output::note(format!("the page is in {}", file.display()));
    }
    if json {
        output::json(&escalation)?;
    } else {
        for line in lines(&escalation, &args.client.server) {
            output::line(line)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A question as a person reads it.
fn lines(escalation: &wire::Escalation, server: &str) -> Vec<String> {
    let mut lines = vec![
        escalation.question.clone(),
        format!(
            "{} · {} · task {} · run {}",
            escalation.goal, escalation.site, escalation.task_id, escalation.run_id
        ),
    ];
    lines.extend(escalation.situation.as_ref().map(|situation| {
        let page = &situation.page;
        format!("on {page}: {}: {}", situation.class, situation.message)
    }));
    if let Some(wanted) = &escalation.wanted {
        let intent = wanted.intent.as_deref().unwrap_or_default();
        let target = wanted.target.as_ref().map_or_else(String::new, target);
        lines.push(format!("wanted: {} {target} ({intent})", wanted.action.as_str()));
    }
    section(&mut lines, "candidates", candidates(escalation));
    section(&mut lines, "tried", tried(escalation));
    if let Some(picture) = escalation.screenshot {
        let server = server.trim_end_matches('/');
        lines.push(format!("\npicture of the page: {server}/v1/artifacts/{picture}"));
        lines.push(format!("  waymark escalation {} --save page.png", escalation.id));
    }
    lines.extend(end(escalation));
    lines
}

fn section(lines: &mut Vec<String>, title: &str, content: Vec<String>) {
    if !content.is_empty() {
        lines.push(format!("\n{title}:"));
        lines.extend(content.into_iter().map(|line| format!("  {line}")));
    }
}

fn candidates(escalation: &wire::Escalation) -> Vec<String> {
    let candidates = escalation.candidates.iter().flatten();
    let line = |candidate: &wire::EscalationCandidate| {
        format!(
            "{}  {}  by {} {:.2} (ahead by {:.2})  {}",
            candidate.index,
            element(&candidate.fingerprint),
            output::name(&candidate.stage),
            candidate.score,
            candidate.margin,
            target(&candidate.target),
        )
    };
    candidates.map(line).collect()
}

fn tried(escalation: &wire::Escalation) -> Vec<String> {
    let tried = escalation.tried.iter().flatten();
    let line = |tried: &domain::escalation::Tried| {
        let way = tried.approach.as_ref().map_or_else(|| "as planned".to_owned(), output::name);
        format!("step {}  {way}: {}  → {}", tried.step, tried.what, tried.failure)
    };
    tried.map(line).collect()
}

/// How it can be answered, or how it was.
fn end(escalation: &wire::Escalation) -> Vec<String> {
    let at = |time: Option<chrono::DateTime<chrono::Utc>>| {
        time.map_or_else(String::new, |time| time.format("%F %T UTC").to_string())
    };
    match escalation.state {
        EscalationState::Open => {
            let mut lines =
                vec![format!("\nanswer until {}, with one of:", at(Some(escalation.deadline)))];
            let flags = escalation.answers.iter().copied().map(AnswerKind::as_str);
            lines.extend(
                flags
                    .filter_map(answer_flag)
                    .map(|flag| format!("  waymark answer {} {flag}", escalation.id)),
            );
            lines
        }
        EscalationState::Answered => {
            let by = escalation.answered_by.as_deref().unwrap_or("somebody");
            let answer = escalation
                .answer
                .as_ref()
                .map_or(Value::Null, |answer| serde_json::to_value(answer).unwrap_or_default());
            vec![format!("\nanswered {} by {by}: {answer}", at(escalation.answered_at))]
        }
        EscalationState::Expired => {
            vec![format!("\nnobody answered until {}", at(Some(escalation.deadline)))]
        }
        EscalationState::Cancelled => vec!["\nthe task was cancelled".to_owned()],
    }
}

/// An element in a few words.
pub(crate) fn element(element: &Fingerprint) -> String {
    let role = element.role.as_deref().unwrap_or(&element.tag);
    let name = if element.name.is_empty() { &element.text } else { &element.name };
    format!("{role} `{name}`")
}

/// A target as it stands in a plan.
fn target(target: &domain::plan::TargetForm) -> String {
    serde_json::to_string(target).unwrap_or_default()
}
