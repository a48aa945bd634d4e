//! The queue and the trace: what they do in a second beside what Postgres does with the same
//! statements when nothing of ours is in between.

mod api;
mod drain;
mod enqueue;
mod pgbench;
mod pick_up;
mod snapshot;
mod statements;
pub(super) mod tasks;
pub(super) mod trace;

use crate::bench::database::Database;
use crate::bench::figures::{Aim, Report, Round, median};
use crate::bench::machine::Machine;
use crate::bench::settings::Settings;
use crate::bench::{ROUNDS, milliseconds, progress};
use anyhow::Result;
use pgbench::Pgbench;
use tasks::Template;
use tokio::time::Instant;

/// What the parts of this benchmark work with.
struct Bench<'a> {
    settings: &'a Settings,
    database: Database,
    pgbench: Pgbench,
    template: Template,
    report: Report,
}

/// Measures everything.
pub(super) async fn measure(settings: &Settings) -> Result<Report> {
    let mut machine = Machine::look();
    progress("starting a Postgres of its own");
    let mut database = Database::start(settings).await?;
    machine.postgres = Some(database.version.clone());
    let template = Template::make(&mut database).await?;
    let pgbench = Pgbench::find(database.url())?;
    let report = Report::new(machine);
    let mut bench = Bench { settings, database, pgbench, template, report };
    let measured = bench.rounds().await;
    let Bench { database, report, .. } = bench;
    let stopped = database.stop().await;
    measured?;
    stopped?;
    Ok(report)
}

impl Bench<'_> {
    async fn rounds(&mut self) -> Result<()> {
        for round in 1..=ROUNDS {
            self.round(round).await?;
        }
        Ok(())
    }

    async fn round(&mut self, round: usize) -> Result<()> {
        let say = |what: &str| progress(&format!("round {round} of {ROUNDS}: {what}"));
        say("commits");
        self.commit().await?;
        if self.settings.wants("enqueue") {
            for clients in [8, 32] {
                say(&format!("enqueue, {clients} clients"));
                enqueue::measure(self, clients).await?;
            }
        }
        if self.settings.wants("drain") {
            for workers in [1, 4] {
                say(&format!("drain, {workers} workers"));
                drain::measure(self, workers).await?;
            }
        }
        if self.settings.wants("pick-up") {
            say("pick-up");
            pick_up::measure(self).await?;
        }
        if self.settings.wants("trace") {
            say("trace");
            trace::measure(self).await?;
        }
        if self.settings.wants("snapshot") {
            say("claims beside an open snapshot");
            snapshot::measure(self).await?;
        }
        Ok(())
    }

    /// What everything durable costs at least here: a commit of one small row.
    async fn commit(&mut self) -> Result<()> {
        self.database.run(tasks::COMMIT_TABLE).await?;
        let mut times = Vec::new();
        for _ in 0..self.settings.count(200) {
            times.push(one_commit(&mut self.database).await?);
        }
        self.report.add("commit of one row", "ms", Aim::Unset, Round::alone(median(times)));
        Ok(())
    }
}

/// Inserts one row and waits until it is durable; how long that took, in milliseconds.
async fn one_commit(database: &mut Database) -> Result<f64> {
    let begun = Instant::now();
    sqlx::query("insert into bench_commit default values").execute(&mut database.sql).await?;
    Ok(milliseconds(begun))
}
