//! Runs that fail at a step and get past it, so that there is something to remember.

use crate::harness::TestApi;
use domain::failure::{ErrorClass, Failure, TaskFailure};
use domain::memory::Approach;
use domain::plan::StepForm;
use domain::ports::{Distillery as _, Leases as _};
use domain::run::RunEnd;
use domain::step::{HealSource, Step, StepDecision};
use serde_json::{Value, json};

/// A run on a site whose first step fails, and that finds another button.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Healed<'a> {
    pub(crate) site: &'a str,
    pub(crate) agent: &'a str,
    pub(crate) intent: &'a str,
    /// Whether the other button helps, and the run succeeds.
    pub(crate) helps: bool,
}

impl Default for Healed<'_> {
    fn default() -> Self {
        Self { site: "shop.example", agent: "nightly", intent: "save the user", helps: true }
    }
}

impl Healed<'_> {
    fn plan(self) -> Value {
        json!({"steps": [{"intent": self.intent, "action": "click", "target": {"css": "#save"},
            "expect": {"text": "saved"}}]})
    }

    /// Carries it out and has memory learn from it.
    pub(crate) async fn run(self, api: &TestApi) {
        let changes = json!({"site": self.site, "agent": self.agent, "plan": self.plan(),
            "limits": {"attempts": 1}});
        api.submit(changes).await;
        let lease = api.claim().await.remove(0);
        let planned: StepForm = serde_json::from_value(self.plan()["steps"][0].clone()).unwrap();
        let gone = Failure::new(ErrorClass::ElementNotFound, "nothing matches");
        api.record_step(&lease, |step| Step {
            intent: self.intent.to_owned(),
            decision: StepDecision::Plan { step: 0 },
            action: planned.clone(),
            failure: Some(gone.clone()),
            ..step
        })
        .await;
        let other = json!({"action": "click", "target": {"role": "button", "name": "Store"}});
        api.record_step(&lease, |step| Step {
            seq: 1,
            decision: StepDecision::Heal {
                step: 0,
                after: 0,
                attempt: 0,
                approach: Approach::OtherLocator,
                by: HealSource::Routine,
                own: true,
                recall_id: None,
            },
            action: serde_json::from_value(other).unwrap(),
            failure: (!self.helps).then_some(gone.clone()),
            ..step
        })
        .await;
        let end = if self.helps {
            RunEnd::Succeeded(json!({}))
        } else {
            RunEnd::Failed(TaskFailure::of_step(0, &gone), json!({}))
        };
        api.store.finish(&lease, &end, None).await.unwrap();
        api.memory.learn(lease.run_id).await.unwrap();
    }
}
