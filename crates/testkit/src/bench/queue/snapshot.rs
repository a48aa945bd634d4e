//! Claiming while somebody holds a snapshot open, as a backup or a forgotten session does: no dead
//! row can be removed then, and a queue leaves many. Beside the same without.

use super::Bench;
use super::drain::claim_and_finish;
use super::tasks::{add, expect_drained, new_task, submit};
use crate::bench::figures::{Aim, Round};
use crate::bench::rate;
use anyhow::{Result, ensure};
use sqlx::Connection as _;
use std::time::Duration;
use store::Store;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How often a task arrives while the snapshot grows old.
const PERIOD: Duration = Duration::from_millis(20);

/// How many are drained at the end, to see what the dead rows cost.
const BURST: usize = 2000;

/// How many a worker can start at once.
const SLOTS: usize = 10;

pub(super) async fn measure(bench: &mut Bench<'_>) -> Result<()> {
    let without = run(bench, Elsewhere::Nothing).await?;
    let with = run(bench, Elsewhere::Snapshot).await?;
    let seconds = bench.settings.time(30).as_secs();
    let name = format!("claims beside a snapshot held for {seconds} s at 50 tasks/s");
    bench.report.add(&name, "1/s", Aim::AtLeast(0.9), Round::new(without, with));
    Ok(())
}

/// What goes on beside the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Elsewhere {
    Nothing,
    Snapshot,
}

/// A steady load for a while, then as fast as it goes; how many per second then.
async fn run(bench: &mut Bench<'_>, elsewhere: Elsewhere) -> Result<f64> {
    bench.database.clear().await?;
    let mut other = bench.database.connection().await?;
    if elsewhere == Elsewhere::Snapshot {
        let hold = "begin isolation level repeatable read; select count(*) from project";
        sqlx::raw_sql(hold).execute(&mut other).await?;
    }
    let store = bench.database.store().await?;
    let steady = steady(bench, &store).await?;
    let burst = bench.settings.count(BURST);
    add(&mut bench.database, burst).await?;
    bench.database.run("analyze task").await?;
    let begun = Instant::now();
    let mut drained = 0;
    while drained < burst {
        let finished = claim_and_finish(&store, SLOTS).await?;
        ensure!(finished > 0, "{drained} of {burst} were drained");
        drained += finished;
    }
    let ours = rate(drained, begun);
    store.close().await;
    other.close().await?;
    expect_drained(&mut bench.database, steady + burst).await?;
    Ok(ours)
}

/// Tasks arrive and are claimed and finished; how many.
async fn steady(bench: &Bench<'_>, store: &Store) -> Result<usize> {
    let until = Instant::now() + bench.settings.time(30);
    let submitting = async {
        let mut arrivals = interval(PERIOD);
        arrivals.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut submitted = 0;
        while Instant::now() < until {
            arrivals.tick().await;
            submit(store, new_task(&bench.database)?).await?;
            submitted += 1;
        }
        anyhow::Ok(submitted)
    };
    let claiming = async {
        let listener = store.listen().await?;
        let mut wakeups = listener.wakeups();
        while Instant::now() < until + PERIOD * 10 {
            if claim_and_finish(store, SLOTS).await? == 0 {
                // It is only a look too many if nothing was announced.
                drop(timeout(PERIOD, domain::ports::Wakeups::next(&mut wakeups)).await);
            }
        }
        listener.stop().await;
        anyhow::Ok(())
    };
    let (submitted, claimed) = tokio::join!(submitting, claiming);
    claimed?;
    submitted
}
