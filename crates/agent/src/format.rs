//! What a page refused, written in a format that the page itself names for the field.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way};
use crate::run::Run;
use crate::ways;
use domain::heal::formats;
use domain::plan::{Action, ActionName, PlanStep, StepForm};
use domain::snapshot::{Fingerprint, Snapshot};

/// How many formats are tried for one field.
const FORMATS: usize = 2;

const NONE_NAMED: &str = "the page names no other format for what was typed";

impl Run<'_> {
    /// The value that was refused in another format: of the step itself, or of the fields that were
    /// filled in for it.
    pub(crate) async fn other_format(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
    ) -> Result<Outcome, Aborted> {
        if healing.step.form.action == ActionName::Fill {
            self.fill_otherwise(healing, way).await
        } else {
            self.fill_again(healing, way).await
        }
    }

    async fn fill_otherwise(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
    ) -> Result<Outcome, Aborted> {
        let step = healing.step;
        let Some(field) = self.field_of(step).await else {
            return Ok(Outcome::NotTried("its field cannot be told".into()));
        };
        let written = match self.written(step, &field, &healing.failure.message) {
            Ok(written) => written,
            Err(why) => return Ok(Outcome::NotTried(why)),
        };
        let mut outcome = Outcome::NotTried("the time is up".into());
        for step in written {
            if self.is_over() {
                break;
            }
            outcome = self.take_way(healing, way, &step, true).await?;
            match &outcome {
                Outcome::Failed(_, failure) if !failure.ends_session() => {}
                _ => break,
            }
        }
        Ok(outcome)
    }

    /// The page did not accept what was sent: fields that hold what the plan typed, and for which
    /// the page names another format, are filled in anew, and then the step is done again.
    async fn fill_again(&mut self, healing: &Healing<'_>, way: &Way) -> Result<Outcome, Aborted> {
        let plan = self.plan;
        let fills = |step: &&PlanStep| step.form.action == ActionName::Fill;
        let mut again = Vec::new();
        let mut reason = NONE_NAMED.to_owned();
        for step in plan[..healing.at.step].iter().filter(fills) {
            let Some(field) = self.field_of(step).await else { continue };
            if !holds(&self.attempt.seen().before, &field, step) {
                continue;
            }
            match self.written(step, &field, &healing.failure.message) {
                Ok(written) => again.extend(written.into_iter().next()),
                Err(why) => reason = why,
            }
        }
        if again.is_empty() {
            return Ok(Outcome::NotTried(reason));
        }
        for step in again {
            let intent = ways::preparing(healing.step);
            let form = StepForm { intent: Some(intent), expect: None, ..step.form };
            let Some(step) = ways::read(form, &self.values) else { continue };
            match self.take_way(healing, way, &step, false).await? {
                Outcome::Worked(_) => {}
                other => return Ok(other),
            }
        }
        self.own(healing, way).await
    }

    /// The field that a step fills in, if it can be told on the page as it is.
    async fn field_of(&mut self, step: &PlanStep) -> Option<Fingerprint> {
        let mut found = self.attempt.find(step.action.target()?).await;
        found.pop().filter(|_| found.is_empty())
    }

    /// The step in the formats that the page names for its field, or why there is none.
    fn written(
        &self,
        step: &PlanStep,
        field: &Fingerprint,
        complaint: &str,
    ) -> Result<Vec<PlanStep>, String> {
        let mut written: Vec<PlanStep> = Vec::new();
        let mut reason = NONE_NAMED.to_owned();
        for format in formats(field, complaint) {
            match ways::written(ways::alone(step), format, &self.values) {
                Ok(other) if other.action == step.action => {}
                Ok(other) if written.iter().any(|it| it.action == other.action) => {}
                Ok(other) => written.push(other),
                Err(why) => reason = why,
            }
        }
        written.truncate(FORMATS);
        if written.is_empty() { Err(reason) } else { Ok(written) }
    }
}

/// Whether a field holds what a step typed.
fn holds(page: &Snapshot, field: &Fingerprint, step: &PlanStep) -> bool {
    let Action::Fill { value, .. } = &step.action else { return false };
    page.elements.iter().any(|it| {
        let print = &it.fingerprint;
        let same = print.xpath == field.xpath && print.frame == field.frame;
        same && it.value.as_deref() == Some(value.shown())
    })
}
