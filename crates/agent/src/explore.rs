//! Finding the element that a step means on the page as it is, and a locator for it.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way, called, explored};
use crate::run::Run;
use crate::ways;
use domain::heal::{Candidate, Explored, locators};
use domain::memory::Approach;
use domain::plan::{PlanStep, TargetForm};
use domain::snapshot::Fingerprint;

/// How many locators of an element are looked at before it counts as one that cannot be located.
const LOCATORS: usize = 8;

impl Run<'_> {
    /// Does the step on the element that the page itself suggests.
    pub(crate) async fn find_again(&mut self, healing: &Healing<'_>) -> Result<Outcome, Aborted> {
        match self.explore(healing.step).await {
            Explored::One(candidate) => self.on_candidate(healing, &candidate).await,
            Explored::None { why, .. } => Ok(Outcome::NotTried(why)),
        }
    }

    async fn on_candidate(
        &mut self,
        healing: &Healing<'_>,
        candidate: &Candidate,
    ) -> Result<Outcome, Aborted> {
        let Some(target) = self.locate(healing.step, &candidate.fingerprint).await else {
            return Ok(Outcome::NotTried(format!("{} cannot be located alone", called(candidate))));
        };
        let what = format!("{} on {}", healing.step.form.action.as_str(), called(candidate));
        let way = Way { approach: Approach::OtherLocator, by: explored(candidate), what };
        let Some(step) = ways::read(ways::with_target(healing.step, target), &self.values) else {
            return Ok(Outcome::NotTried("the element found has no usable locator".into()));
        };
        let outcome = self.take_way(healing, &way, &step, true).await?;
        if matches!(outcome, Outcome::Failed(..)) {
            self.trouble.failed.push(candidate.fingerprint.xpath.clone());
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
                let why = format!("{} was tried already", called(&candidate));
                Explored::None { why, considered: vec![candidate], torn: true }
            }
            explored => explored,
        }
    }

    async fn look_for(&mut self, step: &PlanStep) -> Explored {
        let intent = self.spoken_intent(step);
        let wanted = self.wanted(step, &intent);
        let now = &self.attempt.seen().now;
        let (why, considered) = match domain::heal::explore(&wanted, now) {
            Explored::None { why, considered, torn: false } => (why, considered),
            settled => return settled,
        };
        let names = domain::heal::spoken_names(&wanted, now);
        let texts = names.iter().map(|(_, name)| name.clone()).collect();
        let similarities =
            if names.is_empty() { None } else { self.recaller.similarities(&intent, texts).await };
        let found = similarities.map(|alike| domain::heal::by_meaning(now, &names, &alike));
        match found {
            Some(one @ Explored::One(_)) => one,
            Some(Explored::None { considered: more, .. }) if considered.is_empty() => {
                Explored::None { why, considered: more, torn: false }
            }
            _ => Explored::None { why, considered, torn: false },
        }
    }

    /// A locator that matches this element and no other.
    pub(crate) async fn locate(
        &mut self,
        step: &PlanStep,
        element: &Fingerprint,
    ) -> Option<TargetForm> {
        for target in locators(element).into_iter().take(LOCATORS) {
            let Some(read) = ways::read(ways::with_target(step, target.clone()), &self.values)
            else {
                continue;
            };
            let located = read.action.target()?;
            if let [only] = &self.attempt.find(located).await[..]
                && only.xpath == element.xpath
                && only.frame == element.frame
            {
                return Some(target);
            }
        }
        None
    }
}
