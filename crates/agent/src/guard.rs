//! The guard before acting: whether the only match of a locator is what the step means. A brittle
//! locator that still finds something after the page changed is the way to a wrong action.

use crate::run::Run;
use domain::failure::{ErrorClass, Failure};
use domain::heal::{Brittle, Place, Wanted, brittleness, clues, speaks_of, suspect};
use domain::plan::{ActionName, PlanStep};

impl Run<'_> {
    /// Why the step is not even begun.
    pub(crate) async fn guard(&mut self, step: &PlanStep) -> Option<Failure> {
        let target = step.action.target().filter(|_| self.heals_at_all())?;
        let history = self.working(step).is_some();
        if !history && brittleness(target) == Brittle::Sound {
            return None;
        }
        self.attempt.begin();
        let mut found = self.attempt.find(target).await;
        if found.len() != 1 && waits_to_see(step.form.action) {
            if let Err(failure) = self.attempt.appears(target, step.timeout).await {
                return Some(failure);
            }
            found = self.attempt.find(target).await;
        }
        let [located] = &found[..] else { return None };
        let intent = self.spoken_intent(step);
        let wanted = self.wanted(step, &intent);
        // The first row is another one every day: only what the step calls by its name is missed.
        if wanted.known && !speaks_of(&intent, &wanted.clues) {
            return None;
        }
        suspect(target, &wanted, located, &self.attempt.seen().now)?;
        // The page may have changed since it was looked at.
        self.attempt.look_again().await;
        let wanted = self.wanted(step, &intent);
        let doubt = suspect(target, &wanted, located, &self.attempt.seen().now)?;
        let message = format!("{target} finds something else than the step means: {doubt}");
        Some(Failure::new(ErrorClass::ElementNotFound, message))
    }

    /// What the step is for, its placeholders filled in.
    pub(crate) fn spoken_intent(&self, step: &PlanStep) -> String {
        self.values.fill_open(&step.intent).unwrap_or_else(|_| step.intent.clone())
    }

    /// What a step looks for, by what is known of it.
    pub(crate) fn wanted<'b>(&'b self, step: &PlanStep, intent: &'b str) -> Wanted<'b> {
        let known = self.working(step).map(|working| {
            let mut fingerprint = working.fingerprint.clone();
            self.lifter.fill(&mut fingerprint);
            fingerprint
        });
        let is_known = known.is_some();
        let clues = known.or_else(|| step.action.target().map(clues)).unwrap_or_default();
        // Where it was when it last worked says more than where the plan has it.
        let place = if is_known { Place::of_element(&clues) } else { None };
        let place = place.or_else(|| step.action.target().and_then(Place::of_target));
        let (action, goal, frame) = (step.form.action, self.goal.as_str(), self.frame.as_deref());
        Wanted { action, intent, goal, clues, known: is_known, place, frame }
    }
}

/// Whether an action works on what can be seen: a file input or a styled checkbox often cannot.
const fn waits_to_see(action: ActionName) -> bool {
    matches!(
        action,
        ActionName::Click
            | ActionName::DoubleClick
            | ActionName::Fill
            | ActionName::Clear
            | ActionName::Press
            | ActionName::Select
            | ActionName::Hover
            | ActionName::Drag
    )
}
