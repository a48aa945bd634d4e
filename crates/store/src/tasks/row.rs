//! The row of a task, and the task it stands for.

use crate::error::Corrupt;
use chrono::{DateTime, Utc};
use domain::id::{EscalationId, ProjectId, RunId, TaskId};
use domain::task::{OpenQuestion, Task, TaskState};
use serde_json::Value;
use uuid::Uuid;

/// What every query about tasks returns. Not the secrets: only a claim reads those.
pub(crate) struct TaskRow {
    pub(crate) id: Uuid,
    pub(crate) project_id: Uuid,
    pub(crate) spec: Value,
    pub(crate) secret_names: Vec<String>,
    pub(crate) state: String,
    pub(crate) attempt: i32,
    pub(crate) run_id: Option<Uuid>,
    pub(crate) result: Option<Value>,
    pub(crate) failure: Option<Value>,
    pub(crate) run_after: DateTime<Utc>,
    pub(crate) asks: Option<Uuid>,
    pub(crate) asks_until: Option<DateTime<Utc>>,
    pub(crate) cancel_requested_at: Option<DateTime<Utc>>,
    pub(crate) traceparent: Option<String>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) started_at: Option<DateTime<Utc>>,
    pub(crate) finished_at: Option<DateTime<Utc>>,
}

impl TryFrom<TaskRow> for Task {
    type Error = Corrupt;

    fn try_from(row: TaskRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("task", row.id);
        Ok(Self {
            id: TaskId::from_uuid(row.id),
            project_id: ProjectId::from_uuid(row.project_id),
            spec: name.json("spec", row.spec)?,
            secret_names: row.secret_names,
            state: name.name("state", &row.state, TaskState::from_name)?,
            attempt: name.number("attempt", row.attempt)?,
            run_id: row.run_id.map(RunId::from_uuid),
            result: row.result,
            failure: name.optional_json("failure", row.failure)?,
            run_after: row.run_after,
            waiting: row.asks.zip(row.asks_until).map(|(id, until)| OpenQuestion {
                escalation_id: EscalationId::from_uuid(id),
                until,
            }),
            cancel_requested: row.cancel_requested_at.is_some(),
            trace_id: row.traceparent.as_deref().and_then(trace_id),
            version: row.version,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        })
    }
}

/// The trace that a `traceparent` is in: its second field.
fn trace_id(traceparent: &str) -> Option<String> {
    traceparent.split('-').nth(1).map(str::to_owned)
}
