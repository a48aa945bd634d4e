//! What a run adds up to: failures met and overcome, heals, what memory was good for. Numbers that are
//! added up over runs, days and sites.

use super::facts::about;
use super::groups::{Reason, does_own};
use super::uses::mark;
use super::{Facts, Group};
use crate::memory::{Tactic, Tier, Verdict};
use crate::step::HealSource;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Where the way past a failure came from.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum HealedBy {
    /// A fallback of the plan.
    Plan,
    /// Memory: the same site, the same error.
    High,
    /// Memory: the same site, another error.
    Medium,
    /// Memory: another site, the same error.
    Low,
    /// The element was found again on the page.
    Explored,
    /// What is done about such a failure in general.
    Routine,
    /// A human's answer.
    Human,
}

/// What one run, or many, add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Steps of plans that failed.
    pub failures: u64,
    /// Those of them that were overcome inside their run.
    pub overcome: u64,
    /// Ways past a failure that worked, by where they came from and what they did.
    pub heals: BTreeMap<(HealedBy, Tactic), u64>,
    /// Steps that began with what memory knows to work, and did what they should.
    pub foreseen: u64,
    /// Uses of what memory offered or foresaw, of which something is known.
    pub reused: u64,
    /// Those of them that did not do what they should, and were noticed at once.
    pub reuse_failed: u64,
    /// Those of them that seemed to work and made the run fail later.
    pub reuse_wrong: u64,
}

impl HealedBy {
    /// Every source.
    pub const ALL: [Self; 7] = [
        Self::Plan,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Explored,
        Self::Routine,
        Self::Human,
    ];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
            Self::Explored => "explored",
            Self::Routine => "routine",
            Self::Human => "human",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|by| by.as_str() == name)
    }

    const fn of(by: Option<&HealSource>) -> Self {
        match by {
            None => Self::Plan,
            Some(HealSource::Advice { tier: Tier::High, .. }) => Self::High,
            Some(HealSource::Advice { tier: Tier::Medium, .. }) => Self::Medium,
            Some(HealSource::Advice { tier: Tier::Low | Tier::Skip, .. }) => Self::Low,
            Some(HealSource::Explored { .. }) => Self::Explored,
            Some(HealSource::Routine) => Self::Routine,
            Some(HealSource::Human { .. }) => Self::Human,
        }
    }
}

impl Tally {
    pub(super) fn of(facts: &Facts<'_>, groups: &[Group<'_>]) -> Self {
        let mut tally = Self::default();
        for (step, seq) in first_failures(facts) {
            tally.failures += 1;
            tally.overcome += u64::from(is_overcome(facts, step, seq));
        }
        for group in groups {
            tally.count(facts, group);
        }
        tally
    }

    fn count(&mut self, facts: &Facts<'_>, group: &Group<'_>) {
        let from_memory = match &group.reason {
            Reason::Failed { approach, by, .. } => {
                if group.is_done() {
                    let kind = (HealedBy::of(*by), approach.tactic());
                    *self.heals.entry(kind).or_default() += 1;
                }
                matches!(by, Some(HealSource::Advice { .. }))
            }
            Reason::Foreseen { .. } => {
                self.foreseen += u64::from(group.is_done());
                true
            }
        };
        let Some(mark) = mark(facts, group).filter(|_| from_memory) else { return };
        self.reused += 1;
        if mark.verdict == Verdict::Failed {
            let noticed = group.last().is_some_and(|step| step.failure.is_some());
            *(if noticed { &mut self.reuse_failed } else { &mut self.reuse_wrong }) += 1;
        }
    }

    /// Adds another one.
    pub fn add(&mut self, other: &Self) {
        let Self { failures, overcome, heals, foreseen, reused, reuse_failed, reuse_wrong } = other;
        self.failures += failures;
        self.overcome += overcome;
        for (kind, count) in heals {
            *self.heals.entry(*kind).or_default() += count;
        }
        self.foreseen += foreseen;
        self.reused += reused;
        self.reuse_failed += reuse_failed;
        self.reuse_wrong += reuse_wrong;
    }

    /// How many ways past a failure worked.
    #[must_use]
    pub fn healed(&self) -> u64 {
        self.heals.values().sum()
    }
}

/// The steps of the plan that failed, each with the number of the first step of the trace that did.
fn first_failures(facts: &Facts<'_>) -> BTreeMap<u32, u32> {
    let mut failures = BTreeMap::new();
    for taken in facts.run.steps.iter().filter(|taken| taken.failure.is_some()) {
        if let Some(step) = about(&taken.decision) {
            failures.entry(step).or_insert(taken.seq);
        }
    }
    failures
}

/// Whether a step was done after all, or the plan went on past it, as after an answer that it can be
/// left out.
fn is_overcome(facts: &Facts<'_>, step: u32, seq: u32) -> bool {
    facts.run.steps.iter().filter(|later| later.seq > seq).any(|later| {
        let done = later.failure.is_none() && does_own(&later.decision);
        about(&later.decision).is_some_and(|number| number > step || (number == step && done))
    })
}
