//! An escalation: a question to a human, with what was tried, and its answer.

use crate::failure::Failure;
use crate::heal::Candidate;
use crate::id::{ArtifactId, EscalationId, ProjectId, RunId, TaskId};
use crate::memory::{Approach, Situation};
use crate::plan::{ActionName, PlanForm, StepForm, TargetForm};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EscalationKind {
    /// What to do about a step that failed.
    Step,
    /// Proof of a human: a one-time code, a captcha.
    Challenge,
    /// A plan for the goal.
    Plan,
}

impl EscalationKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Step, Self::Challenge, Self::Plan];

    /// The name as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Challenge => "challenge",
            Self::Plan => "plan",
        }
    }
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EscalationState {
    /// Nobody has answered.
    Open,
    /// Somebody has.
    Answered,
    /// Nobody did in time: the task failed.
    Expired,
    /// The task was cancelled meanwhile.
    Cancelled,
}

impl EscalationState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Answered, Self::Expired, Self::Cancelled];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered => "answered",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Something that was tried before asking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Tried {
    /// The number of its step in the trace.
    pub step: u32,
    /// What it did; `None` for the plan's own way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approach: Option<Approach>,
    /// What it was, in words.
    pub what: String,
    /// How it failed.
    pub failure: Failure,
}

/// An element a human can pick.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Pick {
    /// The element, how it was recognised, and how sure that is.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// How it would be located.
    #[schema(value_type = Object)]
    pub target: TargetForm,
}

/// What an agent asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// What is asked for.
    pub kind: EscalationKind,
    /// The question, in a sentence or two.
    pub question: String,
    /// The number of the step that failed.
    pub after: Option<u32>,
    /// Which step of the plan it is about.
    pub plan_step: Option<u32>,
    /// The form of that step: what the plan wanted to do.
    pub wanted: Option<StepForm>,
    /// What happened.
    pub situation: Option<Situation>,
    /// What may be meant, best first.
    pub candidates: Vec<Pick>,
    /// What was tried.
    pub tried: Vec<Tried>,
    /// Where to go on.
    pub resume: ResumePoint,
}

/// Enough to go on when the session is gone. The saved session itself travels beside it, encrypted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ResumePoint {
    /// How many steps the trace has.
    pub steps: u32,
    /// The page.
    pub url: String,
    /// What was extracted so far.
    pub result: serde_json::Map<String, serde_json::Value>,
    /// Heals so far.
    pub heals: u32,
    /// The plan, where it is not the task's own.
    pub plan: Option<PlanForm>,
    /// Questions so far.
    pub asked: u32,
    /// What to do again on the restored page: how it was filled in since it was loaded.
    pub redo: Vec<Redo>,
}

/// Something that was done in a page and is lost with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Redo {
    /// For which step of the plan.
    pub step: u32,
    /// What was done. The content of files is the plan's.
    pub form: StepForm,
    /// Whether this did what the step is for, or prepared it.
    pub own: bool,
}

/// A question as the store keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Escalation {
    /// Its id.
    pub id: EscalationId,
    /// Whose it is.
    pub project_id: ProjectId,
    /// The task that waits.
    pub task_id: TaskId,
    /// The run that asked.
    pub run_id: RunId,
    /// The goal of the task.
    pub goal: String,
    /// The site.
    pub site: String,
    /// The agent that asked.
    pub agent: String,
    /// What is asked.
    pub ask: Ask,
    /// A picture of the page.
    pub screenshot: Option<ArtifactId>,
    /// Where it stands.
    pub state: EscalationState,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// Until when an answer counts.
    pub deadline: DateTime<Utc>,
    /// What was answered; an input's value is not in it.
    pub answer: Option<Answer>,
    /// When.
    pub answered_at: Option<DateTime<Utc>>,
    /// By whom: the name of the key.
    pub answered_by: Option<String>,
}

/// What a human answers.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, never a list of them")]
pub enum Answer {
    /// It is this one of the candidates.
    Candidate {
        /// Which, from 0.
        index: u32,
        /// What is done before, in order: open the menu, say. A few clicks and the like.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        first: Vec<StepForm>,
    },
    /// Do this instead of the step.
    Action {
        /// The action; its value may be a placeholder.
        action: Box<StepForm>,
        /// What is done before, in order: open the menu, say. A few clicks and the like.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        first: Vec<StepForm>,
    },
    /// Type this: a one-time code. It is used once, and kept (encrypted) no longer than the run.
    Input {
        /// What to type; left out once it is stored.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// Where to type it. When left out: the field for a one-time code where a code was asked for
        /// before the step or the step has no element, else the element of the failed step.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<TargetForm>,
    },
    /// Do this: a plan for the goal.
    Plan {
        /// The plan.
        plan: PlanForm,
    },
    /// The step can be left out: it is done already, or not needed any more.
    Skip,
    /// It cannot be done.
    GiveUp {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
}

/// What kind of answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// One of the candidates.
    Candidate,
    /// An action instead of the step.
    Action,
    /// Something to type.
    Input,
    /// A plan for the goal.
    Plan,
    /// Leave the step out.
    Skip,
    /// It cannot be done.
    GiveUp,
}

impl AnswerKind {
    /// The name as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Action => "action",
            Self::Input => "input",
            Self::Plan => "plan",
            Self::Skip => "skip",
            Self::GiveUp => "give_up",
        }
    }
}

impl Answer {
    /// What kind of answer it is.
    #[must_use]
    pub const fn kind(&self) -> AnswerKind {
        match self {
            Self::Candidate { .. } => AnswerKind::Candidate,
            Self::Action { .. } => AnswerKind::Action,
            Self::Input { .. } => AnswerKind::Input,
            Self::Plan { .. } => AnswerKind::Plan,
            Self::Skip => AnswerKind::Skip,
            Self::GiveUp { .. } => AnswerKind::GiveUp,
        }
    }
}

/// What is to be typed does not print itself.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, ..)", self.kind().as_str())
    }
}

impl Ask {
    /// Which kinds of answer fit the question, the most helpful first.
    #[must_use]
    pub fn answers(&self) -> Vec<AnswerKind> {
        use AnswerKind::{Action, Candidate, GiveUp, Input, Plan, Skip};
        let fitting = match self.kind {
            EscalationKind::Plan => vec![Plan, GiveUp],
            EscalationKind::Challenge => vec![Input, Candidate, Action, Skip, GiveUp],
            EscalationKind::Step => vec![Candidate, Action, Input, Skip, GiveUp],
        };
        let given = |kind: &AnswerKind| *kind != Candidate || !self.candidates.is_empty();
        fitting.into_iter().filter(given).collect()
    }

    /// Where what a human types belongs, unless they say: into the failed step's own element, but not
    /// a code that was asked for in between, unless typing is what the step is for. What has no place
    /// there goes into the field for one-time codes, as the platform marks it.
    #[must_use]
    pub fn input_target(&self) -> TargetForm {
        let takes_input = |wanted: &&StepForm| {
            self.kind != EscalationKind::Challenge || wanted.action == ActionName::Fill
        };
        let own = self.wanted.as_ref().filter(takes_input).and_then(|it| it.target.clone());
        own.unwrap_or_else(|| TargetForm {
            css: Some("input[autocomplete=\"one-time-code\"]".to_owned()),
            ..TargetForm::default()
        })
    }
}

/// What a resumed run is given.
#[derive(Clone, PartialEq)]
pub struct Resumed {
    /// The question and its answer.
    pub escalation: Escalation,
    /// What humans typed in this run: secrets, by how many questions it had asked by then. The
    /// answer's own is among them; the earlier ones are here because their pages may say them again.
    pub inputs: BTreeMap<u32, String>,
    /// The session, if it could be saved.
    pub session: Option<SavedSession>,
}

/// What was typed does not print itself.
impl std::fmt::Debug for Resumed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resumed")
            .field("escalation", &self.escalation)
            .field("inputs", &self.inputs.keys())
            .field("session", &self.session)
            .finish()
    }
}

/// What it takes to open a session where another ended: cookies and storage. As secret as a
/// password; it has no `Debug` output and is stored encrypted.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedSession {
    /// The page.
    pub url: String,
    /// Its cookies, as the browser gives and takes them.
    pub cookies: Vec<serde_json::Value>,
    /// Local and session storage of the page's origin.
    pub storage: serde_json::Value,
}

impl std::fmt::Debug for SavedSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SavedSession(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(kind: EscalationKind, wanted: Option<serde_json::Value>, css: &str) {
        let ask = Ask {
            kind,
            question: "what now?".to_owned(),
            after: Some(1),
            plan_step: Some(0),
            wanted: wanted.map(|form| serde_json::from_value(form).unwrap()),
            situation: None,
            candidates: Vec::new(),
            tried: Vec::new(),
            resume: ResumePoint::default(),
        };
        assert_eq!(ask.input_target().css.as_deref(), Some(css), "{ask:?}");
    }

    #[test]
    fn what_is_typed_goes_into_the_steps_own_field_or_into_the_one_for_codes() {
        use EscalationKind::{Challenge, Step};
        const CODE: &str = "input[autocomplete=\"one-time-code\"]";
        let fill = json!({"action": "fill", "target": {"css": "#city"}, "value": "Oslo"});
        let click = json!({"action": "click", "target": {"css": "#pay"}});
        let press = json!({"action": "press", "key": "Enter"});
        check(Step, Some(fill.clone()), "#city");
        check(Challenge, Some(fill), "#city");
        check(Step, Some(click.clone()), "#pay");
        check(Challenge, Some(click), CODE);
        check(Step, Some(press.clone()), CODE);
        check(Challenge, Some(press), CODE);
        check(Challenge, None, CODE);
    }
}
