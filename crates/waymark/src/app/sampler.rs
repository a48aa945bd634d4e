//! What is read from time to time rather than counted as it happens: the queue, the pools.

use browser::BrowserPool;
use chrono::TimeDelta;
use std::convert::Infallible;
use std::time::Duration;
use store::{Store, StoreError};
use telemetry::{Condition, Sample, metrics};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// How often to look: as often as Prometheus does by default.
const PERIOD: Duration = Duration::from_secs(15);

/// How long the database may take to say.
const PATIENCE: Duration = Duration::from_secs(5);

/// Reads how much there is to do, for as long as it is polled. A database that does not answer is
/// told of by every process: these figures stay as they were.
pub(crate) async fn sample_database(store: &Store) -> Infallible {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match timeout(PATIENCE, sample(store)).await {
            Ok(Ok(sample)) => metrics().sampled(&sample),
            Ok(Err(error)) => tracing::debug!(%error, "the queue could not be measured"),
            Err(_) => tracing::debug!("the queue could not be measured in time"),
        }
    }
}

/// Reads how this process is, for as long as it is polled: its connections, whether the database
/// answers it, and what its memory had to do without.
pub(crate) async fn sample_process(store: &Store) -> Infallible {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let answer = timeout(PATIENCE, store.ready()).await;
        metrics().is_in(&condition(store, matches!(answer, Ok(Ok(_)))));
    }
}

/// Reads what the browsers do, for as long as it is polled.
pub(crate) async fn sample_browsers(pool: &BrowserPool) -> Infallible {
    let (mut launches, mut crashes) = (0, 0);
    let mut ticks = interval(Duration::from_secs(1));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let stats = pool.stats();
        let open = u64::try_from(stats.sessions_open).unwrap_or(u64::MAX);
        metrics().browsers(stats.launches - launches, stats.crashes - crashes, open);
        (launches, crashes) = (stats.launches, stats.crashes);
    }
}

async fn sample(store: &Store) -> Result<Sample, StoreError> {
    let load = store.load().await?;
    let search = store.search_lag().await?;
    Ok(Sample {
        queued: count(load.queued),
        scheduled: count(load.scheduled),
        running: count(load.running),
        waiting: count(load.waiting),
        queue_lag: age(load.oldest),
        escalations: count(load.waiting),
        escalation_lag: age(load.oldest_question),
        search_waiting: count(search.waiting),
        search_lag: age(search.oldest),
        database_bytes: count(load.database_bytes),
    })
}

fn condition(store: &Store, database_up: bool) -> Condition {
    let trouble = store.memory_trouble();
    let connections = store.connections();
    Condition {
        database_up,
        unreadable: trouble.unreadable,
        failed_embeddings: trouble.failed_embeddings,
        idle_connections: connections.idle.into(),
        used_connections: connections.used.into(),
        max_connections: connections.max.into(),
    }
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or_default()
}

fn age(age: Option<TimeDelta>) -> Duration {
    age.and_then(|age| age.to_std().ok()).unwrap_or_default()
}
