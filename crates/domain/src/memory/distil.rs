//! From the facts of a run to what is remembered of it.

mod facts;
mod groups;
mod settled;
mod tally;
mod uses;
mod works;

pub(super) use facts::Facts;
pub(super) use groups::{Group, groups};
pub use tally::{HealedBy, Tally};

use crate::failure::FailureKind;
use crate::id::{ProjectId, RemedyId, SituationId};
use crate::memory::{Approach, Effect, Mark, Remedy, Situation};
use crate::plan::{ActionName, PlanForm, TargetForm};
use crate::run::Outcome;
use crate::snapshot::Fingerprint;
use crate::step::Step;
use std::collections::BTreeMap;
use uses::learn;
use works::working;

/// A run that has ended, as the store holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct RunFacts {
    /// Whose it is.
    pub project: ProjectId,
    /// Its site.
    pub site: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What kind of failure ended it.
    pub failure: Option<FailureKind>,
    /// The values of its placeholders.
    pub inputs: BTreeMap<String, String>,
    /// The plan it went by: the task's own, or the one that was replayed.
    pub plan: PlanForm,
    /// Its trace.
    pub steps: Vec<Step>,
    /// What was settled about its steps instead of getting past their failures.
    pub settled: Vec<Settled>,
}

/// What became of a failed step because a human said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// The number of the failed step.
    pub after: u32,
    /// That it was left out, or given up.
    pub approach: Approach,
    /// The memory it was copied from; `None` when a human said so in this run.
    pub copied: Option<(SituationId, RemedyId)>,
}

/// What is remembered of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Distilled {
    /// The failing situations it met, each with the number of its step.
    pub situations: Vec<(Situation, u32)>,
    /// What was tried in them and what became of it.
    pub uses: Vec<(Situation, Remedy, Mark)>,
    /// Uses of remedies that memory named, by their ids: a remedy foreseen, or advice that came from
    /// another situation of this site. Counted where the store still has them.
    pub marks: Vec<(SituationId, RemedyId, Mark)>,
    /// The targets that worked: only of runs that succeeded.
    pub working: Vec<Worked>,
    /// What it adds up to.
    pub tally: Tally,
}

/// A target that worked in one run.
#[derive(Debug, Clone, PartialEq)]
pub struct Worked {
    /// On which page.
    pub page: String,
    /// What was done.
    pub action: ActionName,
    /// The target as the plan wrote it.
    pub target: TargetForm,
    /// What the step was for.
    pub intent: String,
    /// The element, texts of inputs lifted.
    pub fingerprint: Fingerprint,
    /// What came of it.
    pub effect: Effect,
}

/// Distils a run. The same facts give the same result, whatever else was distilled before.
#[must_use]
pub fn distil(run: &RunFacts) -> Distilled {
    let facts = Facts::of(run);
    let groups = groups(&run.steps);
    let mut distilled = Distilled {
        working: working(&facts),
        tally: Tally::of(&facts, &groups),
        ..Distilled::default()
    };
    for step in &run.steps {
        distilled.situations.extend(facts.situation(step).map(|found| (found, step.seq)));
    }
    for group in &groups {
        learn(&facts, group, &mut distilled);
    }
    for settled in &run.settled {
        settled::learn(&facts, *settled, &mut distilled);
    }
    distilled
}

#[cfg(test)]
mod tests;
