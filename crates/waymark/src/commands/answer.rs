//! `waymark answer`: answer a question.

use crate::cli::AnswerArgs;
use crate::client::Client;
use crate::commands::run::read;
use crate::exit::{DATA, Failed};
use crate::output;
use crate::settings::DataArgs;
use anyhow::Result;
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::ExitCode;

pub(crate) async fn answer(data: &DataArgs, args: AnswerArgs, json: bool) -> Result<ExitCode> {
    let client = Client::new(&args.client, data)?;
    let path = format!("/v1/escalations/{}/answer", args.id);
    let request = client.request(Method::POST, &path)?.json(&body(args)?);
    let escalation: wire::Escalation = client.send(request).await?.json().await?;
    if json {
        output::json(&escalation)?;
    } else {
        let gave_up = matches!(escalation.answer, Some(wire::Answer::GiveUp { .. }));
        let then = if gave_up { "ends" } else { "goes on" };
        output::line(format!("Answered. Task {} {then}.", escalation.task_id))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The answer as the API takes it.
fn body(args: AnswerArgs) -> Result<Value> {
    let choice = args.answer;
    let first = args.first.iter().map(|action| document(action, "--first"));
    let first = first.collect::<Result<Vec<_>>>()?;
    let prepared = |mut answer: Value| {
        if !first.is_empty() {
            answer["first"] = json!(first);
        }
        answer
    };
    if let Some(index) = choice.candidate {
        return Ok(prepared(json!({ "kind": "candidate", "index": index })));
    }
    if let Some(action) = choice.action {
        let action = document(&action, "--action")?;
        return Ok(prepared(json!({ "kind": "action", "action": action })));
    }
    if let Some(value) = choice.input {
        let value = if value == "-" { typed()? } else { value };
        let mut answer = json!({ "kind": "input", "value": value });
        if let Some(target) = &args.target {
            answer["target"] = Value::Object(parse(target, "--target")?);
        }
        return Ok(answer);
    }
    if let Some(plan) = choice.plan {
        let mut plan = document(&plan, "--plan")?;
        // A file for `waymark run` holds a whole task.
        let plan = plan.remove("plan").unwrap_or(Value::Object(plan));
        return Ok(json!({ "kind": "plan", "plan": plan }));
    }
    Ok(match choice.give_up {
        Some(Some(reason)) => json!({ "kind": "give_up", "reason": reason }),
        Some(None) => json!({ "kind": "give_up" }),
        None => json!({ "kind": "skip" }),
    })
}

fn typed() -> Result<String> {
    Ok(read(Path::new("-"))?.trim_end_matches(['\r', '\n']).to_owned())
}

/// An object given as JSON, in a file, or on standard input.
pub(super) fn document(given: &str, flag: &str) -> Result<Map<String, Value>> {
    if given.trim_start().starts_with('{') {
        parse(given, flag)
    } else {
        parse(&read(Path::new(given))?, &format!("{flag} {given}"))
    }
}

pub(super) fn parse(text: &str, from: &str) -> Result<Map<String, Value>> {
    serde_json::from_str(text)
        .map_err(|error| Failed::new(DATA, format!("{from} is not an object: {error}")).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Cli, Command};
    use clap::Parser as _;

    const ID: &str = "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";

    fn read_args(args: &[&str]) -> Option<Value> {
        let cli = Cli::try_parse_from([&["waymark", "answer", ID], args].concat()).ok()?;
        let Command::Answer(args) = cli.command else { return None };
        Some(body(args).unwrap())
    }

    #[test]
    fn flags_become_the_answer_they_stand_for() {
        for (args, answer) in [
            (vec!["--candidate", "1"], json!({"kind": "candidate", "index": 1})),
            (
                vec!["--action", r#"{"action": "reload"}"#],
                json!({"kind": "action", "action": {"action": "reload"}}),
            ),
            (
                vec!["--candidate", "0", "--first", r#"{"action": "back"}"#, "--first", "{}"],
                json!({"kind": "candidate", "index": 0, "first": [{"action": "back"}, {}]}),
            ),
            (vec!["--input", "-12"], json!({"kind": "input", "value": "-12"})),
            (
                vec!["--input", "1", "--target", r##"{"css": "#a"}"##],
                json!({"kind": "input", "value": "1", "target": {"css": "#a"}}),
            ),
            (
                vec!["--plan", r#"{"goal": "g", "plan": {"steps": []}}"#],
                json!({"kind": "plan", "plan": {"steps": []}}),
            ),
            (vec!["--plan", r#"{"steps": []}"#], json!({"kind": "plan", "plan": {"steps": []}})),
            (vec!["--skip"], json!({"kind": "skip"})),
            (vec!["--give-up"], json!({"kind": "give_up"})),
            (vec!["--give-up", "gone"], json!({"kind": "give_up", "reason": "gone"})),
        ] {
            assert_eq!(read_args(&args), Some(answer), "{args:?}");
        }
    }

    #[test]
    fn one_answer_is_given_and_no_other() {
        for args in [
            vec![],
            vec!["--skip", "--give-up"],
            vec!["--candidate", "0", "--input", "1"],
            vec!["--skip", "--target", "{}"],
            vec!["--skip", "--first", "{}"],
            vec!["--candidate", "-1"],
        ] {
            assert_eq!(read_args(&args), None, "{args:?}");
        }
    }
}
