//! Trying one way past a failure on the page as it is.

use crate::agent::Aborted;
use crate::heal::{Healing, Outcome, Way, advised};
use crate::run::Run;
use crate::ways;
use domain::heal::Explored;
use domain::plan::Target;
use domain::snapshot::Fingerprint;
use domain::step::HealSource;
use domain::tactics::Proposal;
use std::time::Duration;

/// How long something that a way waits for may take to appear: the step has waited for it already.
const PATIENCE: Duration = Duration::from_millis(700);

impl Run<'_> {
    /// Tries one way.
    pub(crate) async fn try_way(
        &mut self,
        healing: &Healing<'_>,
        proposal: Proposal,
    ) -> Result<Outcome, Aborted> {
        match proposal {
            Proposal::Copy(advice) => self.follow(healing, &advice, true).await,
            Proposal::Hint(advice) => self.take_hint(healing, &advice).await,
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
        let alone = ways::alone(step);
        let at_its_place = match step.action.target() {
            Some(target) => {
                let found = self.find_soon(target).await;
                found.len() == 1 && self.guard(step).await.is_none()
            }
            None => true,
        };
        let step = if at_its_place {
            ways::read(alone, &self.values).ok_or_else(|| "the step cannot be read".to_owned())
        } else {
            match self.explore(step).await {
                Explored::One(candidate) => self.located(&alone, &candidate).await,
                Explored::None { why, .. } => Err(why),
            }
        };
        match step {
            Ok(step) => self.take_way(healing, way, &step, true).await,
            Err(why) => Ok(Outcome::NotTried(why)),
        }
    }

    /// What a target matches, now or in a moment.
    pub(crate) async fn find_soon(&mut self, target: &Target) -> Vec<Fingerprint> {
        let found = self.attempt.find(target).await;
        if found.is_empty() && self.attempt.appears(target, PATIENCE).await.is_ok() {
            return self.attempt.find(target).await;
        }
        found
    }
}
