//! Draining tasks that do nothing: claim ten, finish them one by one, beside pgbench with the same
//! statements in the same batches.

use super::pgbench::{Until, Work};
use super::tasks::{expect_drained, fill};
use super::{Bench, statements};
use crate::bench::figures::{Aim, Round};
use crate::bench::rate;
use anyhow::{Result, ensure};
use domain::ports::{Claim, Lease, Leases as _};
use domain::run::RunEnd;
use serde_json::json;
use std::time::Duration;
use store::Store;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How many a worker can start at once.
const SLOTS: usize = 10;

pub(super) async fn measure(bench: &mut Bench<'_>, workers: usize) -> Result<()> {
    let batches = bench.settings.count(200);
    let tasks = batches * workers * SLOTS;
    fill(&mut bench.database, tasks).await?;
    let floor = floor(bench, workers, batches).await?;
    expect_drained(&mut bench.database, tasks).await?;

    fill(&mut bench.database, tasks).await?;
    let mut stores = Vec::new();
    for _ in 0..workers {
        stores.push(bench.database.store().await?);
    }
    let begun = Instant::now();
    let drained = drain(&stores).await?;
    let ours = rate(drained, begun);
    for store in stores {
        store.close().await;
    }
    ensure!(drained == tasks, "{drained} of {tasks} were drained");
    expect_drained(&mut bench.database, tasks).await?;
    let name = format!("drain of empty tasks, {workers} workers, {SLOTS} at a time");
    bench.report.add(&name, "1/s", Aim::AtLeast(0.5), Round::new(floor, ours));
    Ok(())
}

async fn floor(bench: &Bench<'_>, workers: usize, batches: usize) -> Result<f64> {
    let vanished = json!({ "kind": "infrastructure", "message": "the worker vanished" });
    let event = json!({ "run_id": bench.database.project, "attempt": 1, "outcome": "succeeded" });
    let (vanished, event) = (vanished.to_string(), event.to_string());
    let work = Work {
        script: statements::claim_and_finish(SLOTS),
        texts: &[("vanished", &vanished), ("result", "{}"), ("event", &event)],
        clients: workers,
        until: Until::Times(batches),
    };
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let slots = SLOTS as f64;
    Ok(bench.pgbench.run(&work).await? * slots)
}

/// All workers, until nothing is left; how many tasks they finished.
async fn drain(stores: &[Store]) -> Result<usize> {
    let mut workers = JoinSet::new();
    for store in stores {
        let store = store.clone();
        workers.spawn(work(store));
    }
    let mut drained = 0;
    while let Some(worker) = workers.join_next().await {
        drained += worker??;
    }
    Ok(drained)
}

/// One worker, until it finds nothing.
async fn work(store: Store) -> Result<usize> {
    let mut drained = 0;
    loop {
        match claim_and_finish(&store, SLOTS).await? {
            0 => return Ok(drained),
            finished => drained += finished,
        }
    }
}

/// Claims some tasks and finishes each; how many there were.
pub(super) async fn claim_and_finish(store: &Store, slots: usize) -> Result<usize> {
    let leases = store.claim(&claim(slots)).await?;
    finish(store, &leases).await?;
    Ok(leases.len())
}

/// Finishes tasks one by one.
pub(super) async fn finish(store: &Store, leases: &[Lease]) -> Result<()> {
    let end = RunEnd::Succeeded(json!({}));
    for lease in leases {
        store.finish(lease, &end, None).await?;
    }
    Ok(())
}

/// What a worker with this many free slots asks for.
pub(super) fn claim(free: usize) -> Claim {
    Claim {
        worker: "bench".to_owned(),
        free,
        lease: Duration::from_mins(1),
        per_site: 1_000_000,
        pace: Duration::ZERO,
    }
}
