//! What happened to a task.

use chrono::{DateTime, Utc};
use domain::event::EventKind;
use domain::id::TaskId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One event of a task: the `data` of a server-sent event, whose `id` and `event` repeat those here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TaskEvent {
    /// Grows with every event of a task. Send the last one as `Last-Event-ID` to go on from there.
    pub id: i64,
    /// The task.
    pub task_id: TaskId,
    /// What happened.
    pub event: EventKind,
    /// Particulars: `run_id` and `attempt`; of a step also `seq`, `intent`, `action`, `ok`,
    /// `error_class`, `message`, `duration_ms`, `url`; of a question (`task.waiting`)
    /// `escalation_id`, `kind`, `question`, `waiting_until`; of an answer `escalation_id` and
    /// `kind`; of an end `failure`.
    pub data: serde_json::Value,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<domain::event::TaskEvent> for TaskEvent {
    fn from(event: domain::event::TaskEvent) -> Self {
        let domain::event::TaskEvent { id, task_id, kind, data, at } = event;
        Self { id, task_id, event: kind, data, at }
    }
}
