//! What happened to a task, as a stream of facts with growing ids.

use crate::id::TaskId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum EventKind {
    /// The task was accepted.
    #[serde(rename = "task.queued")]
    Queued,
    /// A worker began an attempt.
    #[serde(rename = "run.started")]
    RunStarted,
    /// A step was recorded.
    #[serde(rename = "step.recorded")]
    StepRecorded,
    /// An attempt ended and another will follow.
    #[serde(rename = "task.requeued")]
    Requeued,
    /// The run asked a human; it goes on with the answer.
    #[serde(rename = "task.waiting")]
    Waiting,
    /// A human answered; the task is queued again.
    #[serde(rename = "task.answered")]
    Answered,
    /// The client asked to cancel a running task.
    #[serde(rename = "task.cancelling")]
    Cancelling,
    /// The task succeeded. Terminal.
    #[serde(rename = "task.succeeded")]
    Succeeded,
    /// The task failed. Terminal.
    #[serde(rename = "task.failed")]
    Failed,
    /// The task was cancelled. Terminal.
    #[serde(rename = "task.cancelled")]
    Cancelled,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::RunStarted,
        Self::StepRecorded,
        Self::Requeued,
        Self::Waiting,
        Self::Answered,
        Self::Cancelling,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The name as it stands in JSON, SQL and the event stream.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "task.queued",
            Self::RunStarted => "run.started",
            Self::StepRecorded => "step.recorded",
            Self::Requeued => "task.requeued",
            Self::Waiting => "task.waiting",
            Self::Answered => "task.answered",
            Self::Cancelling => "task.cancelling",
            Self::Succeeded => "task.succeeded",
            Self::Failed => "task.failed",
            Self::Cancelled => "task.cancelled",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether the stream ends with it.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// One event of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskEvent {
    /// Grows with every event of a task.
    pub id: i64,
    /// The task.
    pub task_id: TaskId,
    /// What happened.
    pub kind: EventKind,
    /// Particulars: `run_id`, `attempt`, and of a step `seq`, `intent`, `action`, `ok`,
    /// `error_class`, `message`, `duration_ms`, `url`; of a question and its answer
    /// `escalation_id`, of a question also `kind`, `question` and `waiting_until`, of an answer
    /// its `kind`; of an end `failure`.
    pub data: serde_json::Value,
    /// When.
    pub at: DateTime<Utc>,
}
