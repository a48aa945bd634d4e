//! `waymark trace`: a readable trace.

use crate::cli::TraceArgs;
use crate::client::Client;
use crate::exit::{DATA, Failed};
use crate::output;
use crate::settings::DataArgs;
use anyhow::{Context as _, Result};
use domain::observation::Change;
use std::path::Path;
use std::process::ExitCode;
use uuid::Uuid;

mod memory;

pub(crate) async fn trace(data: &DataArgs, args: &TraceArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let run = find_run(&client, args.run).await?;
    let steps = client.steps(run.id).await?;
    if let Some(dir) = &args.save {
        save(&client, &run, dir).await?;
    }
    if json {
        output::json(&serde_json::json!({ "run": run, "steps": steps }))?;
    } else {
        print(&run, &steps)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The run of this id, or the last run of the task of this id.
async fn find_run(client: &Client, id: Uuid) -> Result<wire::Run> {
    let query = [("task_id", id.to_string()), ("limit", "1".into())];
    let of_task: wire::Page<wire::Run> = client.get("/v1/runs", &query).await?;
    let id = of_task.items.first().map_or(id, |run| run.id.as_uuid());
    // Asked for alone, a run comes with its result.
    client.get(&format!("/v1/runs/{id}"), &[]).await.map_err(|error| {
        match error.downcast::<Failed>() {
            Ok(failed) => failed.into(),
            Err(error) => error,
        }
    })
}

fn print(run: &wire::Run, steps: &[wire::Step]) -> Result<()> {
    output::line(&run.goal)?;
    let outcome = run.outcome.map_or("running", domain::run::Outcome::as_str);
    let took = run.ended_at.map(|end| (end - run.started_at).num_milliseconds());
    let took = took.map_or_else(String::new, |ms| format!(" in {ms} ms"));
    output::line(format!(
        "run {} · attempt {} · {} · {outcome}{took}",
        run.id, run.attempt, run.site
    ))?;
    if let Some(trace) = &run.trace_id {
        output::line(format!("trace {trace}"))?;
    }
    output::line("")?;
    for step in steps {
        print_step(step)?;
    }
    if let Some(failure) = &run.failure {
        output::line(format!("\nfailed: {}", failure.message))?;
    }
    if let Some(result) =
        run.result.as_ref().filter(|result| result.as_object().is_some_and(|r| !r.is_empty()))
    {
        output::line(format!("\nresult: {}", serde_json::to_string_pretty(result)?))?;
    }
    Ok(())
}

fn print_step(step: &wire::Step) -> Result<()> {
    let mark = if step.ok { "✓" } else { "✗" };
    let why = memory::why(&step.decision);
    output::line(format!(
        "{mark} {:>3}  {:<14} {}{why}  {} ms",
        step.seq,
        step.action.action.as_str(),
        step.intent,
        step.duration_ms
    ))?;
    for line in details(step) {
        output::line(format!("       {line}"))?;
    }
    Ok(())
}

/// What is worth a line of its own below a step.
fn details(step: &wire::Step) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(element) = &step.fingerprint {
        lines.push(format!("on {}", super::escalations::element(element)));
    }
    for change in &step.observation.changes {
        lines.extend(match change {
            Change::Navigated { url, status: Some(status) } => Some(format!("→ {url} ({status})")),
            Change::Navigated { url, status: None } | Change::UrlChanged { url } => {
                Some(format!("→ {url}"))
            }
            Change::TabOpened { url } => Some(format!("tab opened: {url}")),
            Change::TabClosed { url } => Some(format!("tab closed: {url}")),
            Change::Downloaded { name, bytes } => Some(format!("downloaded {name}, {bytes} bytes")),
            Change::Elements { .. } => None,
        });
    }
    if let Some(failure) = &step.failure {
        lines.push(format!("{}: {}", failure.class, failure.message));
        lines.extend(failure.blocked_by.iter().map(|what| format!("in the way: {what}")));
        lines.extend(failure.matched.iter().map(|what| format!("matched: {what}")));
    }
    lines.extend(step.recalls.iter().flat_map(memory::recall));
    let errors = step.observation.console.iter();
    lines.extend(errors.map(|line| format!("console {}: {}", line.level, line.text)));
    lines
}

async fn save(client: &Client, run: &wire::Run, dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    let path = format!("/v1/runs/{}/artifacts", run.id);
    let artifacts: wire::Page<wire::Artifact> = client.get(&path, &[]).await?;
    for artifact in &artifacts.items {
        let extension = match artifact.media_type.as_str() {
            "image/png" => ".png",
            "application/json" => ".json",
            _ => "",
        };
        // A page chose this name: only its last, plain part may become a file's.
        let name = artifact.name.as_deref().unwrap_or(artifact.kind.as_str());
        let name: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() || "._-".contains(c) { c } else { '_' })
            .collect();
        let file = dir.join(format!("{:03}-{name}{extension}", artifact.step));
        let content = client.bytes(&format!("/v1/artifacts/{}", artifact.id)).await?;
        std::fs::write(&file, content)
            .map_err(|error| Failed::new(DATA, format!("{}: {error}", file.display())))?;
    }
    let files = output::counted(artifacts.items.len(), "file", "files");
    output::note(format!("{files} in {}", dir.display()));
    Ok(())
}
