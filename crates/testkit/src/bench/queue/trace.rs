//! Recording steps, beside a binary `COPY` of the same rows into the same tables with as many
//! commits.

mod copy;
mod sample;

use super::drain::claim;
use super::tasks::fill;
use super::{Bench, rate};
use crate::bench::figures::{Aim, Round};
use anyhow::{Result, ensure};
use domain::ports::{Lease, Leases as _};
use sample::Sample;
use std::sync::Arc;
use store::{NewStep, Store};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// A way of recording that is measured.
#[derive(Debug, Clone, Copy)]
struct Way {
    runs: usize,
    /// Steps per run.
    steps: usize,
    /// Steps per commit.
    batch: usize,
    snapshots: bool,
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
enum Recorder {
    Store,
    Copy,
}

/// Records everything one way; how many steps per second.
async fn one(bench: &mut Bench<'_>, way: Way, recorder: Recorder) -> Result<f64> {
    fill(&mut bench.database, way.runs).await?;
    let store = bench.database.store().await?;
    let leases = store.claim(&claim(way.runs)).await?;
    ensure!(leases.len() == way.runs, "{} runs began instead of {}", leases.len(), way.runs);
    let mut recording = JoinSet::new();
    let samples: Vec<Arc<Sample>> =
        leases.iter().map(|_| Arc::new(Sample::new(way.steps, way.snapshots))).collect();
    let begun = match recorder {
        Recorder::Store => {
            let begun = Instant::now();
            for (lease, sample) in leases.into_iter().zip(samples) {
                recording.spawn(append(store.clone(), lease, sample, way.batch));
            }
            begun
        }
        Recorder::Copy => {
            let mut ready = Vec::new();
            for (lease, sample) in leases.iter().zip(samples) {
                let connection = bench.database.connection().await?;
                ready.push((connection, copy::batches(lease, &sample, way.batch)?));
            }
            let begun = Instant::now();
            for (connection, batches) in ready {
                recording.spawn(copy::send(connection, batches));
            }
            begun
        }
    };
    while let Some(run) = recording.join_next().await {
        run??;
    }
    let steps = rate(way.runs * way.steps, begun);
    store.close().await;
    expect_recorded(bench, way).await?;
    Ok(steps)
}

async fn append(store: Store, lease: Lease, sample: Arc<Sample>, batch: usize) -> Result<()> {
    for chunk in sample.0.chunks(batch) {
        let steps: Vec<NewStep<'_>> =
            chunk.iter().map(|(step, artifacts)| NewStep { step, artifacts }).collect();
        store.append_all(&lease, &steps).await?;
    }
    Ok(())
}

async fn expect_recorded(bench: &mut Bench<'_>, way: Way) -> Result<()> {
    let steps = i64::try_from(way.runs * way.steps)?;
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
