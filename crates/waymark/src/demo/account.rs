//! The account at the end of the demo: what each agent met, and what it cost.

use super::meant::Meant;
use super::site::{FLEXIBLE, House};
use crate::output::Column::{Extra, Word};
use crate::output::{self, Table};
use anyhow::Result;
use domain::memory::Tier;
use domain::step::{HealSource, StepDecision};
use domain::task::TaskState;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// A task of the demo that ended.
pub(super) struct End {
    pub(super) task: wire::Task,
    pub(super) run: Option<wire::Run>,
    pub(super) steps: Vec<wire::Step>,
    pub(super) place: &'static str,
    pub(super) meant: Meant,
    /// How often a human was asked.
    pub(super) asked: usize,
}

/// What a run came to, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// Steps that failed.
    pub(super) failed: usize,
    /// Failures that were overcome without a human.
    pub(super) heals: usize,
    /// Steps that began with what memory knew to work.
    pub(super) foreseen: usize,
    /// Questions to a human.
    pub(super) asked: usize,
}

/// How often a step of the plan was saved from a failure, and how often a failed one was healed.
fn count<'a>(steps: impl Iterator<Item = (&'a StepDecision, bool)>, asked: usize) -> Counts {
    let mut failed = 0;
    let (mut healed, mut foreseen) = (BTreeSet::new(), BTreeSet::new());
    for (decision, ok) in steps {
        failed += usize::from(!ok);
        match decision {
            StepDecision::Heal { by: HealSource::Human { .. }, .. } => {}
            StepDecision::Heal { step, own: true, .. } if ok => drop(healed.insert(*step)),
            StepDecision::Foreseen { step, .. } if ok => drop(foreseen.insert(*step)),
            StepDecision::Start
            | StepDecision::Plan { .. }
            | StepDecision::Fallback { .. }
            | StepDecision::Heal { .. }
            | StepDecision::Foreseen { .. }
            | StepDecision::Restore { .. } => {}
        }
    }
    Counts { failed, heals: healed.len(), foreseen: foreseen.len(), asked }
}

impl End {
    pub(super) fn counts(&self) -> Counts {
        count(self.steps.iter().map(|step| (&step.decision, step.ok)), self.asked)
    }

    /// Whether memory offered advice of this tier.
    pub(super) fn advised(&self, tier: Tier) -> bool {
        let recalls = self.steps.iter().flat_map(|step| &step.recalls);
        recalls.flat_map(|recall| &recall.offered).any(|advice| advice.tier == tier)
    }

    fn agent(&self) -> &str {
        &self.task.agent
    }

    fn worker(&self) -> &str {
        self.run.as_ref().map_or("", |run| run.worker.as_str())
    }

    fn seconds(&self) -> Option<f64> {
        let run = self.run.as_ref()?;
        let took = (run.ended_at? - run.started_at).to_std().ok()?;
        Some(took.as_secs_f64())
    }

    fn trace(&self) -> String {
        self.run.as_ref().map_or_else(String::new, |run| run.id.to_string())
    }
}

/// The whole account.
pub(super) struct Account<'a> {
    pub(super) ends: &'a [End],
    pub(super) url: &'a str,
    pub(super) took: Duration,
    /// What did not happen as meant, agent by agent.
    pub(super) missed: Vec<String>,
}

impl<'a> Account<'a> {
    pub(super) fn new(ends: &'a [End], house: &House, url: &'a str, took: Duration) -> Self {
        let of_runs = ends.iter().flat_map(|end| {
            let missed = end.meant.missed_by(end).into_iter();
            missed.map(|what| format!("{} ({}): {what}", end.agent(), end.task.goal))
        });
        let missed = of_runs.chain(between(ends)).chain(asked_of_the_house(ends, house)).collect();
        Self { ends, url, took, missed }
    }

    pub(super) fn print(&self) -> Result<()> {
        let mut table = Table::new(&[
            Word("agent"),
            Extra("worker"),
            Word("where"),
            Word("ended"),
            Extra("attempts"),
            Word("failed steps"),
            Word("heals"),
            Word("foreseen"),
            Word("asked"),
            Word("seconds"),
        ]);
        for end in self.ends {
            let counts = end.counts();
            table.add_row([
                end.agent().to_owned(),
                end.worker().to_owned(),
                end.place.to_owned(),
                end.task.state.as_str().to_owned(),
                end.task.attempt.to_string(),
                counts.failed.to_string(),
                counts.heals.to_string(),
                counts.foreseen.to_string(),
                counts.asked.to_string(),
                end.seconds().map_or_else(String::new, |seconds| format!("{seconds:.1}")),
            ]);
        }
        table.print()?;
        let took = self.took.as_secs_f64();
        output::line(format!("\n{} tasks in {took:.1} s.", self.ends.len()))?;
        for line in self.where_to_look() {
            output::line(line)?;
        }
        for what in &self.missed {
            output::line(format!("Not as meant: {what}"))?;
        }
        Ok(())
    }

    /// What is worth a look.
    fn where_to_look(&self) -> Vec<String> {
        let of = |meant: Meant| self.ends.iter().find(|end| end.meant == meant).map(End::trace);
        let mut lines = Vec::new();
        if let Some(trace) = of(Meant::HealsAndAsks) {
            lines.push(format!(
                "What agent a asked memory after each failure, what came back and why it was taken \
                 or not: waymark trace {trace}"
            ));
        }
        if let Some(trace) = of(Meant::MeetsNoFailure) {
            lines.push(format!(
                "The same plan without a failure:               waymark trace {trace}"
            ));
        }
        if let Some(trace) = of(Meant::TakesTheApproach) {
            lines.push(format!(
                "What another site's trouble was good for:      waymark trace {trace}"
            ));
        }
        lines.push(format!("Each trace is at {}/v1/runs/TRACE/steps as well.", self.url));
        lines
    }

    pub(super) fn as_json(&self) -> Value {
        let tasks: Vec<Value> = self.ends.iter().map(row).collect();
        json!({
            "url": self.url,
            "seconds": self.took.as_secs_f64(),
            "tasks": tasks,
            "not_as_meant": self.missed,
        })
    }
}

fn row(end: &End) -> Value {
    let counts = end.counts();
    json!({
        "agent": end.agent(),
        "worker": end.worker(),
        "where": end.place,
        "site": end.task.site,
        "goal": end.task.goal,
        "task_id": end.task.id,
        "run_id": end.task.run_id,
        "ended": end.task.state,
        "as_meant": end.meant.missed_by(end).is_empty(),
        "attempts": end.task.attempt,
        "steps": end.steps.len(),
        "failed_steps": counts.failed,
        "heals": counts.heals,
        "foreseen": counts.foreseen,
        "asked": counts.asked,
        "seconds": end.seconds(),
        "result": end.task.result,
    })
}

/// What shows only in several runs together.
fn between(ends: &[End]) -> Vec<String> {
    let mut missed = Vec::new();
    let of = |meant: Meant| ends.iter().filter(move |end| end.meant == meant);
    let repeated: Vec<_> = of(Meant::Repeats).map(|end| &end.task.failure).collect();
    let same = repeated.windows(2).all(|pair| {
        let of = |index: usize| pair[index].as_ref().map(|it| (it.class, it.step, &it.message));
        of(0) == of(1)
    });
    if !same {
        missed.push("stateless: it did not fail the same way each time".into());
    }
    if let (Some(a), Some(b)) = (of(Meant::HealsAndAsks).next(), of(Meant::AsksNobody).next())
        && a.worker() == b.worker()
    {
        missed.push("agent-b: it ran on the worker of agent-a".into());
    }
    missed
}

/// Whether the house has the bookings that the runs claim: asked of the house, not of its pages.
fn asked_of_the_house(ends: &[End], house: &House) -> Vec<String> {
    let claimed = ends.iter().filter(|end| {
        let code = end.task.result.as_ref().and_then(|result| result.get("code"));
        end.task.state == TaskState::Succeeded && code.is_some()
    });
    let (claimed, bookings) = (claimed.count(), house.all());
    let mut missed = Vec::new();
    if bookings.len() != claimed {
        missed.push(format!("{claimed} runs say they booked; the house has {}", bookings.len()));
    }
    for booking in &bookings {
        let right = booking.room == "harbour"
            && booking.guest == "Ada Lovelace"
            && booking.mail == "ada@example.org"
            && booking.arrival == "2027-05-17"
            && booking.nights == 2
            && !booking.breakfast
            && ["standard", FLEXIBLE].contains(&booking.rate);
        if !right {
            missed.push(format!("this is not what was wanted: {booking:?}"));
        }
    }
    missed
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::EscalationId;
    use domain::memory::Approach;
    use uuid::Uuid;

    fn heal(step: u32, by: HealSource, own: bool) -> StepDecision {
        let approach = Approach::OtherLocator;
        StepDecision::Heal { step, after: 1, attempt: 0, approach, by, own, recall_id: None }
    }

    #[test]
    fn a_heal_counts_once_and_only_when_the_step_itself_was_done() {
        let plan = StepDecision::Plan { step: 0 };
        let prepares = heal(0, HealSource::Routine, false);
        let does = heal(0, HealSource::Routine, true);
        let human = heal(
            1,
            HealSource::Human { escalation_id: EscalationId::from_uuid(Uuid::nil()) },
            true,
        );
        let steps = [
            (&StepDecision::Start, true),
            (&plan, false),
            (&does, false),
            (&prepares, true),
            (&does, true),
            (&human, true),
        ];
        let counted = count(steps.into_iter(), 1);
        assert_eq!(counted, Counts { failed: 2, heals: 1, foreseen: 0, asked: 1 });
    }
}
