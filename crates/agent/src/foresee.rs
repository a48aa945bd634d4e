//! Avoiding beforehand: where memory proves that the plan's way fails here, the step begins with
//! what works.

use crate::agent::Aborted;
use crate::attempt::Taking;
use crate::run::Run;
use crate::ways;
use chrono::{DateTime, Utc};
use domain::decide::{Last, Position};
use domain::heal::same_purpose;
use domain::memory::{Advice, Remembered, foreseen};
use domain::plan::PlanStep;
use domain::step::StepDecision;
use tracing::info;

impl Run<'_> {
    /// The step by a proven remedy, when the plan's way is known to fail on this page; `None` when
    /// nothing is known, or when the remedy does not fit the page as it is: then the plan's way is
    /// as good as any.
    pub(crate) async fn foresee(&mut self, at: Position) -> Result<Option<Last>, Aborted> {
        if !self.heals_at_all() {
            return Ok(None);
        }
        let plan = self.plan;
        let step = &plan[at.step];
        let Some(advice) = self.foreseen(step) else { return Ok(None) };
        let remedy = &advice.remedy.remedy;
        if !self.stays_here(remedy) {
            return Ok(None);
        }
        let mut last = None;
        for remembered in &remedy.steps {
            let Some(form) = ways::remembered(step, remembered) else { return Ok(None) };
            let Ok(read) = self.recognise(form, remembered.fingerprint.as_ref()).await else {
                info!(step = at.step, "a foreseen way does not fit the page");
                return Ok(None);
            };
            let effect = self.effect_of(step);
            let taking = Taking {
                step: &read,
                at: Some(at),
                decision: StepDecision::Foreseen {
                    step: at.step_number(),
                    situation_id: advice.situation_id,
                    remedy_id: advice.remedy.id,
                    own: remembered.own,
                    confidence: advice.confidence,
                },
                effect: effect.as_ref().filter(|_| remembered.own),
                refused: None,
            };
            match self.attempt.take(taking).await? {
                // Nothing was done: the plan's way is still open.
                Last::Failed { failure, .. } if failure.class.touched_nothing() => return Ok(None),
                taken if remembered.own || matches!(taken, Last::Failed { .. }) => {
                    return Ok(Some(taken));
                }
                taken => last = Some(taken),
            }
        }
        // What only had to be done first: the step itself follows as the plan has it.
        match last {
            Some(_) => {
                let decision = StepDecision::Plan { step: at.step_number() };
                self.take_guarded(step, at, decision).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// The best proven remedy of what is known to fail here.
    fn foreseen(&self, step: &PlanStep) -> Option<Advice> {
        let page = self.attempt.page();
        let target = step.form.target.as_ref()?;
        let intent = self.lifter.lift_text(&step.intent);
        let here = |it: &&Remembered| {
            it.situation.page == page
                && it.situation.action == step.form.action
                && it.situation.target.as_ref() == Some(target)
                && same_purpose(&it.situation.intent, &intent)
        };
        let known: Vec<Remembered> = self.site.situations.iter().filter(here).cloned().collect();
        foreseen(known, self.own_worked_at(&page, step), self.clock.now())
    }

    /// When the plan's own way last worked on a page.
    pub(crate) fn own_worked_at(&self, page: &str, step: &PlanStep) -> Option<DateTime<Utc>> {
        self.site.own_worked_at(page, step.form.action, step.form.target.as_ref()?)
    }
}
