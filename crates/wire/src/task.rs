//! A task as clients see it.

use chrono::{DateTime, Utc};
use domain::failure::TaskFailure;
use domain::id::{EscalationId, RunId, TaskId};
use domain::plan::PlanForm;
use domain::task::TaskState;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a client asked for, and how far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// Where it stands.
    pub state: TaskState,
    /// What is to be achieved.
    pub goal: String,
    /// Where the run begins, with its inputs filled in.
    pub start_url: String,
    /// The site whose memory it shares.
    pub site: String,
    /// Under which agent's name it runs.
    pub agent: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Higher runs first.
    pub priority: i32,
    /// What it may use up.
    pub limits: Limits,
    /// The names of its secrets.
    pub secret_names: Vec<String>,
    /// Attempts begun and not given back.
    pub attempt: u32,
    /// The run under way, or the last one.
    pub run_id: Option<RunId>,
    /// What was extracted, by the `as` of the steps; `null` in lists, where it would be too much.
    pub result: Option<serde_json::Value>,
    /// Why it failed, or why the last attempt did.
    pub failure: Option<TaskFailure>,
    /// The question it waits with, for `POST /v1/escalations/{id}/answer`; only in the state
    /// `waiting`.
    pub escalation_id: Option<EscalationId>,
    /// Until when an answer counts; only in the state `waiting`.
    pub waiting_until: Option<DateTime<Utc>>,
    /// Whether the client asked to cancel it; a running task stops after its current step.
    pub cancel_requested: bool,
    /// The OpenTelemetry trace of the request that submitted it, which its first attempt goes on in:
    /// 32 hexadecimal digits.
    pub trace_id: Option<String>,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
    /// When it can start, or can be tried again.
    pub run_after: DateTime<Utc>,
    /// When its first attempt began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it reached a terminal state.
    pub finished_at: Option<DateTime<Utc>>,
    /// Its plan, if it was given one; only when a single task is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanForm>,
    /// Its inputs; only when a single task is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<BTreeMap<String, String>>,
}

/// What a task may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Limits {
    /// Seconds per attempt.
    pub seconds: u32,
    /// Steps per attempt, fallbacks included.
    pub steps: u32,
    /// Heals per attempt.
    pub heals: u32,
    /// Attempts.
    pub attempts: u32,
    /// Seconds a human has to answer a question of the run; with 0 nobody is asked.
    pub answer_seconds: u32,
}

impl From<domain::task::Limits> for Limits {
    fn from(limits: domain::task::Limits) -> Self {
        Self {
            seconds: limits.seconds,
            steps: limits.steps,
            heals: limits.heals,
            attempts: limits.attempts,
            answer_seconds: limits.answer_seconds,
        }
    }
}

impl Task {
    /// With its plan and inputs.
    #[must_use]
    pub fn whole(task: domain::task::Task) -> Self {
        let (plan, inputs) = (task.spec.plan.clone(), task.spec.inputs.clone());
        Self { plan, inputs: Some(inputs), ..Self::from(task) }
    }

    /// As it stands in a list: also without what it extracted, which can be a megabyte.
    #[must_use]
    pub fn listed(task: domain::task::Task) -> Self {
        Self { result: None, ..Self::from(task) }
    }
}

/// Without its plan and inputs.
impl From<domain::task::Task> for Task {
    fn from(task: domain::task::Task) -> Self {
        let domain::task::Task {
            id,
            project_id: _,
            spec,
            secret_names,
            state,
            attempt,
            run_id,
            result,
            failure,
            run_after,
            waiting,
            cancel_requested,
            trace_id,
            version: _,
            created_at,
            started_at,
            finished_at,
        } = task;
        Self {
            id,
            state,
            goal: spec.goal,
            start_url: spec.start_url,
            site: spec.site,
            agent: spec.agent,
            labels: spec.labels,
            priority: spec.priority,
            limits: spec.limits.into(),
            secret_names,
            attempt,
            run_id,
            result,
            failure,
            escalation_id: waiting.map(|question| question.escalation_id),
            waiting_until: waiting.map(|question| question.until),
            cancel_requested,
            trace_id,
            created_at,
            run_after,
            started_at,
            finished_at,
            plan: None,
            inputs: None,
        }
    }
}
