//! Copying a remedy: each action after a look whether its element is the one it was.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way, advised};
use crate::run::Run;
use crate::tries::PATIENCE;
use crate::ways;
use domain::heal::{Explored, Wanted, similarity, suspect};
use domain::memory::{Advice, Remedy, RemedyStep};
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
            let form = ways::remembered(healing.step, remembered);
            let form = match self.recognise(form, remembered).await {
                Ok(form) => form,
                Err(why) => return Ok(Outcome::NotTried(why)),
            };
            let Some(step) = ways::read(form, &self.values) else {
                return Ok(Outcome::NotTried("the remembered remedy cannot be read".into()));
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
        remembered: &RemedyStep,
    ) -> Result<StepForm, String> {
        if form.target.is_none() {
            return Ok(form);
        }
        let known = remembered.fingerprint.clone().map(|mut known| {
            self.lifter.fill(&mut known);
            known
        });
        let Some(step) = ways::read(form.clone(), &self.values) else {
            return Err("the remembered remedy cannot be read".into());
        };
        let Some(target) = step.action.target() else { return Ok(form) };
        let mut found = self.attempt.find(target).await;
        if found.is_empty() && self.attempt.appears(target, PATIENCE).await.is_ok() {
            found = self.attempt.find(target).await;
        }
        match (&found[..], &known) {
            ([it], Some(known)) if self.is_still(target, known, it, &step) => return Ok(form),
            ([_], None) => return Ok(form),
            _ => {}
        }
        let Some(known) = known else {
            return Err(format!("{target} of the remembered remedy matches {}", count(&found)));
        };
        self.attempt.look_again().await;
        let frame = self.frame.as_deref();
        let intent = self.spoken_intent(&step);
        let wanted =
            Wanted { action: form.action, intent: &intent, clues: known, known: true, frame };
        match domain::heal::explore(&wanted, &self.attempt.seen().now) {
            Explored::One(candidate) => match self.locate(&step, &candidate.fingerprint).await {
                Some(target) => Ok(StepForm { target: Some(target), ..form }),
                None => Err("the remembered element cannot be located alone".into()),
            },
            Explored::None { why, .. } => Err(format!("the remembered element is not here: {why}")),
        }
    }

    /// Whether a remedy keeps to the site of the page that is open.
    pub(crate) fn stays_here(&self, remedy: &Remedy) -> bool {
        let page = Url::parse(&self.attempt.seen().observation.url);
        page.is_ok_and(|page| remedy.stays_on(&page, &self.values))
    }

    /// Whether an element looks like the remembered one, and nothing speaks against it.
    fn is_still(
        &self,
        target: &Target,
        known: &Fingerprint,
        it: &Fingerprint,
        step: &PlanStep,
    ) -> bool {
        let intent = self.spoken_intent(step);
        let frame = self.frame.as_deref();
        let (action, clues) = (step.form.action, known.clone());
        let wanted = Wanted { action, intent: &intent, clues, known: true, frame };
        similarity(known, it) >= LIKENESS
            && suspect(target, &wanted, it, &self.attempt.seen().now).is_none()
    }
}

fn count(found: &[Fingerprint]) -> String {
    match found.len() {
        0 => "nothing here".into(),
        1 => "an element that does not look like it".into(),
        more => format!("{more} elements"),
    }
}
