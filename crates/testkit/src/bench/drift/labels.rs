//! The truth about a task on a release: what was acted on when it was done rightly.

use super::carried::{Carried, Part};
use super::client::Step;
use super::same::Seen;
use super::tasks::{Group, Trial};
use std::sync::Arc;

/// The truth about one task.
#[derive(Debug, Default)]
pub(super) struct Label {
    /// By the task's step: the elements that are right.
    pub(super) elements: Vec<Vec<Seen>>,
    /// How long it takes when nothing has changed.
    pub(super) seconds: f64,
    /// How many steps.
    pub(super) steps: usize,
    /// Why the truth does not hold.
    pub(super) trouble: Option<String>,
}

/// The truth about the tasks of a group, in their order.
#[derive(Debug, Default)]
pub(super) struct Labels {
    /// On the new release.
    pub(super) new: Vec<Arc<Label>>,
    /// On the other site, where there is one.
    pub(super) first: Vec<Option<Arc<Label>>>,
}

impl Labels {
    /// Only the tasks whose truth is known to its end: beside half of it, what is right looks wrong.
    pub(super) fn whole(self, group: Group) -> (Self, Group) {
        let (mut whole, mut trials) = (Self::default(), Vec::new());
        for ((trial, new), first) in group.trials.into_iter().zip(self.new).zip(self.first) {
            if new.trouble.is_none() && first.as_ref().is_none_or(|first| first.trouble.is_none()) {
                trials.push(trial);
                whole.new.push(new);
                whole.first.push(first);
            }
        }
        (whole, Group { trials, ..group })
    }
}

impl Label {
    /// What was seen when it was done rightly.
    pub(super) fn of(trial: &Trial, carried: &Carried) -> Self {
        let mut label =
            Self { elements: vec![Vec::new(); trial.task.steps.len()], ..Self::default() };
        label.seconds = carried.seconds;
        for step in &carried.steps {
            let part = plan_step(step).and_then(|at| carried.parts.get(at));
            let at = match part {
                Some(Part::Step(at)) => Some(*at),
                Some(Part::Also(at)) => {
                    label.seconds -= f64::from(step.duration_ms) / 1000.0;
                    Some(*at)
                }
                _ => None,
            };
            label.steps += usize::from(!matches!(part, Some(Part::Also(_))));
            if let (Some(fingerprint), Some(at)) = (&step.fingerprint, at)
                && let Some(elements) = label.elements.get_mut(at)
            {
                let (fingerprint, page) = (fingerprint.clone(), step.page.clone());
                elements.push(Seen { fingerprint, page });
            }
        }
        label.trouble = trouble(carried);
        label
    }
}

/// Why a task that should have gone well did not.
pub(super) fn trouble(carried: &Carried) -> Option<String> {
    if let Some(failure) = &carried.failure {
        let failed = carried.steps.iter().rev().find(|step| step.failure.is_some());
        let intent = failed.map_or("", |step| &step.intent);
        let message = failed.and_then(|step| step.failure.as_ref()).map_or("", |why| &why.message);
        return Some(format!("{failure} ({intent}: {message})"));
    }
    (!carried.broken.is_empty()).then(|| carried.broken.join("; "))
}

/// Which step of the plan a recorded step is about.
pub(super) fn plan_step(step: &Step) -> Option<usize> {
    step.decision["step"].as_u64().and_then(|at| usize::try_from(at).ok())
}
