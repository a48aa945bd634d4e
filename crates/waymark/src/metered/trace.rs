//! The steps of runs, and what became of other ways past a failure.

use async_trait::async_trait;
use domain::artifact::NewArtifact;
use domain::ports::{Lease, LeaseError, Trace};
use domain::step::{HealSource, Step, StepDecision};
use std::sync::Arc;
use std::time::Duration;
use telemetry::{Asker, metrics};

/// A trace whose steps are counted once they are recorded.
pub(crate) struct MeteredTrace<T>(pub(crate) Arc<T>);

#[async_trait]
impl<T: Trace> Trace for MeteredTrace<T> {
    async fn append(
        &self,
        lease: &Lease,
        step: &Step,
        artifacts: &[NewArtifact],
    ) -> Result<(), LeaseError> {
        self.0.append(lease, step, artifacts).await?;
        count(step);
        Ok(())
    }
}

fn count(step: &Step) {
    let error = step.failure.as_ref().map(|failure| failure.class.as_str());
    let took = Duration::from_millis(step.duration_ms.into());
    metrics().step_taken(step.action.action.as_str(), error, took);
    let worked = error.is_none();
    match &step.decision {
        StepDecision::Heal { own: true, approach, by, .. } => {
            metrics().healed(by.tier(), approach.tactic().as_str(), worked);
            if matches!(by, HealSource::Advice { .. }) {
                metrics().advice_ended(Asker::Agent, if worked { "worked" } else { "failed" });
            }
        }
        StepDecision::Foreseen { own: true, .. } => metrics().foreseen(worked),
        _ => {}
    }
}
