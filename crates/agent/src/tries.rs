//! Trying one way past a failure on the page as it is.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way, advised, called};
use crate::run::Run;
use crate::ways;
use domain::heal::Explored;
use domain::plan::StepForm;
use domain::step::HealSource;
use domain::tactics::Proposal;
use std::time::Duration;

/// How long something that a way waits for may take to appear: the step has waited for it already.
pub(crate) const PATIENCE: Duration = Duration::from_millis(700);

impl Run<'_> {
    /// Tries one way.
    pub(crate) async fn try_way(
        &mut self,
        healing: &Healing<'_>,
        proposal: Proposal,
    ) -> Result<Outcome, Aborted> {
        match proposal {
            Proposal::Copy(advice) => self.follow(healing, &advice, true).await,
            Proposal::Prepare(advice) => self.follow(healing, &advice, false).await,
            Proposal::Find => self.find_again(healing).await,
            Proposal::Routine(approach, advice) => {
                let by = advice.as_deref().map_or(HealSource::Routine, advised);
                Box::pin(self.routine(healing, approach, by)).await
            }
        }
    }

    /// The step itself, after what had to be done first: where the plan says, or where the element
    /// is found by now; otherwise nothing.
    pub(crate) async fn own(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
    ) -> Result<Outcome, Aborted> {
        let step = healing.step;
        let Some(target) = step.action.target() else {
            return self.take_own(healing, way, ways::alone(step)).await;
        };
        let target = target.clone();
        let mut found = self.attempt.find(&target).await;
        if found.is_empty() && self.attempt.appears(&target, PATIENCE).await.is_ok() {
            found = self.attempt.find(&target).await;
        }
        if found.len() == 1 && self.guard(step).await.is_none() {
            return self.take_own(healing, way, ways::alone(step)).await;
        }
        match self.explore(step).await {
            Explored::One(candidate) => match self.locate(step, &candidate.fingerprint).await {
                Some(target) => self.take_own(healing, way, ways::with_target(step, target)).await,
                None => {
                    Ok(Outcome::NotTried(format!("{} cannot be located alone", called(&candidate))))
                }
            },
            Explored::None { why, .. } => Ok(Outcome::NotTried(why)),
        }
    }

    async fn take_own(
        &mut self,
        healing: &Healing<'_>,
        way: &Way,
        form: StepForm,
    ) -> Result<Outcome, Aborted> {
        match ways::read(form, &self.values) {
            Some(step) => self.take_way(healing, way, &step, true).await,
            None => Ok(Outcome::NotTried("the step cannot be read".into())),
        }
    }
}
