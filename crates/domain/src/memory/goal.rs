//! Replaying a run: the plan that a successful run of the same goal amounts to.

mod effective;
mod ends;
mod names;

pub use effective::effective_plan;

use crate::heal::same_purpose;
use crate::id::RunId;
use crate::memory::placeholders::placeholders;
use crate::memory::{Lifter, Proof, Standing, words};
use crate::plan::{PlanForm, Values};
use std::collections::BTreeMap;

/// From which similarity on another goal may mean the same. Calibrated by `cargo xtask bench
/// recall`.
const GOAL_FLOOR: f64 = 0.86;

/// From here on two goals are the same words.
const SAME_WORDS: f64 = 0.999;

/// A plan that reached a goal before.
#[derive(Debug, Clone, PartialEq)]
pub struct RememberedPlan {
    /// The run it comes from.
    pub run_id: RunId,
    /// The goal of that run.
    pub goal: String,
    /// What worked in it, step by step, typed values lifted to inputs.
    pub plan: PlanForm,
    /// How similar the goals are: 1 for the same words.
    pub similarity: f64,
    /// How its newest runs went, of those that say anything about it: 200 of them prove as much as all
    /// there ever were, and tell sooner that a site has changed.
    pub proof: Proof,
}

/// A goal without what differs from task to task: the values of its inputs lifted, lower case,
/// white space folded. Two with the same key are the same goal.
#[must_use]
pub fn goal_key(goal: &str, inputs: &BTreeMap<String, String>) -> String {
    words::folded(&Lifter::new(inputs).lift_text(goal))
}

/// Chooses the best proven plan and checks that its inputs are there. A plan for the same words
/// goes before one for words that mean the same; then the surer proof, then the newer run.
///
/// # Errors
/// The names of the inputs and secrets it needs and does not have, as in `inputs.user`.
pub fn replay_plan(
    goal: &str,
    plans: Vec<RememberedPlan>,
    values: &Values,
) -> Result<Option<RememberedPlan>, Vec<String>> {
    let is_same = |plan: &RememberedPlan| plan.similarity >= SAME_WORDS;
    let mut fit: Vec<RememberedPlan> = plans.into_iter().filter(|plan| fits(goal, plan)).collect();
    if fit.iter().any(is_same) {
        // One for other words that happens to need less would be another goal.
        fit.retain(is_same);
    }
    fit.sort_by(|a, b| {
        let proof = b.proof.lower_bound().total_cmp(&a.proof.lower_bound());
        proof.then(b.similarity.total_cmp(&a.similarity)).then(b.run_id.cmp(&a.run_id))
    });
    let missing = fit.first().map(|best| missing(&best.plan, values)).unwrap_or_default();
    match fit.into_iter().find(|plan| self::missing(&plan.plan, values).is_empty()) {
        Some(plan) => Ok(Some(plan)),
        None if missing.is_empty() => Ok(None),
        None => Err(missing),
    }
}

fn fits(goal: &str, plan: &RememberedPlan) -> bool {
    let standing = plan.proof.standing();
    plan.similarity >= GOAL_FLOOR
        && !matches!(standing, Standing::Retired | Standing::DeadEnd)
        && (plan.similarity >= SAME_WORDS
            || ends::agree(goal, &plan.goal) && same_purpose(goal, &plan.goal))
}

fn missing(plan: &PlanForm, values: &Values) -> Vec<String> {
    let has = |name: &String| match name.split_once('.') {
        Some(("inputs", name)) => values.inputs.contains_key(name),
        Some((_, name)) => values.secrets.contains_key(name),
        None => false,
    };
    placeholders(plan).into_iter().filter(|name| !has(name)).collect()
}

#[cfg(test)]
mod tests;
