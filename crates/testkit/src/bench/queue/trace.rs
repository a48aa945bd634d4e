//! Recording steps, beside a binary `COPY` of the same rows into the same tables with as many
//! commits.

mod copy;
mod sample;

use super::Bench;
use super::drain::claim;
use super::tasks::fill;
use crate::bench::database::Database;
use crate::bench::figures::{Aim, Round};
use crate::bench::rate;
use anyhow::{Result, bail, ensure};
use domain::artifact::NewArtifact;
use domain::ports::{Lease, Leases as _};
use domain::step::Step;
use sample::Sample;
use std::sync::Arc;
use store::{NewStep, Store};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How many steps of each run are recorded before the clock runs.
pub(in crate::bench) const WARM_UP: usize = 8;

/// A way of recording that is measured.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) struct Way {
    pub(in crate::bench) runs: usize,
    /// Steps per run.
    pub(in crate::bench) steps: usize,
    /// Steps per commit.
    pub(in crate::bench) batch: usize,
    pub(in crate::bench) snapshots: bool,
}

pub(super) async fn measure(bench: &mut Bench<'_>) -> Result<()> {
    for snapshots in [false, true] {
        for (runs, steps, batch) in [(1, 600, 1), (8, 200, 1), (1, 2560, 256)] {
            let steps = bench.settings.count(steps);
            let way = Way { runs, steps, batch: batch.min(steps), snapshots };
            let floor = one(bench, way, Recorder::Copy).await?;
            let ours = one(bench, way, Recorder::Store).await?;
            let with = if snapshots { " with a snapshot of 20 kB" } else { "" };
            let how = match (batch, runs) {
                (1, 1) => "one by one, 1 run".to_owned(),
                (1, _) => format!("one by one, {runs} runs"),
                _ => format!("{batch} at a time"),
            };
            let name = format!("steps{with}, {how}");
            bench.report.add(&name, "1/s", Aim::AtLeast(0.5), Round::new(floor, ours));
        }
    }
    Ok(())
}

/// Who records.
#[derive(Debug, Clone, Copy)]
pub(in crate::bench) enum Recorder {
    Store,
    Copy,
}

async fn one(bench: &mut Bench<'_>, way: Way, recorder: Recorder) -> Result<f64> {
    fill(&mut bench.database, way.runs).await?;
    let steps = record(&mut bench.database, way, recorder).await?;
    expect_recorded(bench, way).await?;
    Ok(steps)
}

/// Records everything one way, as the runs of tasks that are queued; how many steps per second. The
/// first few steps of each run are not counted: they meet connections that are still to be made and
/// statements still to be prepared.
pub(in crate::bench) async fn record(
    database: &mut Database,
    way: Way,
    recorder: Recorder,
) -> Result<f64> {
    let store = database.store().await?;
    let leases = store.claim(&claim(way.runs)).await?;
    ensure!(leases.len() == way.runs, "{} runs began instead of {}", leases.len(), way.runs);
    let start = Arc::new(Barrier::new(way.runs + 1));
    let mut recording = JoinSet::new();
    for lease in leases {
        let (start, sample) = (Arc::clone(&start), Sample::new(WARM_UP + way.steps, way.snapshots));
        match recorder {
            Recorder::Store => {
                recording.spawn(append(store.clone(), lease, sample, way.batch, start));
            }
            Recorder::Copy => {
                let connection = database.socket_connection().await?;
                let (first, rest) = sample.0.split_at(WARM_UP);
                let first = copy::batches(&lease, first, 1)?;
                let rest = copy::batches(&lease, rest, way.batch)?;
                recording.spawn(copy::send(connection, first, rest, start));
            }
        }
    }
    tokio::select! {
        _ = start.wait() => {}
        Some(end) = recording.join_next() => { end??; bail!("a run ended before the start") }
    }
    let begun = Instant::now();
    while let Some(run) = recording.join_next().await {
        run??;
    }
    let steps = rate(way.runs * way.steps, begun);
    store.close().await;
    Ok(steps)
}

async fn append(
    store: Store,
    lease: Lease,
    sample: Sample,
    batch: usize,
    start: Arc<Barrier>,
) -> Result<()> {
    let (first, rest) = sample.0.split_at(WARM_UP);
    for chunk in first.chunks(1) {
        store.append_all(&lease, &new_steps(chunk)).await?;
    }
    start.wait().await;
    for chunk in rest.chunks(batch) {
        store.append_all(&lease, &new_steps(chunk)).await?;
    }
    Ok(())
}

fn new_steps(chunk: &[(Step, Vec<NewArtifact>)]) -> Vec<NewStep<'_>> {
    chunk.iter().map(|(step, artifacts)| NewStep { step, artifacts }).collect()
}

async fn expect_recorded(bench: &mut Bench<'_>, way: Way) -> Result<()> {
    let steps = i64::try_from(way.runs * (WARM_UP + way.steps))?;
    let snapshots = if way.snapshots { steps } else { 0 };
    let database = &mut bench.database;
    let found = (
        database.number("select count(*) from step").await?,
        database.number("select count(*) from artifact").await?,
        database.number("select count(*) from task_event where kind = 'step.recorded'").await?,
    );
    ensure!(found == (steps, snapshots, steps), "{way:?} left {found:?}");
    Ok(())
}
