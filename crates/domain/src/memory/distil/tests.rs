//! What is remembered of runs.

use super::*;
use crate::failure::{ErrorClass, Failure};
use crate::id::{EscalationId, RecallId};
use crate::memory::{Approach, Lifter, Tier, Trust, Verdict};
use crate::observation::{Change, Observation};
use crate::plan::StepForm;
use crate::step::{HealSource, Step, StepDecision};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

mod settled;
mod tally;
mod told;

const BASE: &str = "https://shop.example";

fn project() -> ProjectId {
    ProjectId::from_uuid(Uuid::from_u128(1))
}

fn form(json: serde_json::Value) -> StepForm {
    serde_json::from_value(json).unwrap()
}

/// A run of a plan in which ada is added; what it did is told step by step.
pub(super) struct Story {
    run: RunFacts,
}

impl Story {
    fn new() -> Self {
        let plan = serde_json::from_value(json!({"steps": [
            {"intent": "name the user {{inputs.user}}", "action": "fill",
             "target": {"css": "#name"}, "value": "{{inputs.user}}"},
            {"intent": "save", "action": "click", "target": {"css": "#save"},
             "fallbacks": [{"action": "press", "key": "Enter"}]},
            {"intent": "open her page", "action": "click", "target": {"text": "{{inputs.user}}"},
             "expect": {"url": "**/users/**"}},
        ]}))
        .unwrap();
        let run = RunFacts {
            project: project(),
            site: "shop".into(),
            outcome: Outcome::Succeeded,
            failure: None,
            inputs: BTreeMap::from([("user".to_owned(), "ada".to_owned())]),
            plan,
            steps: Vec::new(),
            settled: Vec::new(),
        };
        Self { run }.then(StepDecision::Start, &json!({"action": "navigate", "url": BASE}), None)
    }

    fn then(
        mut self,
        decision: StepDecision,
        action: &serde_json::Value,
        failure: Option<ErrorClass>,
    ) -> Self {
        let action = form(action.clone());
        let fingerprint = action.target.as_ref().map(|_| Fingerprint {
            tag: "button".into(),
            name: "Button of ada".into(),
            ..Fingerprint::default()
        });
        self.run.steps.push(Step {
            seq: u32::try_from(self.run.steps.len()).unwrap(),
            intent: "do it".into(),
            decision,
            action,
            failure: failure.map(|class| Failure::new(class, "`ada` is not there after 10 s")),
            observation: Observation { url: format!("{BASE}/users/add"), ..Observation::default() },
            fingerprint: fingerprint.filter(|_| failure.is_none()),
            extracted: None,
            page: "/users/add".into(),
            started_at: DateTime::<Utc>::UNIX_EPOCH,
            duration_ms: 1,
        });
        self
    }

    fn planned(self, step: u32, failure: Option<ErrorClass>) -> Self {
        let action = serde_json::to_value(&self.run.plan.steps[step as usize]).unwrap();
        self.then(StepDecision::Plan { step }, &action, failure)
    }

    fn ended(mut self, outcome: Outcome, failure: Option<FailureKind>) -> Self {
        (self.run.outcome, self.run.failure) = (outcome, failure);
        self
    }

    fn distilled(&self) -> Distilled {
        distil(&self.run)
    }
}

fn heal(step: u32, after: u32, attempt: u32, by: HealSource, own: bool) -> StepDecision {
    let approach = match by {
        HealSource::Human { .. } => Approach::HumanAnswer,
        _ => Approach::OtherLocator,
    };
    StepDecision::Heal { step, after, attempt, approach, by, own, recall_id: None::<RecallId> }
}

fn advice(tier: Tier) -> HealSource {
    HealSource::Advice {
        situation_id: SituationId::from_uuid(Uuid::from_u128(70)),
        remedy_id: RemedyId::from_uuid(Uuid::from_u128(71)),
        tier,
        confidence: 0.9,
    }
}

fn foreseen(own: bool) -> StepDecision {
    StepDecision::Foreseen {
        step: 1,
        situation_id: SituationId::from_uuid(Uuid::from_u128(70)),
        remedy_id: RemedyId::from_uuid(Uuid::from_u128(71)),
        own,
        confidence: 0.9,
    }
}

fn save() -> serde_json::Value {
    json!({"intent": "save", "action": "click", "target": {"role": "button", "name": "Save ada"}})
}

const GONE: Option<ErrorClass> = Some(ErrorClass::ElementNotFound);

/// The save button is gone and found elsewhere; then the run goes on.
fn healed(by: HealSource) -> Story {
    Story::new().planned(0, None).planned(1, GONE).then(heal(1, 2, 0, by, true), &save(), None)
}

#[test]
fn a_run_without_trouble_teaches_what_works() {
    let distilled = Story::new().planned(0, None).planned(1, None).planned(2, None).distilled();
    assert_eq!((distilled.situations.len(), distilled.uses.len()), (0, 0));
    let targets: Vec<_> = distilled.working.iter().map(|works| works.target.clone()).collect();
    assert_eq!(targets[0].css.as_deref(), Some("#name"));
    assert_eq!(targets[2].text.as_deref(), Some("{{inputs.user}}"), "as the plan wrote it");
    assert_eq!(distilled.working[0].fingerprint.name, "Button of {{inputs.user}}");
    assert_eq!(distilled.working.len(), 3);
}

#[test]
fn nothing_counts_as_working_in_a_run_that_did_not_succeed() {
    for outcome in Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::Succeeded) {
        let story = Story::new().planned(0, None).ended(outcome, None);
        assert_eq!(story.distilled().working, [], "{outcome:?}");
    }
}

#[test]
fn a_heal_becomes_a_remedy_of_the_situation_it_got_past() {
    let distilled = healed(HealSource::Routine).planned(2, None).distilled();
    let [(situation, seq)] = &distilled.situations[..] else { panic!("{distilled:?}") };
    assert_eq!((*seq, situation.class), (2, ErrorClass::ElementNotFound));
    assert_eq!(
        situation.target,
        form(json!({"action": "click", "target": {"css": "#save"}})).target
    );
    assert_eq!((situation.intent.as_str(), situation.page.as_str()), ("save", "/users/add"));
    assert_eq!(situation.message, "`…` is not there after # s");
    let [(of, remedy, mark)] = &distilled.uses[..] else { panic!("{distilled:?}") };
    assert_eq!(of, situation);
    assert_eq!(remedy.describe(), "click the button named \"Save {{inputs.user}}\" instead");
    assert_eq!(*mark, Mark { seq: 3, verdict: Verdict::Worked, trust: Trust::Verified });
    assert_eq!(distilled.marks, []);
    assert_eq!(distilled.working.len(), 2, "the healed step's own target did not work");
}

#[test]
fn the_plan_going_on_speaks_for_a_heal_in_a_run_that_failed_later() {
    let blocked = |story: Story| {
        story.ended(Outcome::Failed, Some(FailureKind::Blocked)).distilled().uses[0].2.verdict
    };
    assert_eq!(blocked(healed(HealSource::Routine).planned(2, GONE)), Verdict::Failed);
    assert_eq!(blocked(healed(HealSource::Routine).planned(2, None)), Verdict::Unverified);
    let lost = healed(HealSource::Routine).planned(2, GONE).ended(Outcome::Lost, None);
    assert_eq!(lost.distilled().uses[0].2.verdict, Verdict::Unverified);
}

#[test]
fn what_was_read_is_not_to_blame_for_what_failed_later() {
    let total = json!({"intent": "save", "action": "extract", "target": {"text": "Total"}});
    let story = Story::new().planned(0, None).planned(1, GONE);
    let story = story.then(heal(1, 2, 0, HealSource::Routine, true), &total, None);
    let blocked = story.planned(2, GONE).ended(Outcome::Failed, Some(FailureKind::Blocked));
    assert_eq!(blocked.distilled().uses[0].2.verdict, Verdict::Unverified);
}

#[test]
fn a_try_that_failed_is_a_dead_end_unless_the_network_was_to_blame() {
    let tried = |class| {
        let story = Story::new().planned(0, None).planned(1, GONE);
        let story = story.then(heal(1, 2, 0, HealSource::Routine, true), &save(), Some(class));
        let again = json!({"action": "click", "target": {"text": "Store"}});
        story.then(heal(1, 2, 1, HealSource::Routine, true), &again, None).planned(2, None)
    };
    let distilled = tried(ErrorClass::NotInteractable).distilled();
    let verdicts: Vec<_> = distilled.uses.iter().map(|(_, _, mark)| mark.verdict).collect();
    assert_eq!(verdicts, [Verdict::Failed, Verdict::Worked]);
    assert_eq!(distilled.situations.len(), 1, "tries are no situations");
    let distilled = tried(ErrorClass::BrowserCrashed).distilled();
    assert_eq!(distilled.uses[0].2.verdict, Verdict::Unverified);
}

#[test]
fn actions_of_one_try_are_one_remedy() {
    let open = json!({"action": "click", "target": {"css": "#menu"}});
    let by = || HealSource::Routine;
    let distilled = Story::new()
        .planned(0, None)
        .planned(1, GONE)
        .then(heal(1, 2, 0, by(), false), &open, None)
        .then(heal(1, 2, 0, by(), true), &save(), None)
        .planned(2, None)
        .distilled();
    let [(_, remedy, mark)] = &distilled.uses[..] else { panic!("{distilled:?}") };
    assert_eq!(remedy.steps.iter().map(|step| step.own).collect::<Vec<_>>(), [false, true]);
    assert_eq!(mark.seq, 4);
}

#[test]
fn a_try_that_was_broken_off_says_nothing() {
    let open = json!({"action": "click", "target": {"css": "#menu"}});
    let distilled = Story::new()
        .planned(0, None)
        .planned(1, GONE)
        .then(heal(1, 2, 0, HealSource::Routine, false), &open, None)
        .ended(Outcome::Cancelled, None)
        .distilled();
    assert_eq!(distilled.uses, []);
}

#[test]
fn the_plans_own_other_way_is_a_remedy_too() {
    let fallback = StepDecision::Fallback { step: 1, fallback: 0, after: 2 };
    let enter = json!({"action": "press", "key": "Enter"});
    let story = Story::new().planned(0, None).planned(1, GONE).then(fallback, &enter, None);
    let distilled = story.planned(2, None).distilled();
    let (_, remedy, mark) = &distilled.uses[0];
    assert_eq!(remedy.approach, Approach::PlanFallback);
    assert_eq!((remedy.steps[0].own, mark.verdict), (true, Verdict::Worked));
}

#[test]
fn one_locator_for_two_purposes_makes_two_situations() {
    let met = |intent: &str| {
        let mut story = Story::new();
        story.run.plan.steps[1].intent = Some(intent.to_owned());
        story.planned(0, None).planned(1, GONE).distilled().situations[0].0.id(project())
    };
    assert_ne!(met("publish it"), met("delete it"));
    assert_eq!(met("delete it"), met("Delete  it"));
}

#[test]
fn an_intent_comes_out_as_it_was_asked_about() {
    let mut story = Story::new();
    story.run.plan.steps[1].intent = Some("save ada as 4711".into());
    let plan = story.run.plan.clone();
    let typed = json!({"action": "fill", "target": {"css": "#code"}, "value": "4711"});
    let story = story.then(heal(0, 0, 0, HealSource::Routine, false), &typed, None);
    let asked = Lifter::of_plan(&story.run.inputs, &plan.steps).lift_text("save ada as 4711");
    assert_eq!(asked, "save {{inputs.user}} as 4711");
    assert_eq!(story.planned(1, GONE).distilled().situations[0].0.intent, asked);
}

#[test]
fn a_copy_counts_here_and_where_the_advice_came_from() {
    let marks = |tier| {
        let distilled = healed(advice(tier)).planned(2, None).distilled();
        assert_eq!(distilled.uses.len(), 1, "it is a remedy of this situation as well");
        distilled.marks.len()
    };
    assert_eq!((marks(Tier::High), marks(Tier::Medium), marks(Tier::Low)), (1, 1, 0));
}

#[test]
fn advice_of_this_very_remedy_is_counted_once() {
    let first = healed(HealSource::Routine).planned(2, None).distilled();
    let (situation, remedy, _) = &first.uses[0];
    let situation_id = situation.id(project());
    let remedy_id = remedy.id(project(), situation_id);
    let by = HealSource::Advice { situation_id, remedy_id, tier: Tier::High, confidence: 1.0 };
    let again = healed(by).planned(2, None).distilled();
    assert_eq!((again.uses.len(), again.marks.len()), (1, 0));
    assert_eq!(again.uses[0].1.id(project(), situation_id), remedy_id);
}

#[test]
fn a_pattern_that_did_not_help_elsewhere_is_no_worse_at_home() {
    let failed = |tier| {
        let story = Story::new().planned(0, None).planned(1, GONE);
        story.then(heal(1, 2, 0, advice(tier), true), &save(), GONE).distilled().marks
    };
    assert_eq!(failed(Tier::High).len(), 1);
    assert_eq!(failed(Tier::High)[0].2.verdict, Verdict::Failed);
    assert_eq!(failed(Tier::Medium), []);
}

#[test]
fn what_was_foreseen_is_counted_by_its_ids() {
    let open = json!({"action": "click", "target": {"css": "#menu"}});
    let story = || Story::new().planned(0, None).then(foreseen(false), &open, None);
    let distilled = story().then(foreseen(true), &save(), None).planned(2, None).distilled();
    let [(situation_id, remedy_id, mark)] = distilled.marks[..] else { panic!("{distilled:?}") };
    assert_eq!((situation_id.as_uuid().as_u128(), remedy_id.as_uuid().as_u128()), (70, 71));
    assert_eq!((mark.seq, mark.verdict), (3, Verdict::Worked));
    assert_eq!((distilled.situations.len(), distilled.uses.len()), (0, 0));
    let failed = story().then(foreseen(true), &save(), GONE).distilled();
    assert_eq!(failed.marks[0].2.verdict, Verdict::Failed);
    assert_eq!(failed.situations.len(), 1, "it is a failure of the plan's step");
}

#[test]
fn what_only_prepares_a_step_is_judged_by_the_step_itself() {
    let open = json!({"action": "click", "target": {"css": "#menu"}});
    let story = |failure| {
        Story::new().planned(0, None).then(foreseen(false), &open, None).planned(1, failure)
    };
    let marks = story(None).planned(2, None).distilled().marks;
    assert_eq!((marks[0].2.seq, marks[0].2.verdict), (3, Verdict::Worked));
    assert_eq!(story(GONE).distilled().marks[0].2.verdict, Verdict::Failed);
}

#[test]
fn nothing_typed_by_somebody_is_in_what_is_remembered() {
    let mut story = healed(HealSource::Routine);
    story.run.plan.steps[0].value = Some("ada".into());
    story.run.steps[1].action.value = Some("ada".into());
    story.run.inputs.clear();
    let distilled = story.planned(2, None).distilled();
    assert_eq!(distilled.uses, [], "its locator says what was typed");
    for works in &distilled.working {
        let said = serde_json::to_string(&works.fingerprint).unwrap();
        assert!(!said.contains("ada"), "{said}");
    }
}

#[test]
fn the_effect_of_a_step_is_kept_without_ids_and_values() {
    let mut story = Story::new().planned(0, None).planned(1, None);
    let seen = &mut story.run.steps[2].observation;
    seen.changes = vec![
        Change::Elements { appeared: 1, disappeared: 0 },
        Change::Navigated { url: format!("{BASE}/users/ada/17/"), status: Some(200) },
    ];
    let effect =
        Effect { page: Some("/users/{id}/{id}/".into()), elements: true, ..Effect::default() };
    assert_eq!(story.distilled().working[1].effect, effect);
}

#[test]
fn distilling_again_gives_the_same() {
    let story = healed(advice(Tier::High)).planned(2, None);
    assert_eq!(story.distilled(), story.distilled());
}
