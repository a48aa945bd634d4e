//! Steps that belong together: the actions of one try.

use crate::id::{RemedyId, SituationId};
use crate::memory::Approach;
use crate::step::{HealSource, Step, StepDecision};

/// One try at a step of the plan in another way than the plan's first.
#[derive(Debug, Clone)]
pub(in crate::memory) struct Group<'a> {
    /// Which step of the plan it is for.
    pub(in crate::memory) step: u32,
    /// Why.
    pub(in crate::memory) reason: Reason<'a>,
    /// Its actions. All but the last did what they should.
    pub(in crate::memory) steps: Vec<&'a Step>,
}

/// Why another way was taken.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::memory) enum Reason<'a> {
    /// A step of the trace had failed.
    Failed {
        after: u32,
        /// Which try.
        attempt: u32,
        approach: Approach,
        /// `None`: the plan itself says so.
        by: Option<&'a HealSource>,
    },
    /// Memory knew that the plan's way fails.
    Foreseen { situation_id: SituationId, remedy_id: RemedyId },
}

impl<'a> Group<'a> {
    /// Whether it foresaw what only had to be done first, and this is the plan's step itself.
    fn prepares(&self, next: &'a Step) -> bool {
        matches!(self.reason, Reason::Foreseen { .. })
            && matches!(next.decision, StepDecision::Plan { step } if step == self.step)
    }

    /// Its last action, if that did what the plan's step is for.
    pub(in crate::memory) fn own(&self) -> Option<&'a Step> {
        self.steps.last().copied().filter(|step| does_own(&step.decision))
    }

    /// Its last action.
    pub(in crate::memory) fn last(&self) -> Option<&'a Step> {
        self.steps.last().copied()
    }

    /// Whether the plan's step is done.
    pub(in crate::memory) fn is_done(&self) -> bool {
        self.own().is_some_and(|step| step.failure.is_none())
    }
}

/// The tries of a trace, in order. A try ends with the action that does what the step is for, or
/// with one that fails.
pub(in crate::memory) fn groups(steps: &[Step]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut open = false;
    for taken in steps {
        let Some((step, reason)) = reason(&taken.decision) else {
            if let Some(group) = groups.last_mut().filter(|group| open && group.prepares(taken)) {
                group.steps.push(taken);
            }
            open = false;
            continue;
        };
        match groups.last_mut() {
            Some(group) if open && group.step == step && group.reason == reason => {
                group.steps.push(taken);
            }
            _ => groups.push(Group { step, reason, steps: vec![taken] }),
        }
        open = taken.failure.is_none() && !does_own(&taken.decision);
    }
    groups
}

fn reason(decision: &StepDecision) -> Option<(u32, Reason<'_>)> {
    match decision {
        StepDecision::Fallback { step, fallback, after } => {
            let (approach, attempt) = (Approach::PlanFallback, *fallback);
            Some((*step, Reason::Failed { after: *after, attempt, approach, by: None }))
        }
        StepDecision::Heal { step, after, attempt, approach, by, .. } => {
            let (after, attempt, approach, by) = (*after, *attempt, *approach, Some(by));
            Some((*step, Reason::Failed { after, attempt, approach, by }))
        }
        StepDecision::Foreseen { step, situation_id, remedy_id, .. } => {
            let (situation_id, remedy_id) = (*situation_id, *remedy_id);
            Some((*step, Reason::Foreseen { situation_id, remedy_id }))
        }
        StepDecision::Start | StepDecision::Plan { .. } | StepDecision::Restore { .. } => None,
    }
}

/// Whether a decision does what the plan's step is for.
pub(super) const fn does_own(decision: &StepDecision) -> bool {
    match decision {
        StepDecision::Heal { own, .. } | StepDecision::Foreseen { own, .. } => *own,
        StepDecision::Fallback { .. } | StepDecision::Plan { .. } => true,
        StepDecision::Start | StepDecision::Restore { .. } => false,
    }
}
