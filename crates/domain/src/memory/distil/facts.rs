//! What the trace of a run says about one of its steps.

use super::RunFacts;
use crate::memory::{Lifter, Situation};
use crate::plan::StepForm;
use crate::step::{Step, StepDecision};
use url::Url;

/// A run to be distilled, with what its values are lifted by.
pub(in crate::memory) struct Facts<'a> {
    pub(in crate::memory) run: &'a RunFacts,
    pub(in crate::memory) lifter: Lifter,
    /// What an intent is lifted by. It must come out as it did when the run asked memory, and then
    /// nothing but the plan was known to be typed.
    before: Lifter,
}

impl<'a> Facts<'a> {
    pub(in crate::memory) fn of(run: &'a RunFacts) -> Self {
        let before = Lifter::of_plan(&run.inputs, &run.plan.steps);
        Self { run, lifter: Lifter::of_run(run), before }
    }

    /// What the plan says about a step.
    pub(in crate::memory) fn planned(&self, step: u32) -> Option<&'a StepForm> {
        self.run.plan.steps.get(usize::try_from(step).ok()?)
    }

    /// The URL of the page a step was taken on.
    pub(in crate::memory) fn page(&self, seq: u32) -> Option<Url> {
        let before = self.run.steps.iter().take_while(|step| step.seq < seq).last()?;
        Url::parse(&before.observation.url).ok()
    }

    /// The situation a step failed into: of the plan's own ways, and of what was foreseen instead.
    pub(super) fn situation(&self, step: &Step) -> Option<Situation> {
        let failure = step.failure.as_ref()?;
        let planned = match step.decision {
            StepDecision::Plan { step }
            | StepDecision::Fallback { step, .. }
            | StepDecision::Foreseen { step, own: true, .. } => self.planned(step),
            StepDecision::Start
            | StepDecision::Foreseen { own: false, .. }
            | StepDecision::Heal { .. }
            | StepDecision::Restore { .. } => return None,
        };
        let form = planned.unwrap_or(&step.action);
        let intent = self.before.lift_text(form.intent.as_deref().unwrap_or(&step.intent));
        let mut situation = Situation::of(&self.run.site, &step.page, form, &intent, failure);
        situation.message = self.lifter.lift_text(&situation.message);
        Some(situation)
    }

    /// The situation the step with this number failed into. Where that was a way past another
    /// failure, as after an answer that did not help, it is the one that failure led into: that is
    /// where the next run will stand.
    pub(super) fn situation_at(&self, seq: u32) -> Option<Situation> {
        let step = self.run.steps.iter().find(|step| step.seq == seq)?;
        match step.decision {
            StepDecision::Heal { after, .. } if after < seq => self.situation_at(after),
            _ => self.situation(step),
        }
    }

    /// Which step of the plan a step of the trace was about.
    pub(super) fn number(&self, seq: u32) -> Option<u32> {
        about(&self.run.steps.iter().find(|step| step.seq == seq)?.decision)
    }

    /// Whether the plan went on after a step: a later step of it found its element and did what it
    /// should.
    pub(super) fn went_on(&self, step: u32, seq: u32) -> bool {
        self.run.steps.iter().filter(|later| later.seq > seq).any(|later| {
            later.failure.is_none()
                && later.fingerprint.is_some()
                && plan_step(&later.decision).is_some_and(|number| number > step)
        })
    }
}

/// Which step of the plan a decision is about.
pub(super) const fn about(decision: &StepDecision) -> Option<u32> {
    match *decision {
        StepDecision::Plan { step }
        | StepDecision::Fallback { step, .. }
        | StepDecision::Foreseen { step, .. }
        | StepDecision::Heal { step, .. } => Some(step),
        StepDecision::Start | StepDecision::Restore { .. } => None,
    }
}

/// Which step of the plan a decision is about, where it does what that step is for.
fn plan_step(decision: &StepDecision) -> Option<u32> {
    match *decision {
        StepDecision::Plan { step }
        | StepDecision::Fallback { step, .. }
        | StepDecision::Foreseen { step, own: true, .. }
        | StepDecision::Heal { step, own: true, .. } => Some(step),
        StepDecision::Start
        | StepDecision::Restore { .. }
        | StepDecision::Foreseen { own: false, .. }
        | StepDecision::Heal { own: false, .. } => None,
    }
}
