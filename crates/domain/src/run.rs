//! A run: one attempt at a task by one agent.

use crate::escalation::{Ask, SavedSession};
use crate::failure::TaskFailure;
use crate::id::{ProjectId, RunId, TaskId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The goal was reached.
    Succeeded,
    /// It was not; the failure says why.
    Failed,
    /// The client cancelled the task.
    Cancelled,
    /// The worker stopped and gave the attempt back.
    Released,
    /// The worker vanished; its lease ran out.
    Lost,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 5] =
        [Self::Succeeded, Self::Failed, Self::Cancelled, Self::Released, Self::Lost];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Released => "released",
            Self::Lost => "lost",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// A run as the store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Whose it is.
    pub project_id: ProjectId,
    /// The task it attempts.
    pub task_id: TaskId,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// What is to be achieved.
    pub goal: String,
    /// Under which agent's name.
    pub agent: String,
    /// On which site.
    pub site: String,
    /// The task's labels.
    pub labels: std::collections::BTreeMap<String, String>,
    /// Which worker holds or held the lease.
    pub worker: String,
    /// How it ended; `None` while it runs.
    pub outcome: Option<Outcome>,
    /// Why it failed.
    pub failure: Option<TaskFailure>,
    /// What was extracted.
    pub result: Option<serde_json::Value>,
    /// How many steps were recorded.
    pub steps: u32,
    /// The trace it began in; `None` where none was sent.
    pub trace_id: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// How the agent says a run ended; the worker makes a task state of it.
#[derive(Debug, Clone, PartialEq)]
pub enum RunEnd {
    /// The goal was reached; this is what was extracted.
    Succeeded(serde_json::Value),
    /// It was not; what was extracted until then.
    Failed(TaskFailure, serde_json::Value),
    /// The client cancelled the task.
    Cancelled,
    /// The worker is stopping: the attempt is given back.
    Released,
    /// It has not ended: it asks a human, and goes on with the answer.
    Waiting(Box<Waiting>),
}

/// A run that asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// The question.
    pub ask: Ask,
    /// The session, so that the run can go on elsewhere.
    pub session: Option<SavedSession>,
    /// How long an answer counts.
    pub seconds: u32,
}

impl RunEnd {
    /// The outcome of the run; `None` when it has not ended.
    #[must_use]
    pub const fn outcome(&self) -> Option<Outcome> {
        match self {
            Self::Succeeded(_) => Some(Outcome::Succeeded),
            Self::Failed(..) => Some(Outcome::Failed),
            Self::Cancelled => Some(Outcome::Cancelled),
            Self::Released => Some(Outcome::Released),
            Self::Waiting(_) => None,
        }
    }

    /// What became of the run, in a word: its outcome, or `waiting`.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.outcome().map_or("waiting", Outcome::as_str)
    }
}
