//! Runs that fail at a step and get past it, as they are told to.

use super::{World, spec, succeeded};
use domain::clock::Clock;
use domain::failure::{ErrorClass, Failure};
use domain::id::{RemedyId, RunId, SituationId};
use domain::memory::{Approach, Question, Remembered, Situation};
use domain::observation::{Dialog, Observation};
use domain::plan::{ActionName, PlanForm, StepForm, TargetForm};
use domain::ports::{Lease, Leases, Memory, Trace};
use domain::snapshot::Fingerprint;
use domain::step::{HealSource, Step, StepDecision};
use domain::task::TaskSpec;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{MemoryStore, Store};
use testkit::embedder::WordEmbedder;

pub(crate) fn memory(world: &World, embedder: &WordEmbedder) -> MemoryStore {
    memory_of(&world.store, embedder)
}

pub(crate) fn memory_of(store: &Store, embedder: &WordEmbedder) -> MemoryStore {
    MemoryStore::new(store.clone(), Arc::new(embedder.clone()))
}

/// A run of a plan with two steps: the second fails, and another locator gets past it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) agent: &'a str,
    pub(crate) site: &'a str,
    pub(crate) goal: &'a str,
    pub(crate) page: &'a str,
    pub(crate) intent: &'a str,
    pub(crate) target: &'a str,
    pub(crate) class: ErrorClass,
    pub(crate) message: &'a str,
    /// Whether anything is tried.
    pub(crate) heals: bool,
    /// What is clicked instead; something by its text when left out.
    pub(crate) heals_with: Option<&'a str>,
    /// Whether what is tried fails too.
    pub(crate) heal_fails: bool,
    /// Whether a dialog opens at the first step.
    pub(crate) opens_dialog: bool,
    /// What is done instead of the second step, because memory knows that it fails.
    pub(crate) foreseen: Option<(SituationId, RemedyId)>,
}

impl Default for Told<'_> {
    fn default() -> Self {
        Self {
            agent: "nightly",
            site: "shop.example",
            goal: "add a user",
            page: "/users/add",
            intent: "save the user",
            target: "#save",
            class: ErrorClass::ElementNotFound,
            message: "nothing matches after 10 s",
            heals: true,
            heals_with: None,
            heal_fails: false,
            opens_dialog: false,
            foreseen: None,
        }
    }
}

impl Told<'_> {
    fn plan(&self) -> PlanForm {
        serde_json::from_value(json!({"steps": [
            {"intent": "name the user", "action": "fill", "target": {"css": "#name"},
             "value": "{{inputs.user}}"},
            {"intent": self.intent, "action": "click", "target": {"css": self.target},
             "expect": {"text": "saved"}},
        ]}))
        .unwrap()
    }

    pub(crate) fn inputs() -> BTreeMap<String, String> {
        BTreeMap::from([("user".to_owned(), "ada".to_owned())])
    }

    fn spec(&self) -> TaskSpec {
        TaskSpec {
            goal: self.goal.to_owned(),
            agent: self.agent.to_owned(),
            plan: Some(self.plan()),
            inputs: Self::inputs(),
            ..spec(self.site)
        }
    }

    fn step(&self, clock: &dyn Clock, seq: u32, decision: StepDecision, action: StepForm) -> Step {
        let fingerprint = action.target.as_ref().map(|_| Fingerprint {
            tag: "button".to_owned(),
            name: format!("seen by {}", self.agent),
            ..Fingerprint::default()
        });
        Step {
            seq,
            intent: action.intent.clone().unwrap_or_default(),
            decision,
            action,
            failure: None,
            observation: Observation {
                url: format!("https://{}{}", self.site, self.page),
                ..Observation::default()
            },
            fingerprint,
            extracted: None,
            page: self.page.to_owned(),
            started_at: clock.now(),
            duration_ms: 5,
        }
    }

    fn steps(&self, clock: &dyn Clock) -> Vec<Step> {
        let plan = self.plan().steps;
        let start = StepForm { url: Some("https://x.example/".into()), ..form("navigate") };
        let mut steps = vec![
            self.step(clock, 0, StepDecision::Start, start),
            self.step(clock, 1, StepDecision::Plan { step: 0 }, plan[0].clone()),
            self.step(clock, 2, StepDecision::Plan { step: 1 }, plan[1].clone()),
        ];
        if self.opens_dialog {
            let (kind, message) = ("alert".to_owned(), "hello".to_owned());
            steps[1].observation.dialogs = vec![Dialog { kind, message, accepted: Some(true) }];
        }
        let target = match self.heals_with {
            Some(css) => TargetForm { css: Some(css.into()), ..TargetForm::default() },
            None => TargetForm { text: Some("Save".into()), ..TargetForm::default() },
        };
        let action = StepForm { target: Some(target), ..plan[1].clone() };
        if let Some((situation_id, remedy_id)) = self.foreseen {
            let (own, confidence) = (true, 0.9);
            let decision =
                StepDecision::Foreseen { step: 1, situation_id, remedy_id, own, confidence };
            steps[2] = self.step(clock, 2, decision, action);
            return steps;
        }
        steps[2].failure = Some(Failure::new(self.class, self.message));
        steps[2].fingerprint = None;
        if self.heals || self.heal_fails {
            let decision = StepDecision::Heal {
                step: 1,
                after: 2,
                attempt: 0,
                approach: Approach::OtherLocator,
                by: HealSource::Routine,
                own: true,
                recall_id: None,
            };
            let mut step = self.step(clock, 3, decision, action);
            if self.heal_fails {
                step.failure = Some(Failure::new(ErrorClass::ElementNotFound, "not there"));
            }
            steps.push(step);
        }
        steps
    }

    /// Records it, without ending it.
    pub(crate) async fn begin(&self, world: &World) -> Lease {
        world.queue(self.spec()).await;
        let lease = world.claim_one().await;
        for step in self.steps(&world.clock) {
            world.store.append(&lease, &step, &[]).await.unwrap();
        }
        lease
    }

    /// The beginning of a run of the same goal without a plan of its own.
    pub(crate) async fn replay(&self, world: &World) -> Lease {
        world.queue(TaskSpec { plan: None, ..self.spec() }).await;
        let lease = world.claim_one().await;
        for step in &self.steps(&world.clock)[..2] {
            world.store.append(&lease, step, &[]).await.unwrap();
        }
        lease
    }

    /// Records it as a success.
    pub(crate) async fn run(&self, world: &World) -> RunId {
        let lease = self.begin(world).await;
        world.store.finish(&lease, &succeeded(), None).await.unwrap();
        lease.run_id
    }

    pub(crate) fn situation(&self) -> Situation {
        let failure = Failure::new(self.class, self.message);
        Situation::of(self.site, self.page, &self.plan().steps[1], self.intent, &failure)
    }

    pub(crate) fn question(&self, embedder: Option<&WordEmbedder>) -> Question {
        let situation = self.situation();
        let embedding = embedder.map(|embedder| embedder.vector(&situation.text()));
        Question { situation, embedding }
    }

    /// The targets of its plan.
    pub(crate) fn targets(&self) -> Vec<(ActionName, TargetForm)> {
        let steps = self.plan().steps.into_iter();
        steps.filter_map(|step| Some((step.action, step.target?))).collect()
    }
}

fn form(action: &str) -> StepForm {
    serde_json::from_value(json!({"action": action})).unwrap()
}

/// What is known of its plan's targets.
pub(crate) async fn situations_of(
    memory: &MemoryStore,
    world: &World,
    told: &Told<'_>,
) -> Vec<Remembered> {
    let site = memory.site(world.project, told.site, &told.targets()).await.unwrap();
    site.situations
}

/// All of memory, as text.
pub(crate) async fn content(world: &World) -> String {
    testkit::dump::derived(&world.database.url).await
}
