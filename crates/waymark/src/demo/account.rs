//! The account at the end of the demo: what ran, how long, where the traces are.

use crate::output;
use anyhow::Result;
use domain::task::TaskState;
use serde_json::{Value, json};
use std::time::Duration;

/// A demo task that ended.
pub(super) struct End {
    pub(super) task: wire::Task,
    pub(super) run: Option<wire::Run>,
    pub(super) meant: TaskState,
}

impl End {
    pub(super) fn is_as_meant(&self) -> bool {
        self.task.state == self.meant
    }

    fn milliseconds(&self) -> Option<i64> {
        let run = self.run.as_ref()?;
        Some((run.ended_at? - run.started_at).num_milliseconds())
    }
}

pub(super) fn print(ends: &[End], took: Duration, url: &str) -> Result<()> {
    let mut table = output::table(&["goal", "ended", "attempts", "steps", "ms", "trace"]);
    for end in ends {
        table.add_row([
            end.task.goal.clone(),
            end.task.state.as_str().to_owned(),
            end.task.attempt.to_string(),
            end.run.as_ref().map_or_else(String::new, |run| run.steps.to_string()),
            end.milliseconds().map_or_else(String::new, |ms| ms.to_string()),
            end.run.as_ref().map_or_else(String::new, |run| run.id.to_string()),
        ]);
    }
    output::line(table.to_string())?;
    output::line(format!("\n{} tasks in {:.1} s.", ends.len(), took.as_secs_f64()))?;
    for end in ends {
        if let Some(failure) = &end.task.failure {
            let meant = if end.is_as_meant() { ", as it should" } else { "" };
            output::line(format!("`{}` failed{meant}: {}", end.task.goal, failure.message))?;
        }
    }
    output::line(format!(
        "Each trace is at {url}/v1/runs/TRACE/steps, or readable with `waymark trace TRACE`."
    ))
}

pub(super) fn as_json(ends: &[End], url: &str) -> Value {
    let tasks: Vec<Value> = ends
        .iter()
        .map(|end| {
            json!({
                "goal": end.task.goal,
                "task_id": end.task.id,
                "run_id": end.task.run_id,
                "state": end.task.state,
                "as_meant": end.is_as_meant(),
                "attempts": end.task.attempt,
                "steps": end.run.as_ref().map(|run| run.steps),
                "milliseconds": end.milliseconds(),
                "result": end.task.result,
            })
        })
        .collect();
    json!({ "url": url, "tasks": tasks })
}
