//! The account: a row for each application, upgrade and mode.

use super::labels::Labels;
use super::modes::{Measured, Mode, Outcome};
use super::tasks::Group;
use crate::bench::machine::Machine;
use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde_json::json;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// One row.
#[derive(Debug, Clone, Default, Serialize)]
struct Row {
    app: String,
    from: String,
    to: String,
    mode: &'static str,
    tasks: usize,
    succeeded: usize,
    steps_healed: usize,
    abstained: usize,
    escalated: usize,
    wrong_actions: usize,
    extra_steps: usize,
    seconds: f64,
    clean_seconds: f64,
}

/// What a task came to, for whoever wants to know why.
#[derive(Serialize)]
struct Detail {
    app: String,
    from: String,
    to: String,
    mode: Mode,
    #[serde(flatten)]
    outcome: Outcome,
}

/// Everything that was measured.
pub(super) struct Account {
    machine: Machine,
    rows: Vec<Row>,
    tasks: Vec<Detail>,
    complaints: Vec<String>,
}

impl Account {
    pub(super) fn new() -> Self {
        Self {
            machine: Machine::look(),
            rows: Vec::new(),
            tasks: Vec::new(),
            complaints: Vec::new(),
        }
    }

    /// Notes truths that do not hold.
    pub(super) fn complaints(&mut self, group: &Group, labels: &Labels) {
        for (trial, label) in group.trials.iter().zip(&labels.new) {
            if let Some(trouble) = &label.trouble {
                self.complaints.push(format!("{} on {}, rightly: {trouble}", trial.name, trial.to));
            }
        }
        let firsts = group.trials.iter().filter_map(|trial| trial.first.as_deref());
        for (trial, label) in firsts.zip(labels.first.iter().flatten()) {
            if let Some(trouble) = &label.trouble {
                self.complaints.push(format!("{} elsewhere, rightly: {trouble}", trial.name));
            }
        }
    }

    pub(super) fn add(&mut self, group: &Group, mode: Mode, measured: Measured) {
        self.complaints.extend(measured.complaints);
        let outcomes = measured.outcomes;
        let sum = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum();
        self.rows.push(Row {
            app: group.app.clone(),
            from: group.from.clone(),
            to: group.to.clone(),
            mode: mode.name(),
            tasks: outcomes.len(),
            succeeded: sum(|outcome| outcome.succeeded.into()),
            steps_healed: sum(|outcome| outcome.healed),
            abstained: sum(|outcome| outcome.abstained.into()),
            escalated: sum(|outcome| outcome.escalated),
            wrong_actions: sum(|outcome| outcome.wrong.len()),
            extra_steps: sum(|outcome| outcome.extra_steps),
            seconds: rounded(outcomes.iter().map(|outcome| outcome.seconds).sum()),
            clean_seconds: rounded(outcomes.iter().map(|outcome| outcome.clean_seconds).sum()),
        });
        self.tasks.extend(outcomes.into_iter().map(|outcome| Detail {
            app: group.app.clone(),
            from: group.from.clone(),
            to: group.to.clone(),
            mode,
            outcome,
        }));
    }

    /// Writes the JSON.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join("drift.json");
        let json = json!({
            "machine": self.machine,
            "rows": self.rows,
            "tasks": self.tasks,
            "complaints": self.complaints,
        });
        fs::write(&path, serde_json::to_string_pretty(&json)? + "\n")
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Prints the table, and what failed in it.
    pub(super) fn print(&self) -> Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}\n", self.machine)?;
        writeln!(
            out,
            "{:<13} {:>5} {:>5} {:<6} {:>7} {:>6} {:>9} {:>9} {:>5} {:>5} {:>8} {:>8} {:>6}",
            "app",
            "from",
            "to",
            "mode",
            "tasks",
            "healed",
            "abstained",
            "escalated",
            "wrong",
            "extra",
            "seconds",
            "clean",
            "ratio"
        )?;
        for row in self.rows.iter().cloned().chain(self.totals()) {
            writeln!(
                out,
                "{:<13} {:>5} {:>5} {:<6} {:>7} {:>6} {:>9} {:>9} {:>5} {:>5} {:>8.1} {:>8.1} {:>6.2}",
                row.app,
                row.from,
                row.to,
                row.mode,
                format!("{}/{}", row.succeeded, row.tasks),
                row.steps_healed,
                row.abstained,
                row.escalated,
                row.wrong_actions,
                row.extra_steps,
                row.seconds,
                row.clean_seconds,
                row.seconds / row.clean_seconds
            )?;
        }
        let bad = |task: &&Detail| !task.outcome.succeeded || !task.outcome.wrong.is_empty();
        for task in self.tasks.iter().filter(|task| task.mode != Mode::Replay).filter(bad) {
            let (outcome, mode) = (&task.outcome, task.mode.name());
            let why = outcome.why.as_deref().unwrap_or("succeeded");
            writeln!(
                out,
                "\n{} {} to {}, {mode}: {}: {why}",
                task.app, task.from, task.to, outcome.task
            )?;
            for wrong in &outcome.wrong {
                writeln!(out, "    wrong: {wrong}")?;
            }
        }
        Ok(())
    }

    /// All upgrades together; the two sets are not upgrades.
    fn totals(&self) -> Vec<Row> {
        let of = |mode: Mode| {
            let mut total = Row { app: "all upgrades".into(), mode: mode.name(), ..Row::default() };
            for row in self.rows.iter().filter(|row| row.mode == mode.name() && row.from != "old") {
                total.tasks += row.tasks;
                total.succeeded += row.succeeded;
                total.steps_healed += row.steps_healed;
                total.abstained += row.abstained;
                total.escalated += row.escalated;
                total.wrong_actions += row.wrong_actions;
                total.extra_steps += row.extra_steps;
                total.seconds += row.seconds;
                total.clean_seconds += row.clean_seconds;
            }
            total
        };
        Mode::ALL.map(of).into_iter().filter(|total| total.tasks > 0).collect()
    }

    /// A benchmark fails when what it compares with is not true.
    pub(super) fn verdict(&self) -> Result<()> {
        if self.complaints.is_empty() {
            return Ok(());
        }
        bail!("labels or recordings do not hold:\n{}", self.complaints.join("\n"))
    }
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}
