//! `waymark run`: submit a task, follow it, print its result.

use crate::cli::RunArgs;
use crate::client::Client;
use crate::exit::{DATA, Failed, TASK_CANCELLED, TASK_FAILED, TASK_UNANSWERED, USAGE};
use crate::output::{self, note};
use crate::settings::DataArgs;
use anyhow::{Context as _, Result};
use domain::task::TaskState;
use reqwest::Method;
use serde_json::{Map, Value};
use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

mod progress;

pub(crate) use progress::{answer_flag, describe};

pub(crate) async fn run(data: &DataArgs, args: RunArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let body = task_body(&args)?;
    let mut request = client.request(Method::POST, "/v1/tasks")?.json(&body);
    if let Some(key) = &args.idempotency_key {
        request = request.header("idempotency-key", key);
    }
    let task: wire::Task = client.send(request).await?.json().await?;
    if args.detach {
        if json {
            output::json(&task)?;
        } else {
            output::line(task.id.to_string())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    note(format!("task {}: {}", task.id, task.goal));
    client
        .follow(task.id, |event| {
            if let Some(line) = describe(event) {
                note(line);
            }
        })
        .await?;
    let task: wire::Task = client.get(&format!("/v1/tasks/{}", task.id), &[]).await?;
    finish(&task, json)
}

/// Prints the end of a task: its result on standard output, its failure as a note.
fn finish(task: &wire::Task, json: bool) -> Result<ExitCode> {
    if json {
        output::json(task)?;
    } else if let Some(result) = task.result.as_ref().filter(|result| **result != Value::Null) {
        output::json(result)?;
    }
    if let Some(run) = task.run_id {
        note(format!("trace: waymark trace {run}"));
    }
    Ok(code(task))
}

fn code(task: &wire::Task) -> ExitCode {
    let unanswered = |failure: &wire::TaskFailure| failure.kind == wire::FailureKind::Unanswered;
    match task.state {
        TaskState::Succeeded => ExitCode::SUCCESS,
        TaskState::Cancelled => ExitCode::from(TASK_CANCELLED),
        TaskState::Waiting => ExitCode::from(TASK_UNANSWERED),
        TaskState::Failed if task.failure.as_ref().is_some_and(unanswered) => {
            ExitCode::from(TASK_UNANSWERED)
        }
        TaskState::Queued | TaskState::Running | TaskState::Failed => ExitCode::from(TASK_FAILED),
    }
}

/// The file with what the command line puts over it.
fn task_body(args: &RunArgs) -> Result<Value> {
    let text = read(&args.file)?;
    let mut body: Map<String, Value> = serde_json::from_str(&text).map_err(|error| {
        Failed::new(DATA, format!("{} is not a task as JSON: {error}", args.file.display()))
    })?;
    if let Some(url) = &args.start_url {
        body.insert("start_url".into(), Value::from(url.as_str()));
    }
    for pair in &args.input {
        let (name, value) = split(pair, "--input")?;
        put(&mut body, "inputs", name, value.to_owned())?;
    }
    for pair in &args.secret {
        let (name, source) = split(pair, "--secret")?;
        put(&mut body, "secrets", name, secret(source)?)?;
    }
    Ok(Value::Object(body))
}

/// The text of a file, or of standard input for `-`.
pub(crate) fn read(file: &Path) -> Result<String> {
    if file == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(file)
        .map_err(|error| Failed::new(USAGE, format!("{}: {error}", file.display())).into())
}

fn split<'a>(pair: &'a str, flag: &str) -> Result<(&'a str, &'a str)> {
    pair.split_once('=')
        .ok_or_else(|| Failed::new(USAGE, format!("{flag} {pair}: write it as NAME=VALUE")).into())
}

fn put(body: &mut Map<String, Value>, group: &str, name: &str, value: String) -> Result<()> {
    let values = body.entry(group).or_insert_with(|| Value::Object(Map::new()));
    let values = values
        .as_object_mut()
        .ok_or_else(|| Failed::new(DATA, format!("`{group}` must be an object")))?;
    values.insert(name.to_owned(), Value::from(value));
    Ok(())
}

/// A secret given in clear would stand in the shell's history and in the list of processes.
#[expect(clippy::disallowed_methods, reason = "the call names the variable to read")]
fn secret(source: &str) -> Result<String> {
    match source.split_once(':') {
        Some(("env", variable)) => std::env::var(variable)
            .map_err(|_| Failed::new(USAGE, format!("--secret: ${variable} is not set")).into()),
        Some(("file", file)) => {
            let text = std::fs::read_to_string(file).context(format!("--secret: {file}"))?;
            Ok(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        _ => Err(Failed::new(
            USAGE,
            "--secret takes env:VARIABLE or file:PATH, so that the value is not seen by others",
        )
        .into()),
    }
}
