//! Finding the element that a step means on the page as it is, and a locator for it.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way, called, explored};
use crate::run::Run;
use crate::ways;
use domain::heal::{Candidate, Explored, cell, locators, row_of_cells};
use domain::memory::Approach;
use domain::plan::{PlanStep, StepForm};
use domain::snapshot::Fingerprint;

/// How many locators of an element are looked at before it counts as one that cannot be located.
const LOCATORS: usize = 8;

impl Run<'_> {
    /// Does the step on the element that the page itself suggests.
    pub(crate) async fn find_again(&mut self, healing: &Healing<'_>) -> Result<Outcome, Aborted> {
        let candidate = match self.explore(healing.step).await {
            Explored::One(candidate) => candidate,
            Explored::None { why, .. } => return Ok(Outcome::NotTried(why)),
        };
        let step = match self.located(&ways::alone(healing.step), &candidate).await {
            Ok(step) => step,
            Err(why) => return Ok(Outcome::NotTried(why)),
        };
        let what = format!("{} on {}", healing.step.form.action.as_str(), called(&candidate));
        let way = Way { approach: Approach::OtherLocator, by: explored(&candidate), what };
        let outcome = self.take_way(healing, &way, &step, true).await?;
        if matches!(outcome, Outcome::Failed(..)) {
            self.trouble.failed.push(candidate.fingerprint.xpath);
        }
        Ok(outcome)
    }

    /// Looks for the element a step means: by what is known of it, by the words of the intent, and
    /// at last by their meaning. What failed in this trouble already is not found again.
    pub(crate) async fn explore(&mut self, step: &PlanStep) -> Explored {
        match self.look_for(step).await {
            Explored::One(candidate)
                if self.trouble.failed.contains(&candidate.fingerprint.xpath) =>
            {
                let why =
                    format!("{} was tried already, or is flagged as wrong", called(&candidate));
                Explored::None { why, considered: vec![candidate], torn: true }
            }
            explored => explored,
        }
    }

    async fn look_for(&mut self, step: &PlanStep) -> Explored {
        let intent = self.spoken_intent(step);
        let wanted = self.wanted(step, &intent);
        let (why, considered) = match domain::heal::explore(&wanted, &self.attempt.seen().now) {
            Explored::None { why, considered, torn: false } => (why, considered),
            settled => return settled,
        };
        if let Some(row) = row_of_cells(&wanted) {
            let cells = self.attempt.find(&row).await;
            return match cell(&self.wanted(step, &intent), &cells) {
                Ok(candidate) => Explored::One(candidate),
                Err(no) => Explored::None { why: format!("{why}; {no}"), considered, torn: false },
            };
        }
        match self.by_meaning(step, &intent).await {
            Some(one @ Explored::One(_)) => one,
            Some(Explored::None { considered: more, .. }) if considered.is_empty() => {
                Explored::None { why, considered: more, torn: false }
            }
            _ => Explored::None { why, considered, torn: false },
        }
    }

    /// Looks for the element by the meaning of the intent; `None` when nothing can be compared.
    async fn by_meaning(&mut self, step: &PlanStep, intent: &str) -> Option<Explored> {
        let now = &self.attempt.seen().now;
        let names = domain::heal::spoken_names(&self.wanted(step, intent), now);
        if names.is_empty() {
            return None;
        }
        let texts = names.iter().map(|(_, name)| name.clone()).collect();
        let alike = self.recaller.similarities(intent, texts).await?;
        let (wanted, now) = (self.wanted(step, intent), &self.attempt.seen().now);
        Some(domain::heal::by_meaning(&wanted, now, &names, &alike))
    }

    /// A step on this candidate and no other, or why there is none.
    pub(crate) async fn located(
        &mut self,
        form: &StepForm,
        candidate: &Candidate,
    ) -> Result<PlanStep, String> {
        let step = self.locate(form, &candidate.fingerprint).await;
        step.ok_or_else(|| format!("{} cannot be located alone", called(candidate)))
    }

    /// A step with a locator that matches this element and no other.
    pub(crate) async fn locate(
        &mut self,
        form: &StepForm,
        element: &Fingerprint,
    ) -> Option<PlanStep> {
        for target in locators(element).into_iter().take(LOCATORS) {
            let form = StepForm { target: Some(target), ..form.clone() };
            let Some(step) = ways::read(form, &self.values) else { continue };
            let located = step.action.target()?;
            if let [only] = &self.attempt.find(located).await[..]
                && only.xpath == element.xpath
                && only.frame == element.frame
            {
                return Some(step);
            }
        }
        None
    }
}
