//! Copying a remedy: each action after a look whether its element is the one it was.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way, advised};
use crate::run::Run;
use crate::ways;
use domain::heal::{Explored, Place, Wanted, similarity, suspect};
use domain::memory::{Advice, Remedy};
use domain::plan::{PlanStep, StepForm, Target};
use domain::snapshot::Fingerprint;
use url::Url;

/// How much an element has to look like the remembered one before a remedy is copied onto it.
const LIKENESS: f64 = 0.5;

impl Run<'_> {
    /// Does what worked before, each action after a look whether its element is the one. Of advice
    /// about another trouble of this site only what prepares the step is done, and then the step.
    pub(crate) async fn follow(
        &mut self,
        healing: &Healing<'_>,
        advice: &Advice,
        whole: bool,
    ) -> Result<Outcome, Aborted> {
        let remedy = &advice.remedy.remedy;
        let way = Way { approach: remedy.approach, by: advised(advice), what: remedy.describe() };
        if !self.stays_here(remedy) {
            return Ok(Outcome::NotTried("the remembered remedy leads off this site".into()));
        }
        for remembered in remedy.steps.iter().filter(|step| whole || !step.own) {
            let Some(form) = ways::remembered(healing.step, remembered) else {
                return Ok(Outcome::NotTried("what is remembered is about another choice".into()));
            };
            let step = match self.recognise(form, remembered.fingerprint.as_ref()).await {
                Ok(step) => step,
                Err(why) => return Ok(Outcome::NotTried(why)),
            };
            let taken = self.take_way(healing, &way, &step, remembered.own).await?;
            if remembered.own || !matches!(taken, Outcome::Worked(_)) {
                return Ok(taken);
            }
        }
        self.own(healing, &way).await
    }

    /// The pre-check of a copy: the remembered element must be the only match and look like
    /// itself. Where its locator finds nothing, the element is looked for by what it looked like.
    pub(crate) async fn recognise(
        &mut self,
        form: StepForm,
        known: Option<&Fingerprint>,
    ) -> Result<PlanStep, String> {
        let step = ways::read(form, &self.values).ok_or("the remembered remedy cannot be read")?;
        let Some(target) = step.action.target() else { return Ok(step) };
        let found = self.find_soon(target).await;
        let Some(known) = known else {
            let matches = "of the remembered remedy matches";
            return match found.len() {
                0 => Err(format!("{target} {matches} nothing here")),
                1 => Ok(step),
                more => Err(format!("{target} {matches} {more} elements")),
            };
        };
        let mut known = known.clone();
        self.lifter.fill(&mut known);
        let intent = self.spoken_intent(&step);
        if let [it] = &found[..]
            && self.is_still(target, &known, it, &self.as_it_was(&step, &intent, &known))
        {
            return Ok(step);
        }
        self.attempt.look_again().await;
        let wanted = self.as_it_was(&step, &intent, &known);
        match domain::heal::explore(&wanted, &self.attempt.seen().now) {
            Explored::One(candidate) => self
                .locate(&step.form, &candidate.fingerprint)
                .await
                .ok_or_else(|| "the remembered element cannot be located alone".into()),
            Explored::None { why, .. } => Err(format!("the remembered element is not here: {why}")),
        }
    }

    /// Whether a remedy keeps to the site of the page that is open.
    pub(crate) fn stays_here(&self, remedy: &Remedy) -> bool {
        let page = Url::parse(&self.attempt.seen().observation.url);
        page.is_ok_and(|page| remedy.stays_on(&page, &self.values))
    }

    /// What a step looks for, by the element it was when the step worked.
    fn as_it_was<'b>(
        &'b self,
        step: &PlanStep,
        intent: &'b str,
        known: &Fingerprint,
    ) -> Wanted<'b> {
        let (action, goal, frame) = (step.form.action, self.goal.as_str(), self.frame.as_deref());
        let (clues, place) = (known.clone(), Place::of_element(known));
        Wanted { action, intent, goal, clues, known: true, place, frame }
    }

    /// Whether an element looks like the remembered one, and nothing speaks against it.
    fn is_still(
        &self,
        target: &Target,
        known: &Fingerprint,
        it: &Fingerprint,
        wanted: &Wanted<'_>,
    ) -> bool {
        similarity(known, it) >= LIKENESS
            && suspect(target, wanted, it, &self.attempt.seen().now).is_none()
    }
}
