//! An escalation: a question to a human, with what a human needs to answer it.

use crate::step::without_contents;
use chrono::{DateTime, Utc};
use domain::escalation::{Answer, AnswerKind, Ask, EscalationKind, EscalationState, Pick, Tried};
use domain::heal::Stage;
use domain::id::{ArtifactId, EscalationId, RunId, TaskId};
use domain::memory::Situation;
use domain::plan::{StepForm, TargetForm};
use domain::snapshot::Fingerprint;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A question of an agent to a human.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Escalation {
    /// Its id.
    pub id: EscalationId,
    /// Where it stands.
    pub state: EscalationState,
    /// What is asked for.
    pub kind: EscalationKind,
    /// The question, in a sentence or two.
    pub question: String,
    /// Which kinds of answer fit it, the most helpful first.
    pub answers: Vec<AnswerKind>,
    /// The task that waits.
    pub task_id: TaskId,
    /// The run that asked, and goes on with the answer.
    pub run_id: RunId,
    /// The goal of the task.
    pub goal: String,
    /// On which site.
    pub site: String,
    /// Under which agent's name.
    pub agent: String,
    /// The number of the step that failed, in the trace of the run.
    pub after: Option<u32>,
    /// Which step of the plan it is about, from 0.
    pub plan_step: Option<u32>,
    /// What the plan wanted to do there; only when a single escalation is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wanted: Option<StepForm>,
    /// What happened; only when a single escalation is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub situation: Option<Situation>,
    /// The elements that may be meant, best first; only when a single escalation is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidates: Option<Vec<EscalationCandidate>>,
    /// What was tried before asking; only when a single escalation is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tried: Option<Vec<Tried>>,
    /// A picture of the page, for `GET /v1/artifacts/{id}`.
    pub screenshot: Option<ArtifactId>,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// Until when an answer counts.
    pub deadline: DateTime<Utc>,
    /// What was answered. Of an input, what was typed is not in it.
    pub answer: Option<Answer>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// By whom: the name of the key.
    pub answered_by: Option<String>,
}

/// An element that may be meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EscalationCandidate {
    /// Its number, for the answer.
    pub index: u32,
    /// The element.
    pub fingerprint: Fingerprint,
    /// What it was recognised by.
    pub stage: Stage,
    /// From 0 to 1, within its stage.
    pub score: f64,
    /// How far it is ahead of the next one, on the same scale.
    pub margin: f64,
    /// How it would be located.
    pub target: TargetForm,
}

impl EscalationCandidate {
    fn numbered((index, pick): (u32, Pick)) -> Self {
        let Pick { candidate, target } = pick;
        let domain::heal::Candidate { fingerprint, stage, score, margin } = candidate;
        Self { index, fingerprint, stage, score, margin, target }
    }
}

impl Escalation {
    /// With everything that it takes to answer.
    #[must_use]
    pub fn whole(escalation: domain::escalation::Escalation) -> Self {
        let Ask { wanted, situation, candidates, tried, .. } = escalation.ask.clone();
        let wanted = wanted.map(|mut wanted| {
            without_contents(&mut wanted);
            wanted
        });
        let candidates = (0..).zip(candidates).map(EscalationCandidate::numbered).collect();
        Self {
            wanted,
            situation,
            candidates: Some(candidates),
            tried: Some(tried),
            ..Self::listed(escalation)
        }
    }

    /// As it stands in a list.
    #[must_use]
    pub fn listed(escalation: domain::escalation::Escalation) -> Self {
        let domain::escalation::Escalation {
            id,
            project_id: _,
            task_id,
            run_id,
            goal,
            site,
            agent,
            ask,
            screenshot,
            state,
            asked_at,
            deadline,
            answer,
            answered_at,
            answered_by,
        } = escalation;
        Self {
            id,
            state,
            kind: ask.kind,
            answers: ask.answers(),
            question: ask.question,
            task_id,
            run_id,
            goal,
            site,
            agent,
            after: ask.after,
            plan_step: ask.plan_step,
            wanted: None,
            situation: None,
            candidates: None,
            tried: None,
            screenshot,
            asked_at,
            deadline,
            answer: answer.map(without_value),
            answered_at,
            answered_by,
        }
    }
}

/// What was typed is used once and shown to nobody, and files are not shipped.
fn without_value(mut answer: Answer) -> Answer {
    match &mut answer {
        Answer::Input { value, .. } => *value = None,
        Answer::Action { action, first: _ } => without_contents(action),
        Answer::Plan { plan } => plan.steps.iter_mut().for_each(without_contents),
        Answer::Candidate { .. } | Answer::Skip | Answer::GiveUp { .. } => {}
    }
    answer
}
