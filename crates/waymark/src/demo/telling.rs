//! Telling a task while it runs: its steps as the trace has them, what memory said after a failure,
//! what was done about it, and what a human was asked.

use super::human;
use crate::client::Client;
use crate::commands::describe;
use crate::output::note;
use anyhow::Result;
use domain::event::EventKind;
use domain::memory::Tier;
use domain::step::{HealSource, StepDecision};
use serde_json::Value;
use tokio::sync::mpsc;

/// Tells one task.
pub(super) struct Telling<'a> {
    client: &'a Client,
    /// How many steps were told.
    told: usize,
    /// How often a human was asked.
    asked: usize,
}

impl<'a> Telling<'a> {
    pub(super) const fn new(client: &'a Client) -> Self {
        Self { client, told: 0, asked: 0 }
    }

    /// Tells the task to its end; returns how often a human was asked.
    pub(super) async fn follow(mut self, task: &wire::Task) -> Result<usize> {
        let (sender, mut events) = mpsc::unbounded_channel();
        let following = async move {
            // Nobody listens any more when telling failed, and then this ends as well.
            self.client.follow(task.id, |event| drop(sender.send(event.clone()))).await
        };
        let telling = async {
            while let Some(event) = events.recv().await {
                self.tell(&event).await?;
            }
            anyhow::Ok(())
        };
        tokio::try_join!(following, telling)?;
        Ok(self.asked)
    }

    async fn tell(&mut self, event: &wire::TaskEvent) -> Result<()> {
        match event.event {
            EventKind::StepRecorded => self.tell_steps(&event.data).await,
            EventKind::Waiting => {
                self.asked += 1;
                let text = |name: &str| event.data[name].as_str().unwrap_or_default();
                let steps = self.client.steps(text("run_id").parse()?).await?;
                let recalls = steps.iter().flat_map(|step| &step.recalls);
                if let Some(why) = recalls.last().and_then(|recall| recall.abstained.as_ref()) {
                    note(format!("  · cannot tell: {why}"));
                }
                note(format!("  ? asks a human: {}", text("question")));
                let said = human::answer(self.client, text("escalation_id")).await?;
                note(format!("  ! the human says: {said}"));
                Ok(())
            }
            EventKind::Queued | EventKind::RunStarted | EventKind::Answered => Ok(()),
            EventKind::Requeued
            | EventKind::Cancelling
            | EventKind::Succeeded
            | EventKind::Failed
            | EventKind::Cancelled => {
                if let Some(line) = describe(event) {
                    note(format!("  {line}"));
                }
                Ok(())
            }
        }
    }

    /// Several steps may have been recorded since: the events of those say nothing new then.
    async fn tell_steps(&mut self, event: &Value) -> Result<()> {
        let known = event["seq"].as_u64().is_some_and(|seq| seq < self.told as u64);
        let Some(run) = event["run_id"].as_str().filter(|_| !known) else { return Ok(()) };
        let steps = self.client.steps(run.parse()?).await?;
        for step in &steps[self.told.min(steps.len())..] {
            for line in lines(step, &steps) {
                note(format!("  {line}"));
            }
        }
        self.told = steps.len();
        Ok(())
    }
}

/// A step in a line, and in a second one why it was taken or how it failed.
fn lines(step: &wire::Step, all: &[wire::Step]) -> Vec<String> {
    let mark = if step.ok { "✓" } else { "✗" };
    let action = step.action.action.as_str();
    let foreseen = match step.decision {
        StepDecision::Foreseen { confidence, .. } => {
            format!("  (foreseen, {confidence:.2}: memory knows that the plan's way fails here)")
        }
        StepDecision::Start
        | StepDecision::Plan { .. }
        | StepDecision::Fallback { .. }
        | StepDecision::Heal { .. }
        | StepDecision::Restore { .. } => String::new(),
    };
    let (seq, intent, ms) = (step.seq, &step.intent, step.duration_ms);
    let mut lines = vec![format!("{mark} {seq:>3}  {action:<9} {intent}  {ms} ms{foreseen}")];
    if let StepDecision::Heal { after, by, approach, own, .. } = &step.decision {
        let came = match (step.ok, own) {
            (true, true) => "worked",
            (true, false) => "done, now the step itself",
            (false, _) => "failed",
        };
        let way = way(by, approach.in_words());
        lines
            .push(format!("       step {after} failed → {} → {way} → {came}", memory(*after, all)));
    }
    if let Some(failure) = &step.failure {
        lines.push(format!("       {}: {}", failure.class, failure.message));
    }
    lines
}

/// What memory said after a step.
fn memory(after: u32, all: &[wire::Step]) -> String {
    let failed = all.iter().find(|step| step.seq == after);
    let Some(recall) = failed.and_then(|step| step.recalls.last()) else {
        return "memory was not asked".into();
    };
    let tiers: Vec<Tier> = recall.offered.iter().map(|advice| advice.tier).collect();
    let offered = said(&tiers);
    match recall.rejected.first() {
        Some(rejected) if recall.offered.is_empty() => format!("{offered}, {}", rejected.why),
        _ => offered,
    }
}

fn said(offered: &[Tier]) -> String {
    let count = |(tier, name): (Tier, &str)| {
        let count = offered.iter().filter(|offered| **offered == tier).count();
        (count > 0).then(|| format!("{count} {name}"))
    };
    let tiers = [(Tier::High, "high"), (Tier::Medium, "medium"), (Tier::Low, "low")];
    let counts: Vec<String> = tiers.into_iter().filter_map(count).collect();
    if counts.is_empty() {
        "memory: nothing".into()
    } else {
        format!("memory: {}", counts.join(", "))
    }
}

/// Where a way past a failure came from.
fn way(by: &HealSource, approach: &str) -> String {
    match by {
        HealSource::Advice { tier: Tier::High, confidence, .. } => {
            format!("copied what worked ({confidence:.2})")
        }
        HealSource::Advice { tier: Tier::Medium, .. } => {
            format!("as elsewhere on this site: {approach}")
        }
        HealSource::Advice { tier: Tier::Low | Tier::Skip, .. } => {
            format!("the approach of another site: {approach}")
        }
        HealSource::Explored { stage, score, .. } => {
            format!("found again by its {} ({score:.2})", format!("{stage:?}").to_lowercase())
        }
        HealSource::Routine => approach.to_owned(),
        HealSource::Human { .. } => "as the human said".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_memory_said_is_told_by_tier() {
        assert_eq!(said(&[]), "memory: nothing");
        assert_eq!(said(&[Tier::Low, Tier::High, Tier::Low]), "memory: 1 high, 2 low");
    }
}
