//! A run: one attempt at a task.

use chrono::{DateTime, Utc};
use domain::failure::TaskFailure;
use domain::id::{RunId, TaskId};
use domain::run::Outcome;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One attempt at a task. Its steps are its trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Run {
    /// Its id.
    pub id: RunId,
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
    pub labels: BTreeMap<String, String>,
    /// Which worker carries or carried it out.
    pub worker: String,
    /// How it ended; `null` while it runs, or waits for an answer.
    pub outcome: Option<Outcome>,
    /// Why it failed.
    pub failure: Option<TaskFailure>,
    /// What was extracted, by the `as` of the steps; `null` in lists, where it would be too much.
    pub result: Option<serde_json::Value>,
    /// How many steps were recorded.
    pub steps: u32,
    /// The OpenTelemetry trace it began in, as a collector is told of it: 32 hexadecimal digits. The
    /// first attempt is in the task's trace, later ones have their own; `null` where none was sent.
    pub trace_id: Option<String>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

impl Run {
    /// As it stands in a list: without what it extracted, which can be a megabyte.
    #[must_use]
    pub fn listed(run: domain::run::Run) -> Self {
        Self { result: None, ..Self::from(run) }
    }
}

impl From<domain::run::Run> for Run {
    fn from(run: domain::run::Run) -> Self {
        let domain::run::Run {
            id,
            project_id: _,
            task_id,
            attempt,
            goal,
            agent,
            site,
            labels,
            worker,
            outcome,
            failure,
            result,
            steps,
            trace_id,
            started_at,
            ended_at,
        } = run;
        Self {
            id,
            task_id,
            attempt,
            goal,
            agent,
            site,
            labels,
            worker,
            outcome,
            failure,
            result,
            steps,
            trace_id,
            started_at,
            ended_at,
        }
    }
}
