//! The targets of the plan that worked as they are.

use super::{Facts, Worked};
use crate::memory::Effect;
use crate::observation::{Change, Observation};
use crate::run::Outcome;
use crate::site::page_of_text;
use crate::step::{Step, StepDecision};

/// What worked in a run that succeeded: there only is it known that the right thing was meant.
/// Where the plan's own way did not work, the remedy carries the element instead.
pub(super) fn working(facts: &Facts<'_>) -> Vec<Worked> {
    if facts.run.outcome != Outcome::Succeeded {
        return Vec::new();
    }
    facts.run.steps.iter().filter_map(|step| worked(facts, step)).collect()
}

fn worked(facts: &Facts<'_>, step: &Step) -> Option<Worked> {
    let StepDecision::Plan { step: number } = step.decision else { return None };
    if step.failure.is_some() {
        return None;
    }
    let planned = facts.planned(number).unwrap_or(&step.action);
    let mut fingerprint = step.fingerprint.clone()?;
    facts.lifter.lift(&mut fingerprint);
    Some(Worked {
        page: step.page.clone(),
        action: planned.action,
        target: planned.target.clone()?,
        intent: facts.lifter.lift_text(&step.intent),
        fingerprint,
        effect: effect(facts, &step.observation),
    })
}

fn effect(facts: &Facts<'_>, seen: &Observation) -> Effect {
    let any = |wanted: fn(&Change) -> bool| seen.changes.iter().any(wanted);
    let page = seen.changes.iter().rev().find_map(|change| match change {
        Change::Navigated { url, .. } | Change::UrlChanged { url } => Some(page_of_text(url)),
        Change::TabOpened { .. }
        | Change::TabClosed { .. }
        | Change::Downloaded { .. }
        | Change::Elements { .. } => None,
    });
    Effect {
        page: page.map(|page| facts.lifter.lift_page(&page)).filter(|page| !page.is_empty()),
        elements: any(|change| matches!(change, Change::Elements { .. })),
        dialog: !seen.dialogs.is_empty(),
        download: any(|change| matches!(change, Change::Downloaded { .. })),
        tab: any(|change| matches!(change, Change::TabOpened { .. })),
    }
}
