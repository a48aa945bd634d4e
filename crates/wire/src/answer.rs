//! What a human posts to answer a question, and what makes it valid.

use crate::texts::refuse_nul;
use domain::egress::check_url;
use domain::escalation::{Answer, AnswerKind, Ask};
use domain::invalid::{Faults, Invalid};
use domain::plan::{ActionName, PlanForm, StepForm, TargetForm, Values, plan_steps};
use domain::site::site_of;
use domain::task::Task;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;

const INPUT_CHARS: RangeInclusive<usize> = 1..=4096;
const REASON_CHARS: usize = 2000;
/// More than this is a plan, not a way to one step.
const FIRST_ACTIONS: usize = 10;

/// An answer as it is posted, flat, so that every fault can be named by its field. Its schema is
/// that of [`Answer`], which it becomes.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerForm {
    /// What kind of answer.
    pub kind: AnswerKind,
    /// Of a candidate: which, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    /// Of an action: what to do instead of the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<Box<StepForm>>,
    /// Of a candidate or an action: what to do before, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Vec<StepForm>>,
    /// Of an input: what to type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Of an input: where to type it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetForm>,
    /// Of a plan: the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanForm>,
    /// Of giving up: why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What is to be typed does not print itself.
impl fmt::Debug for AnswerForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerForm").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl AnswerForm {
    /// An answer of this kind with nothing else in it.
    #[must_use]
    pub const fn of(kind: AnswerKind) -> Self {
        Self {
            kind,
            index: None,
            action: None,
            first: None,
            value: None,
            target: None,
            plan: None,
            reason: None,
        }
    }

    /// The answer, if it fits the question and the task that waits for it.
    ///
    /// # Errors
    /// Every fault, each with the path of its field.
    pub fn check(self, ask: &Ask, task: &Task) -> Result<Answer, Vec<Invalid>> {
        let mut faults = Faults::default();
        self.check_kind(ask, &mut faults);
        self.check_texts(&mut faults);
        if !faults.is_empty() {
            return faults.finish(None);
        }
        let asked = Asked { ask, task, values: known_values(task) };
        let first = asked.first(self.first.unwrap_or_default(), &mut faults);
        let answer = match self.kind {
            AnswerKind::Candidate => asked.candidate(self.index, first, &mut faults),
            AnswerKind::Action => asked.action(self.action, first, &mut faults),
            AnswerKind::Input => Some(asked.input(self.value, self.target, &mut faults)),
            AnswerKind::Plan => asked.plan(self.plan, &mut faults),
            AnswerKind::Skip => Some(Answer::Skip),
            AnswerKind::GiveUp => Some(Answer::GiveUp { reason: self.reason }),
        };
        faults.finish(answer)
    }

    fn check_kind(&self, ask: &Ask, faults: &mut Faults) {
        let fitting = ask.answers();
        if !fitting.contains(&self.kind) {
            let names: Vec<&str> = fitting.iter().map(|kind| kind.as_str()).collect();
            let kind = self.kind.as_str();
            let message = format!("`{kind}` does not answer this; it takes {}", names.join(", "));
            faults.add("kind", message);
        }
        let given = [
            ("index", self.index.is_some(), &[AnswerKind::Candidate][..]),
            ("action", self.action.is_some(), &[AnswerKind::Action]),
            ("first", self.first.is_some(), &[AnswerKind::Candidate, AnswerKind::Action]),
            ("value", self.value.is_some(), &[AnswerKind::Input]),
            ("target", self.target.is_some(), &[AnswerKind::Input]),
            ("plan", self.plan.is_some(), &[AnswerKind::Plan]),
            ("reason", self.reason.is_some(), &[AnswerKind::GiveUp]),
        ];
        let misplaced =
            |(_, given, of): &(_, bool, &[AnswerKind])| *given && !of.contains(&self.kind);
        for (name, _, of) in given.into_iter().filter(misplaced) {
            let kind = self.kind.as_str();
            let of: Vec<String> = of.iter().map(|of| format!("`{}`", of.as_str())).collect();
            faults.add(name, format!("goes with {}, not with `{kind}`", of.join(" or ")));
        }
    }

    fn check_texts(&self, faults: &mut Faults) {
        refuse_nul(self, faults);
        if self.reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_CHARS) {
            faults.add("reason", format!("must be at most {REASON_CHARS} characters"));
        }
    }
}

/// What placeholders can stand for. The values of secrets are not at hand here; that they exist is
/// all that matters.
fn known_values(task: &Task) -> Values {
    let secrets = task.secret_names.iter().map(|name| (name.clone(), "secret".to_owned()));
    Values { inputs: task.spec.inputs.clone(), secrets: secrets.collect() }
}

/// A question, and the task it is about.
struct Asked<'a> {
    ask: &'a Ask,
    task: &'a Task,
    values: Values,
}

impl Asked<'_> {
    /// What is done before the step is of the kind that prepares one. It is read like a plan's step,
    /// and stays on the task's site.
    fn first(&self, mut first: Vec<StepForm>, faults: &mut Faults) -> Vec<StepForm> {
        if first.len() > FIRST_ACTIONS {
            faults.add("first", format!("must be at most {FIRST_ACTIONS} actions"));
        }
        for (index, action) in first.iter_mut().enumerate() {
            let field = format!("first[{index}]");
            if !prepares(action.action) {
                let message = "reads, waits or gives files, and so prepares nothing: actions wait \
                               for their elements by themselves";
                faults.add(format!("{field}.action"), message);
            }
            if !action.fallbacks.is_empty() {
                faults.add(format!("{field}.fallbacks"), "each is one action");
            }
            action.intent.get_or_insert_with(|| "prepare it as a human said".to_owned());
            self.read(action, &field, faults);
            self.check_site(action, &field, faults);
        }
        first
    }

    fn candidate(
        &self,
        index: Option<i64>,
        first: Vec<StepForm>,
        faults: &mut Faults,
    ) -> Option<Answer> {
        let count = self.ask.candidates.len();
        let Some(index) = index else {
            faults.add("index", "is required: which of the candidates, from 0");
            return None;
        };
        let fits = |index: &u32| usize::try_from(*index).is_ok_and(|index| index < count);
        let index = u32::try_from(index).ok().filter(fits);
        if index.is_none() {
            let last = count.saturating_sub(1);
            faults.add("index", format!("must be the number of a candidate, 0 to {last}"));
        }
        Some(Answer::Candidate { index: index?, first })
    }

    /// The action stands for the failed step: what both take and it leaves out, it takes from there.
    fn action(
        &self,
        action: Option<Box<StepForm>>,
        first: Vec<StepForm>,
        faults: &mut Faults,
    ) -> Option<Answer> {
        let Some(mut action) = action else {
            faults.add("action", "is required: what to do instead of the step");
            return None;
        };
        if action.files.is_some() {
            faults.add("action.files", "cannot be given here: the files are those of the step");
        }
        if !action.fallbacks.is_empty() {
            faults.add("action.fallbacks", "an answer is one action, after those in `first`");
        }
        let wanted = self.ask.wanted.as_ref();
        let intent = || wanted.and_then(|wanted| wanted.intent.clone());
        action.intent =
            action.intent.or_else(intent).or_else(|| Some("do as a human said".to_owned()));
        if let Some(wanted) = wanted.filter(|wanted| wanted.action == action.action) {
            inherit(&mut action, wanted);
        }
        self.read(&action, "action", faults);
        self.check_site(&action, "action", faults);
        Some(Answer::Action { action, first })
    }

    fn input(
        &self,
        value: Option<String>,
        target: Option<TargetForm>,
        faults: &mut Faults,
    ) -> Answer {
        let length = value.as_ref().map(|value| value.chars().count());
        if !length.is_some_and(|length| INPUT_CHARS.contains(&length)) {
            faults.add("value", "is required: what to type, in 1 to 4096 characters");
        }
        let fill = StepForm {
            intent: Some("type it".to_owned()),
            target: Some(target.clone().unwrap_or_else(|| self.ask.input_target())),
            value: Some(String::new()),
            ..StepForm::of(ActionName::Fill)
        };
        self.read(&fill, "", faults);
        Answer::Input { value, target }
    }

    fn plan(&self, plan: Option<PlanForm>, faults: &mut Faults) -> Option<Answer> {
        let Some(plan) = plan else {
            faults.add("plan", "is required: the steps that reach the goal");
            return None;
        };
        if let Err(found) = plan_steps(&plan, &self.values) {
            for fault in found {
                faults.add(fault.field, fault.message);
            }
        }
        Some(Answer::Plan { plan })
    }

    /// Reads a step as the plan reader does, its faults under another name.
    fn read(&self, step: &StepForm, field: &str, faults: &mut Faults) {
        let plan = PlanForm { steps: vec![step.clone()] };
        let Err(found) = plan_steps(&plan, &self.values) else { return };
        for fault in found {
            let path = fault.field.strip_prefix("plan.steps[0]").unwrap_or(&fault.field);
            let path = format!("{field}{path}");
            faults.add(path.trim_start_matches('.'), fault.message);
        }
    }

    /// What a human says to do is remembered and done again by others: it stays on the task's site.
    fn check_site(&self, action: &StepForm, field: &str, faults: &mut Faults) {
        let Some(url) = &action.url else { return };
        let Ok(url) = self.values.fill_open(url) else { return }; // a fault of its own
        let home = check_url(&self.task.spec.start_url).ok();
        let stays = home.is_some_and(|home| {
            home.join(&url).is_ok_and(|there| site_of(&there) == site_of(&home))
        });
        if !stays {
            let field = format!("{field}.url");
            faults.add(field, "must stay on the site of the task's start URL");
        }
    }
}

/// Whether an action can make way for another one.
const fn prepares(action: ActionName) -> bool {
    match action {
        ActionName::Navigate
        | ActionName::Click
        | ActionName::DoubleClick
        | ActionName::Fill
        | ActionName::Clear
        | ActionName::Press
        | ActionName::Select
        | ActionName::Check
        | ActionName::Uncheck
        | ActionName::Hover
        | ActionName::Drag
        | ActionName::Scroll
        | ActionName::Back
        | ActionName::Reload
        | ActionName::SwitchFrame
        | ActionName::SwitchTab
        | ActionName::HandleDialog => true,
        ActionName::Upload
        | ActionName::WaitFor
        | ActionName::Extract
        | ActionName::Screenshot
        | ActionName::Assert => false,
    }
}

fn inherit(action: &mut StepForm, wanted: &StepForm) {
    if action.value.is_none() && action.values.is_none() {
        action.value.clone_from(&wanted.value);
        action.format = action.format.or(wanted.format);
        action.values.clone_from(&wanted.values);
    }
    for (given, wanted) in [(&mut action.target, &wanted.target), (&mut action.to, &wanted.to)] {
        *given = given.take().or_else(|| wanted.clone());
    }
    action.files.clone_from(&wanted.files);
    action.key = action.key.take().or_else(|| wanted.key.clone());
    action.tab = action.tab.take().or_else(|| wanted.tab.clone());
    action.accept = action.accept.or(wanted.accept);
    action.state = action.state.or(wanted.state);
    action.save_as = action.save_as.take().or_else(|| wanted.save_as.clone());
    if action.shape.is_none() && action.attribute.is_none() {
        action.shape = wanted.shape;
        action.attribute.clone_from(&wanted.attribute);
    }
}

#[cfg(test)]
mod tests;
