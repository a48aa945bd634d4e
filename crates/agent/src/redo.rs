//! What was done in the page that is open, to be done again where a session has to be restored: not
//! what the plan says, but what worked.

use domain::decide::Last;
use domain::escalation::Redo;
use domain::observation::Change;
use domain::plan::{ActionName, StepForm};
use domain::step::{HealSource, Step, StepDecision};

/// The work of a run that lives in the page and nowhere else.
#[derive(Debug, Default)]
pub(crate) struct Done {
    kept: Vec<Redo>,
    /// The way that is under way: actions for one step of the plan that worked one after the other.
    way: Vec<Redo>,
    of: Option<Group>,
}

/// What belongs to one way: the step of the plan, and which try.
type Group = (u32, Option<(u32, u32)>);

impl Done {
    /// Goes on with what had been done before a question.
    pub(crate) fn from(kept: Vec<Redo>) -> Self {
        Self { kept, ..Self::default() }
    }

    pub(crate) fn kept(&self) -> &[Redo] {
        &self.kept
    }

    /// Notes a step that was taken.
    pub(crate) fn note(&mut self, step: &Step) {
        let Some((group, own)) = group(&step.decision) else { return };
        let loaded = |change: &Change| matches!(change, Change::Navigated { .. });
        if step.observation.changes.iter().any(loaded) {
            // A fresh document has lost what was done in the one before.
            self.kept.clear();
            self.way.clear();
        }
        if self.of != Some(group) || step.failure.is_some() {
            self.way.clear();
        }
        self.of = Some(group);
        if step.failure.is_none() && !is_for_once(&step.decision) {
            let form = StepForm { fallbacks: Vec::new(), ..step.action.clone() };
            self.way.push(Redo { step: group.0, form, own });
        }
    }

    /// Keeps the way that got a step of the plan done, if that can be done again without harm.
    pub(crate) fn keep(&mut self, last: &Last, planned: impl FnOnce(usize) -> ActionName) {
        let Last::Worked { at: Some(at), .. } = last else { return };
        let way = std::mem::take(&mut self.way);
        if is_kept_in_page(planned(at.step)) {
            self.kept.extend(way.into_iter().filter(|redo| redo.step == at.step_number()));
        }
    }
}

fn group(decision: &StepDecision) -> Option<(Group, bool)> {
    Some(match *decision {
        StepDecision::Start => ((u32::MAX, None), true),
        StepDecision::Plan { step } => ((step, None), true),
        StepDecision::Foreseen { step, own, .. } => ((step, None), own),
        StepDecision::Fallback { step, after, .. } => ((step, Some((after, u32::MAX))), true),
        StepDecision::Heal { step, after, attempt, own, .. } => {
            ((step, Some((after, attempt))), own)
        }
        StepDecision::Restore { .. } => return None,
    })
}

/// A code is good for one time, and what a human had us press may have sent it.
const fn is_for_once(decision: &StepDecision) -> bool {
    matches!(decision, StepDecision::Heal { by: HealSource::Human { .. }, own: false, .. })
}

/// Whether what an action did lives in the page and can be done again without harm.
const fn is_kept_in_page(action: ActionName) -> bool {
    matches!(
        action,
        ActionName::Fill
            | ActionName::Clear
            | ActionName::Select
            | ActionName::Check
            | ActionName::Uncheck
            | ActionName::Upload
            | ActionName::SwitchFrame
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use domain::decide::Position;
    use domain::failure::{ErrorClass, Failure};
    use domain::memory::Approach;
    use domain::observation::Observation;
    use domain::plan::TargetForm;

    const PLAN: StepDecision = StepDecision::Plan { step: 0 };

    fn heal(attempt: u32, own: bool, by: HealSource) -> StepDecision {
        let approach = Approach::OtherLocator;
        StepDecision::Heal { step: 0, after: 1, attempt, approach, by, own, recall_id: None }
    }

    fn human() -> HealSource {
        let id = "01890000-0000-7000-8000-000000000000";
        HealSource::Human { escalation_id: serde_json::from_value(id.into()).unwrap() }
    }

    fn step(css: &str, decision: StepDecision, worked: bool) -> Step {
        let target = TargetForm { css: Some(css.into()), ..TargetForm::default() };
        Step {
            seq: 0,
            intent: String::new(),
            decision,
            action: StepForm { target: Some(target), ..StepForm::of(ActionName::Fill) },
            failure: (!worked).then(|| Failure::new(ErrorClass::ElementNotFound, "gone")),
            observation: Observation::default(),
            fingerprint: None,
            extracted: None,
            page: "/".into(),
            started_at: DateTime::UNIX_EPOCH,
            duration_ms: 1,
        }
    }

    fn kept(steps: &[Step]) -> Vec<String> {
        let mut done = Done::default();
        for step in steps {
            done.note(step);
        }
        let at = Position { step: 0, fallback: None };
        done.keep(&Last::Worked { at: Some(at), seq: 1 }, |_| ActionName::Fill);
        let css = |redo: &Redo| redo.form.target.as_ref()?.css.clone();
        done.kept().iter().filter_map(css).collect()
    }

    #[test]
    fn the_way_that_worked_is_done_again_and_nothing_that_failed() {
        let steps = vec![
            step("#plan", PLAN, false),
            step("#menu", heal(0, false, HealSource::Routine), true),
            step("#wrong", heal(0, true, HealSource::Routine), false),
            step("#open", heal(1, false, HealSource::Routine), true),
            step("#right", heal(1, true, HealSource::Routine), true),
        ];
        assert_eq!(kept(&steps), ["#open", "#right"]);
    }

    #[test]
    fn what_a_human_typed_before_the_step_is_not_typed_twice() {
        let steps = vec![
            step("#code", heal(0, false, human()), true),
            step("#field", heal(0, true, human()), true),
        ];
        assert_eq!(kept(&steps), ["#field"]);
    }

    #[test]
    fn a_step_that_was_left_out_is_not_done_again() {
        assert_eq!(kept(&[step("#plan", PLAN, false)]), [""; 0]);
    }

    #[test]
    fn a_fresh_document_begins_anew() {
        let mut loaded = step("#here", heal(0, true, HealSource::Routine), true);
        let url = "https://x.example/".into();
        loaded.observation.changes = vec![Change::Navigated { url, status: None }];
        let before = step("#before", heal(0, false, HealSource::Routine), true);
        assert_eq!(kept(&[before, loaded]), ["#here"]);
    }
}
