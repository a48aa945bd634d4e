//! Claiming while somebody holds a snapshot open, as a backup or a forgotten session does: no dead
//! row can be removed then, and a queue leaves many. Beside the same without.

use super::Bench;
use super::drain::{claim, claim_and_finish, finish};
use super::tasks::{add, expect_drained, new_task, submit};
use crate::bench::figures::{Aim, Round, median};
use crate::bench::{milliseconds, rate};
use anyhow::{Result, ensure};
use domain::ports::{Leases as _, Wakeups as _};
use sqlx::Connection as _;
use std::time::Duration;
use store::Store;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How often a task arrives while the snapshot grows old.
const PERIOD: Duration = Duration::from_millis(20);

/// How many are drained at the end, to see what the dead rows cost.
const BURST: usize = 500;

/// How many a worker can start at once.
const SLOTS: usize = 10;

pub(super) async fn measure(bench: &mut Bench<'_>) -> Result<()> {
    let without = run(bench, Elsewhere::Nothing).await?;
    let with = run(bench, Elsewhere::Snapshot).await?;
    let seconds = bench.settings.time(30).as_secs();
    let beside = format!("beside a snapshot held for {seconds} s");
    let mut add = |what: &str, unit, aim, of: fn(&Claims) -> f64| {
        let name = format!("{what} {beside}");
        bench.report.add(&name, unit, aim, Round::new(of(&without), of(&with)));
    };
    add("claims at 50 tasks/s", "1/s", Aim::AtLeast(0.9), |claims| claims.steady);
    add("a claim at 50 tasks/s", "ms", Aim::Unset, |claims| claims.each);
    add("drain of a burst", "1/s", Aim::Unset, |claims| claims.burst);
    Ok(())
}

/// How claiming went.
struct Claims {
    /// Tasks per second while they arrived.
    steady: f64,
    /// What a claim took towards the end of that, in milliseconds.
    each: f64,
    /// Tasks per second when many were waiting at the end.
    burst: f64,
}

/// What goes on beside the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Elsewhere {
    Nothing,
    Snapshot,
}

/// A steady load for a while, then as fast as it goes.
async fn run(bench: &mut Bench<'_>, elsewhere: Elsewhere) -> Result<Claims> {
    bench.database.clear().await?;
    let mut other = bench.database.connection().await?;
    if elsewhere == Elsewhere::Snapshot {
        let hold = "begin isolation level repeatable read; select count(*) from project";
        sqlx::raw_sql(hold).execute(&mut other).await?;
    }
    let store = bench.database.store().await?;
    let begun = Instant::now();
    let (arrived, times) = steady(bench, &store).await?;
    let steady = rate(times.len(), begun);
    let each = median(times[times.len() * 2 / 3..].to_vec());

    let waiting = bench.settings.count(BURST);
    add(&mut bench.database, waiting).await?;
    bench.database.run("analyze task").await?;
    let begun = Instant::now();
    let mut drained = 0;
    while drained < waiting {
        let finished = claim_and_finish(&store, SLOTS).await?;
        ensure!(finished > 0, "{drained} of {waiting} were drained");
        drained += finished;
    }
    let burst = rate(drained, begun);
    store.close().await;
    other.close().await?;
    expect_drained(&mut bench.database, arrived + waiting).await?;
    Ok(Claims { steady, each, burst })
}

/// Tasks arrive and are claimed and finished: how many arrived, and for each task how long the
/// claim took that got it.
async fn steady(bench: &Bench<'_>, store: &Store) -> Result<(usize, Vec<f64>)> {
    let until = Instant::now() + bench.settings.time(30);
    let submitting = async {
        let mut arrivals = interval(PERIOD);
        arrivals.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut arrived = 0;
        while Instant::now() < until {
            arrivals.tick().await;
            submit(store, new_task(&bench.database)?).await?;
            arrived += 1;
        }
        anyhow::Ok(arrived)
    };
    let claiming = async {
        let listener = store.listen().await?;
        let mut wakeups = listener.wakeups();
        let mut times = Vec::new();
        while Instant::now() < until + PERIOD * 10 {
            let begun = Instant::now();
            let leases = store.claim(&claim(SLOTS)).await?;
            times.extend(leases.iter().map(|_| milliseconds(begun)));
            finish(store, &leases).await?;
            if leases.is_empty() {
                // It is only a look too many if nothing was announced.
                drop(timeout(PERIOD, wakeups.next()).await);
            }
        }
        listener.stop().await;
        anyhow::Ok(times)
    };
    let (arrived, times) = tokio::join!(submitting, claiming);
    Ok((arrived?, times?))
}
