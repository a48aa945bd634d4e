//! A task: what a client asked for, and the states it moves through.
//!
//! ```text
//!              ┌───────── lease lost, shutdown: the attempt is given back ─────────┐
//!              ▼                                                                   │
//!  queued ──claim──▶ running ──▶ succeeded                                         │
//!    │                 │ ├─────▶ failed   (retryable: queued again with back-off ──┘
//!    │                 │ │                 until its attempts are used up)
//!    │                 │ └─────▶ waiting ──answer──▶ queued; deadline ──▶ failed
//!    └──── cancel ─────┴───────▶ cancelled  (a running one after its current step)
//! ```

use crate::failure::TaskFailure;
use crate::id::{EscalationId, ProjectId, RunId, TaskId};
use crate::plan::PlanForm;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Waits for a worker.
    Queued,
    /// A worker holds its lease.
    Running,
    /// Waits for a human's answer.
    Waiting,
    /// Reached its goal.
    Succeeded,
    /// Ended without reaching it; the failure says why.
    Failed,
    /// Ended by the client.
    Cancelled,
}

/// What can happen to a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskMove {
    /// A worker takes the lease.
    Claim,
    /// The run reached the goal.
    Succeed,
    /// The run failed for good.
    Fail,
    /// The run failed and is tried again, or gave its attempt back.
    Requeue,
    /// The run asks a human.
    Ask,
    /// The human answered.
    Answer,
    /// The client does not want it any more.
    Cancel,
}

/// A move that a state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a task that is {from:?} cannot {by:?}")]
pub struct IllegalMove {
    /// The state.
    pub from: TaskState,
    /// The move.
    pub by: TaskMove,
}

impl TaskState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Queued,
        Self::Running,
        Self::Waiting,
        Self::Succeeded,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Waiting => "waiting",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether nothing can happen any more.
    #[must_use]
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }

    /// The state after a move.
    ///
    /// # Errors
    /// The move is not on the diagram.
    pub const fn after(self, by: TaskMove) -> Result<Self, IllegalMove> {
        match (self, by) {
            (Self::Queued | Self::Running, TaskMove::Claim) => Ok(Self::Running),
            (Self::Running, TaskMove::Succeed) => Ok(Self::Succeeded),
            (Self::Running | Self::Waiting, TaskMove::Fail) => Ok(Self::Failed),
            (Self::Running, TaskMove::Requeue) | (Self::Waiting, TaskMove::Answer) => {
                Ok(Self::Queued)
            }
            (Self::Running, TaskMove::Ask) => Ok(Self::Waiting),
            (Self::Queued | Self::Running | Self::Waiting, TaskMove::Cancel) => Ok(Self::Cancelled),
            (from, by) => Err(IllegalMove { from, by }),
        }
    }
}

/// What a task may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Seconds per attempt.
    pub seconds: u32,
    /// Steps per attempt, fallbacks included.
    pub steps: u32,
    /// Heals per attempt.
    pub heals: u32,
    /// Attempts.
    pub attempts: u32,
    /// Seconds a human has to answer a question of the run; with 0 it fails instead of asking.
    pub answer_seconds: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { seconds: 300, steps: 200, heals: 10, attempts: 3, answer_seconds: 3600 }
    }
}

/// What a client asked for, checked. Secrets travel beside it, never inside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskSpec {
    /// What is to be achieved, in words.
    pub goal: String,
    /// Where the run begins.
    pub start_url: String,
    /// The site whose memory it shares.
    pub site: String,
    /// Under which agent's name it runs.
    pub agent: String,
    /// The steps to try; `None` to do what worked for this goal before.
    #[serde(default)]
    pub plan: Option<PlanForm>,
    /// The values of placeholders.
    pub inputs: BTreeMap<String, String>,
    /// What it may use up.
    pub limits: Limits,
    /// Free pairs to find it by.
    pub labels: BTreeMap<String, String>,
    /// Higher runs first.
    pub priority: i32,
    /// Not before this time.
    pub run_after: Option<DateTime<Utc>>,
}

/// A question that nobody has answered yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenQuestion {
    /// The escalation.
    pub escalation_id: EscalationId,
    /// Until when an answer counts.
    pub until: DateTime<Utc>,
}

/// A task as the store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Whose it is.
    pub project_id: ProjectId,
    /// What was asked.
    pub spec: TaskSpec,
    /// The names of its secrets; their values are elsewhere, encrypted.
    pub secret_names: Vec<String>,
    /// Where it stands.
    pub state: TaskState,
    /// Attempts begun and not given back.
    pub attempt: u32,
    /// The run under way, or the last one.
    pub run_id: Option<RunId>,
    /// What was extracted.
    pub result: Option<serde_json::Value>,
    /// Why it failed, or why the last attempt did.
    pub failure: Option<TaskFailure>,
    /// When it can be claimed.
    pub run_after: DateTime<Utc>,
    /// The question it waits with; only in the state `waiting`.
    pub waiting: Option<OpenQuestion>,
    /// Whether the client asked to cancel it.
    pub cancel_requested: bool,
    /// The trace of the request that submitted it.
    pub trace_id: Option<String>,
    /// Counts changes; the entity tag of the task.
    pub version: i64,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
    /// When its first attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it reached a terminal state.
    pub finished_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use TaskMove::{Answer, Ask, Cancel, Claim, Fail, Requeue, Succeed};
    use TaskState::{Cancelled, Failed, Queued, Running, Succeeded, Waiting};

    #[test]
    fn only_the_moves_on_the_diagram_are_legal() {
        let legal = [
            (Queued, Claim, Running),
            (Queued, Cancel, Cancelled),
            (Running, Claim, Running), // an expired lease is claimed again
            (Running, Succeed, Succeeded),
            (Running, Fail, Failed),
            (Running, Requeue, Queued),
            (Running, Ask, Waiting),
            (Running, Cancel, Cancelled),
            (Waiting, Answer, Queued),
            (Waiting, Fail, Failed),
            (Waiting, Cancel, Cancelled),
        ];
        for from in TaskState::ALL {
            for by in [Claim, Succeed, Fail, Requeue, Ask, Answer, Cancel] {
                let expected = legal.iter().find(|(f, b, _)| *f == from && *b == by).map(|l| l.2);
                assert_eq!(from.after(by).ok(), expected, "{from:?} {by:?}");
            }
        }
    }

    #[test]
    fn names_are_read_back() {
        for state in TaskState::ALL {
            assert_eq!(TaskState::from_name(state.as_str()), Some(state));
        }
        assert_eq!(TaskState::from_name("paused"), None);
    }
}
