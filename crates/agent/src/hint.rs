//! Taking a hint: the element that got past the same locator where the step was said in other words,
//! if this step's own words fit what it is called.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way, advised};
use crate::run::Run;
use crate::ways;
use domain::heal::hinted;
use domain::memory::{Advice, Approach};
use domain::plan::PlanStep;
use domain::snapshot::Fingerprint;

impl Run<'_> {
    /// Does the step on the element that advice about other words names.
    pub(crate) async fn take_hint(
        &mut self,
        healing: &Healing<'_>,
        advice: &Advice,
    ) -> Result<Outcome, Aborted> {
        let remedy = &advice.remedy.remedy;
        if !self.stays_here(remedy) {
            return Ok(Outcome::NotTried("the remembered element leads off this site".into()));
        }
        let (step, element) = match self.hinted(healing.step, advice).await {
            Ok(found) => found,
            Err(why) => return Ok(Outcome::NotTried(why)),
        };
        let way =
            Way { approach: Approach::OtherLocator, by: advised(advice), what: remedy.describe() };
        let outcome = self.take_way(healing, &way, &step, true).await?;
        if matches!(outcome, Outcome::Failed(..)) {
            self.trouble.failed.push(element.xpath);
        }
        Ok(outcome)
    }

    /// The step on that element, if it is here and may be what the step means.
    async fn hinted(
        &mut self,
        step: &PlanStep,
        advice: &Advice,
    ) -> Result<(PlanStep, Fingerprint), String> {
        let own = advice.remedy.remedy.steps.last();
        let own = own.and_then(|own| own.form.target.clone().zip(own.fingerprint.as_ref()));
        let (target, known) = own.ok_or("no element is remembered")?;
        let form = ways::with_target(step, target);
        let found = self.recognise(form, Some(known)).await?;
        let target = found.action.target().ok_or("the step needs no element")?;
        let [element] = <[Fingerprint; 1]>::try_from(self.attempt.find(target).await)
            .map_err(|_| "the remembered element is gone again")?;
        if self.trouble.failed.contains(&element.xpath) {
            return Err("the remembered element was tried already".into());
        }
        let there = &advice.situation.intent;
        let there = self.values.fill_open(there).unwrap_or_else(|_| there.clone());
        let intent = self.spoken_intent(step);
        let wanted = self.wanted(step, &intent);
        hinted(&wanted, &there, &element, &self.attempt.seen().now)?;
        Ok((found, element))
    }
}
