//! Lifting what a step says about its element and its end. Values and files are not lifted here:
//! they are what is typed, not where.

use super::{Lifter, Place};
use crate::plan::{ConditionForm, StepForm, TargetForm};

impl Lifter {
    /// Replaces values by placeholders in a target. Says whether it also said something that was
    /// typed literally: then it cannot be used any more.
    pub fn lift_target(&self, target: &mut TargetForm) -> bool {
        let TargetForm {
            css,
            xpath,
            test_id,
            role: _,
            name,
            label,
            text,
            placeholder,
            exact: _,
            within,
            nth: _,
        } = target;
        let mut typed = false;
        for part in [css, xpath, test_id] {
            typed |= self.part(part, Place::Structure);
        }
        for words in [name, label, text, placeholder] {
            typed |= self.part(words, Place::Words);
        }
        typed | within.as_deref_mut().is_some_and(|outer| self.lift_target(outer))
    }

    /// The same for everything a step says besides what it types.
    pub(in crate::memory) fn lift_form(&self, form: &mut StepForm) -> bool {
        let mut typed = self.part(&mut form.intent, Place::Words);
        for target in [&mut form.target, &mut form.to].into_iter().flatten() {
            typed |= self.lift_target(target);
        }
        for address in [&mut form.url, &mut form.tab] {
            typed |= self.part(address, Place::Structure);
        }
        typed | form.expect.as_mut().is_some_and(|expect| self.lift_conditions(expect))
    }

    fn lift_conditions(&self, conditions: &mut ConditionForm) -> bool {
        let ConditionForm { url, title, present, gone, text, value, response, download } =
            conditions;
        let mut typed = self.part(url, Place::Structure);
        for words in [title, text, download] {
            typed |= self.part(words, Place::Words);
        }
        for target in [present, gone].into_iter().flatten() {
            typed |= self.lift_target(target);
        }
        if let Some(value) = value {
            typed |= self.lift_target(&mut value.target);
            typed |= self.put(&mut value.equals, Place::Words);
        }
        if let Some(response) = response {
            typed |= self.put(&mut response.url, Place::Structure);
        }
        typed
    }

    fn part(&self, text: &mut Option<String>, place: Place) -> bool {
        text.as_mut().is_some_and(|text| self.put(text, place))
    }

    fn put(&self, text: &mut String, place: Place) -> bool {
        let lifted = self.rewrite(text, place);
        *text = lifted.text;
        lifted.typed
    }
}
