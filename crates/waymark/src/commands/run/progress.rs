//! A task's events as lines for people.

use domain::event::EventKind;
use serde_json::Value;

/// The line for an event, if it is worth one.
pub(crate) fn describe(event: &wire::TaskEvent) -> Option<String> {
    let data = &event.data;
    match event.event {
        EventKind::Queued => None,
        EventKind::RunStarted => Some(format!("attempt {} begins", data["attempt"])),
        EventKind::StepRecorded => Some(step(data)),
        EventKind::Requeued => Some(format!("will be tried again{}", because(&data["failure"]))),
        EventKind::Waiting => Some(question(data)),
        EventKind::Answered => Some(format!("answered ({}); goes on", text(&data["kind"]))),
        EventKind::Cancelling => Some("stops after its current step".into()),
        EventKind::Succeeded => Some("succeeded".into()),
        EventKind::Failed => Some(format!("failed{}", because(&data["failure"]))),
        EventKind::Cancelled => Some("cancelled".into()),
    }
}

fn step(data: &Value) -> String {
    let mark = if data["ok"] == Value::Bool(true) { "✓" } else { "✗" };
    let line = format!(
        "{mark} {:>3}  {:<14} {}  {} ms",
        data["seq"].to_string(),
        text(&data["action"]),
        text(&data["intent"]),
        data["duration_ms"]
    );
    match data["message"].as_str() {
        Some(message) => format!("{line}\n       {}: {message}", text(&data["error_class"])),
        None => line,
    }
}

/// What is asked, and the commands that show and answer it.
fn question(data: &Value) -> String {
    let id = text(&data["escalation_id"]);
    let answers = data["answers"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let flags: Vec<&str> = answers.filter_map(answer_flag).collect();
    let (first, others) = match flags.split_first() {
        Some((first, [])) => ((*first).to_owned(), String::new()),
        Some((first, others)) => ((*first).to_owned(), format!("   (or {})", others.join(", "))),
        None => ("…".to_owned(), String::new()),
    };
    format!(
        "waits for a human until {}: {}\n  see    waymark escalation {id}\n  answer waymark answer \
         {id} {first}{others}",
        text(&data["waiting_until"]),
        text(&data["question"]),
    )
}

/// How an answer of this kind is given on the command line.
pub(crate) fn answer_flag(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "candidate" => "--candidate N",
        "action" => "--action FILE",
        "input" => "--input VALUE",
        "plan" => "--plan FILE",
        "skip" => "--skip",
        "give_up" => "--give-up",
        _ => return None,
    })
}

fn because(failure: &Value) -> String {
    match failure["message"].as_str() {
        Some(message) => format!(" ({}): {message}", text(&failure["kind"])),
        None => String::new(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_question_comes_with_the_command_that_answers_it() {
        let told = question(&json!({
            "escalation_id": "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f", "question": "Which one?",
            "waiting_until": "2026-12-31T23:59:59Z", "answers": ["candidate", "skip"],
        }));
        assert!(told.contains("until 2026-12-31T23:59:59Z: Which one?"), "{told}");
        let command =
            "waymark answer 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f --candidate N   (or --skip)";
        assert!(told.contains(command), "{told}");
    }
}
