//! What worked in a run, step by step, as a plan for the next one.

use super::names::name;
use crate::memory::Lifter;
use crate::memory::RunFacts;
use crate::memory::distil::{Facts, groups};
use crate::memory::lift::{began_at, typed, typed_in};
use crate::memory::remedy::on_site;
use crate::plan::{FileForm, PlanForm, StepForm};
use crate::snapshot::Fingerprint;
use crate::step::{HealSource, Step, StepDecision};
use std::collections::{BTreeMap, BTreeSet};

/// The plan a run amounts to: healed and foreseen actions in place, failed ones left out, intents
/// and conditions kept, and everything that was typed literally lifted to an input named after its
/// field. Options of a `select` stay: they are the page's own words. Whoever asks makes sure that
/// the run succeeded.
#[must_use]
pub fn effective_plan(run: &RunFacts) -> PlanForm {
    let facts = Facts::of(run);
    let done: BTreeSet<u32> = groups(&run.steps)
        .iter()
        .filter(|group| group.is_done())
        .flat_map(|group| &group.steps)
        .map(|step| step.seq)
        .collect();
    let mut values = Typed::of(run);
    let mut steps = Vec::new();
    for step in &run.steps {
        let worked = match step.decision {
            StepDecision::Plan { .. } => step.failure.is_none(),
            // What put a session back is no part of the plan, and a code that a human typed is not
            // there the next time.
            StepDecision::Start
            | StepDecision::Restore { .. }
            | StepDecision::Heal { by: HealSource::Human { .. }, own: false, .. } => false,
            StepDecision::Fallback { .. }
            | StepDecision::Foreseen { .. }
            | StepDecision::Heal { .. } => done.contains(&step.seq),
        };
        if worked {
            let mut form = as_done(&facts, step);
            values.lift(&mut form, step.fingerprint.as_ref());
            steps.push(form);
        }
    }
    let lifter = values.lifter(run);
    for form in &mut steps {
        lifter.lift_form(form);
    }
    PlanForm { steps }
}

/// A step as it was done, to the end the plan wanted.
fn as_done(facts: &Facts<'_>, step: &Step) -> StepForm {
    let (planned, own) = match step.decision {
        StepDecision::Plan { step } | StepDecision::Fallback { step, .. } => {
            (facts.planned(step), true)
        }
        StepDecision::Foreseen { step, own, .. } | StepDecision::Heal { step, own, .. } => {
            (facts.planned(step), own)
        }
        StepDecision::Start | StepDecision::Restore { .. } => (None, false),
    };
    let mut form = StepForm { fallbacks: Vec::new(), ..step.action.clone() };
    if own && let Some(planned) = planned {
        form.intent.clone_from(&planned.intent);
        form.expect = form.expect.or_else(|| planned.expect.clone());
        form.timeout_ms = form.timeout_ms.or(planned.timeout_ms);
    }
    form.intent = form.intent.or_else(|| Some(step.intent.clone()));
    // The next run may begin on another host of the same site.
    form.url = form.url.map(|url| on_site(&url, facts.page(step.seq).as_ref()).unwrap_or(url));
    form
}

/// What was typed in a run, and what it is called in the plan.
struct Typed {
    inputs: BTreeMap<String, String>,
    /// Literal values and the placeholders that stand for them.
    marks: BTreeMap<String, String>,
    /// Names that are taken.
    names: BTreeSet<String>,
    secrets: BTreeSet<String>,
}

impl Typed {
    fn of(run: &RunFacts) -> Self {
        let filled = run.inputs.iter().filter(|(_, value)| !value.is_empty());
        let marks = filled.rev().map(|(name, value)| (value.clone(), input(name))).collect();
        let names = run.inputs.keys().cloned().collect();
        Self { inputs: run.inputs.clone(), marks, names, secrets: BTreeSet::new() }
    }

    /// Puts placeholders in place of what a step types.
    fn lift(&mut self, form: &mut StepForm, fingerprint: Option<&Fingerprint>) {
        if typed(form).is_some_and(|value| !value.is_empty() && !value.contains("{{")) {
            let literal = form.value.take().unwrap_or_default();
            form.value = Some(self.mark(literal, form, fingerprint));
        }
        for file in form.files.clone().into_iter().flatten().enumerate() {
            let (at, FileForm { name, text, base64 }) = file;
            let content = text.or(base64).unwrap_or_default();
            if content.is_empty() || content.contains("{{") {
                continue;
            }
            let text = Some(self.mark(content, form, fingerprint));
            if let Some(files) = &mut form.files {
                files[at] = FileForm { name, text, base64: None };
            }
        }
    }

    fn mark(&mut self, literal: String, form: &StepForm, element: Option<&Fingerprint>) -> String {
        if let Some(mark) = self.marks.get(&literal) {
            return mark.clone();
        }
        let secret =
            element.is_some_and(|element| element.input_type.as_deref() == Some("password"));
        let name = name(form, element, &self.names);
        self.names.insert(name.clone());
        let mark = if secret { format!("{{{{secrets.{name}}}}}") } else { input(&name) };
        if secret {
            self.secrets.insert(literal.clone());
        } else {
            self.inputs.insert(name, literal.clone());
        }
        self.marks.insert(literal, mark.clone());
        mark
    }

    /// Lifts the same values out of locators, conditions and intents.
    fn lifter(&self, run: &RunFacts) -> Lifter {
        let mut typed = self.secrets.clone();
        typed.extend(typed_in(run).into_iter().filter(|text| text.contains("{{")));
        Lifter::with(&self.inputs, &typed, began_at(run))
    }
}

fn input(name: &str) -> String {
    format!("{{{{inputs.{name}}}}}")
}
