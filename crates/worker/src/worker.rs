//! The one loop: claim what can start now, start it, wait for a wake-up.

use crate::indexer::Indexer;
use crate::reaper::Reaper;
use crate::supervise::Supervisor;
use crate::sweeper::Sweeper;
use agent::Agent;
use domain::clock::Clock;
use domain::ports::{Claim, Distillery, Lease, Leases, Retention, Wakeups};
use rand::RngExt as _;
use std::sync::Arc;
use std::time::Duration;
use telemetry::{metrics, spans};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// How a worker works.
#[derive(Debug, Clone)]
pub struct WorkerOptions {
    /// Its name in runs and leases.
    pub name: String,
    /// How many runs it makes at once.
    pub slots: usize,
    /// How long a lease lasts unless extended.
    pub lease: Duration,
    /// How many tasks may run at once on one site, over all workers.
    pub per_site: u32,
    /// How long to wait between two starts on one site, over all workers.
    pub pace: Duration,
    /// How often to look when nothing wakes it.
    pub poll: Duration,
}

const CLAIM_WITHIN: Duration = Duration::from_secs(10);

/// The two stages of stopping.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// Claim nothing more; finish the current steps; hand the tasks back.
    pub soft: CancellationToken,
    /// Drop everything; hand the tasks back.
    pub hard: CancellationToken,
}

/// What a worker works with.
pub struct Parts {
    /// The queue.
    pub leases: Arc<dyn Leases>,
    /// Where runs become memory.
    pub distillery: Arc<dyn Distillery>,
    /// What projects no longer keep.
    pub retention: Arc<dyn Retention>,
    /// Who makes the runs.
    pub agent: Agent,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Takes tasks from the queue and runs them.
pub struct Worker {
    leases: Arc<dyn Leases>,
    supervisor: Supervisor,
    reaper: Reaper,
    indexer: Indexer,
    sweeper: Sweeper,
    options: WorkerOptions,
}

impl Worker {
    /// A worker over these adapters.
    #[must_use]
    pub fn new(parts: Parts, options: WorkerOptions) -> Self {
        let Parts { leases, distillery, retention, agent, clock } = parts;
        let reaper = Reaper::new(leases.clone(), agent.clone());
        let indexer = Indexer::new(distillery.clone());
        let sweeper = Sweeper::new(retention);
        let supervisor = Supervisor::new(leases.clone(), distillery, agent, clock, options.lease);
        Self { leases, supervisor, reaper, indexer, sweeper, options }
    }

    /// Works until it is stopped; returns when every run has ended.
    pub async fn run(&self, wake: Box<dyn Wakeups>, stop: Stop) {
        let soft = || stop.soft.clone();
        let (reaper, indexer, sweeper) = (soft(), soft(), soft());
        tokio::join!(
            self.reaper.run(reaper),
            self.indexer.run(indexer),
            self.sweeper.run(sweeper),
            self.work(wake, stop),
        );
    }

    async fn work(&self, mut wake: Box<dyn Wakeups>, stop: Stop) {
        let mut runs = JoinSet::new();
        info!(worker = %self.options.name, slots = self.options.slots, "worker is ready");
        loop {
            let claimed = self.claim(&mut runs, &stop).await;
            metrics().worker(runs.len(), self.options.slots);
            let full = self.free(&runs) == 0;
            tokio::select! {
                biased;
                () = stop.soft.cancelled() => break,
                Some(end) = runs.join_next() => report(end),
                // A claim that got something may have left more behind.
                () = std::future::ready(()), if claimed > 0 && !full => {}
                // A task was queued, or one is to be cancelled.
                () = wake.next() => self.supervisor.nudge(),
                () = tokio::time::sleep(jittered(self.options.poll)), if !full => {}
            }
        }
        info!(worker = %self.options.name, runs = runs.len(), "worker is stopping");
        while let Some(end) = runs.join_next().await {
            report(end);
        }
    }

    fn free(&self, runs: &JoinSet<()>) -> usize {
        self.options.slots.saturating_sub(runs.len())
    }

    async fn claim(&self, runs: &mut JoinSet<()>, stop: &Stop) -> usize {
        let free = self.free(runs);
        if free == 0 {
            return 0;
        }
        let claim = Claim {
            worker: self.options.name.clone(),
            free,
            lease: self.options.lease,
            per_site: self.options.per_site,
            pace: self.options.pace,
        };
        let begun = Instant::now();
        // A store that does not answer must not keep the worker from stopping.
        let leases = match tokio::time::timeout(CLAIM_WITHIN, self.leases.claim(&claim)).await {
            Ok(Ok(leases)) => leases,
            Ok(Err(error)) => {
                warn!(%error, cause = ?std::error::Error::source(&error), "cannot claim");
                return 0;
            }
            Err(_) => {
                warn!("cannot claim: the store does not answer");
                return 0;
            }
        };
        assert!(leases.len() <= free, "the queue handed out more than was asked for");
        spans::received(begun.elapsed(), leases.iter().map(creation));
        let claimed = leases.len();
        for lease in leases {
            let supervisor = self.supervisor.clone();
            let stop = stop.clone();
            runs.spawn(async move { supervisor.see_through(lease, stop).await });
        }
        claimed
    }
}

/// Where a task comes from.
pub(crate) fn creation(lease: &Lease) -> spans::Incoming<'_> {
    spans::Incoming {
        traceparent: lease.traceparent.as_deref(),
        tracestate: lease.tracestate.as_deref(),
    }
}

fn report(end: Result<(), tokio::task::JoinError>) {
    if let Err(error) = end {
        // Panics of a run are caught inside; this one is ours.
        tracing::error!(%error, "a worker task died");
    }
}

/// Spreads polls over half to one and a half of the period.
fn jittered(period: Duration) -> Duration {
    period.mul_f64(rand::rng().random_range(0.5..1.5))
}
