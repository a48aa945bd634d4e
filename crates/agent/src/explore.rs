//! Finding the element that a step means on the page as it is, and a locator for it.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way, called, explored};
use crate::run::Run;
use crate::ways;
use domain::heal::{Anchor, Candidate, Explored, Moved, cell, locators, row_of_cells};
use domain::memory::Approach;
use domain::plan::{ActionName, PlanStep, StepForm, TargetForm};
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
                let why = format!("{} was tried already", called(&candidate));
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
        let told = match row_of_cells(&wanted) {
            Some(row) => {
                let cells = self.attempt.find(&row).await;
                Some(cell(&self.wanted(step, &intent), &cells))
            }
            None => None,
        };
        if let Some(Ok(candidate)) = told {
            return Explored::One(candidate);
        }
        if let Some(candidate) = self.beside_what_was_found(step, &intent).await {
            return Explored::One(candidate);
        }
        if let Some(Err(no)) = told {
            return Explored::None { why: format!("{why}; {no}"), considered, torn: false };
        }
        match self.by_meaning(step, &intent).await {
            Some(one @ Explored::One(_)) => one,
            Some(Explored::None { considered: more, .. }) if considered.is_empty() => {
                Explored::None { why, considered: more, torn: false }
            }
            _ => Explored::None { why, considered, torn: false },
        }
    }

    /// What is to be read, where a path led to it beside something that was found again since the
    /// page was loaded: the same path from there leads to it, if that is the same step by step. Of a
    /// table only a cell whose column nothing speaks against.
    async fn beside_what_was_found(&mut self, step: &PlanStep, intent: &str) -> Option<Candidate> {
        if step.form.action != ActionName::Extract {
            return None;
        }
        let now = &self.attempt.seen().now.elements;
        let is_there = |anchor: &&Anchor| {
            let path = anchor.xpath();
            now.iter().any(|it| it.fingerprint.xpath == path && it.fingerprint.frame == self.frame)
        };
        let anchors: Vec<Anchor> = self.anchors.iter().filter(is_there).cloned().collect();
        let moved = Moved::of(step.action.target()?, &anchors)?;
        let found = self.attempt.find(&moved.target()).await;
        let candidate = moved.candidate(&found)?;
        if let Some((row, own)) = moved.row() {
            let cells = self.attempt.find(&row).await;
            let other = cell(&self.wanted(step, intent), &cells).ok();
            if other.is_some_and(|other| other.fingerprint.xpath != own) {
                return None;
            }
        }
        Some(candidate)
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

    /// A step with a locator that matches this element and no other. What is read is not located by
    /// what it says today.
    pub(crate) async fn locate(
        &mut self,
        form: &StepForm,
        element: &Fingerprint,
    ) -> Option<PlanStep> {
        let read = form.action == ActionName::Extract && !is_control(element);
        let steady = |target: &TargetForm| !read || target.name.is_none() && target.text.is_none();
        for target in locators(element).into_iter().filter(steady).take(LOCATORS) {
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

/// Whether what an element is called is not what is read from it.
fn is_control(element: &Fingerprint) -> bool {
    matches!(element.tag.as_str(), "input" | "textarea" | "select")
}
