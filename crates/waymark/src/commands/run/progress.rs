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

fn because(failure: &Value) -> String {
    match failure["message"].as_str() {
        Some(message) => format!(" ({}): {message}", text(&failure["kind"])),
        None => String::new(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}
