//! Tasks as Waymark runs them: the real agent over the real store, without the queue.

use super::site::{Errand, Site};
use crate::bench::database::Database;
use crate::bench::milliseconds;
use crate::embedder::WordEmbedder;
use ::agent::{Agent, Parts, Signals};
use ::browser::BrowserPool;
use anyhow::{Context as _, Result, ensure};
use async_trait::async_trait;
use domain::artifact::NewArtifact;
use domain::clock::SystemClock;
use domain::id::{ProjectId, TaskId};
use domain::ports::{Claim, Lease, LeaseError, Leases as _, Trace};
use domain::run::RunEnd;
use domain::step::Step;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use store::{Inserted, MemoryStore, NewTask, Store};
use tokio::time::Instant;

/// An agent and the tasks for it.
#[derive(Clone)]
pub(super) struct Agents {
    store: Store,
    project: ProjectId,
    agent: Agent,
    watch: Arc<Stopwatch>,
}

/// How long a run took, and how long of that it waited for its trace; in milliseconds.
pub(super) struct Timed {
    pub(super) took: f64,
    pub(super) recording: f64,
}

impl Agents {
    pub(super) async fn new(database: &Database, pool: Arc<BrowserPool>) -> Result<Self> {
        let store = database.store().await?;
        let watch = Arc::new(Stopwatch { store: store.clone(), spent: AtomicU64::new(0) });
        let embedder = Arc::new(WordEmbedder::new());
        let agent = Agent::new(Parts {
            browsers: pool,
            trace: watch.clone(),
            memory: Arc::new(MemoryStore::new(store.clone(), embedder.clone())),
            embedder,
            clock: Arc::new(SystemClock),
            parking_places: 0,
        });
        Ok(Self { store, project: database.project, agent, watch })
    }

    /// Queues tasks and claims them.
    pub(super) async fn leases(
        &self,
        site: &Site,
        errand: Errand,
        count: usize,
    ) -> Result<Vec<Lease>> {
        for _ in 0..count {
            let checked = errand.task(site)?.check();
            let (spec, secrets) = checked.map_err(|faults| anyhow::anyhow!("{faults:?}"))?;
            let new = NewTask {
                id: TaskId::new(&SystemClock),
                project_id: self.project,
                spec,
                secrets,
                idempotency: None,
                traceparent: None,
                tracestate: None,
            };
            let inserted = self.store.tasks().insert(new).await?;
            ensure!(matches!(inserted, Inserted::New(_)), "a task was not queued");
        }
        let claim = Claim {
            worker: "bench".to_owned(),
            free: count,
            lease: Duration::from_mins(10),
            per_site: u32::MAX,
            pace: Duration::ZERO,
        };
        let leases = self.store.claim(&claim).await?;
        ensure!(leases.len() == count, "{} of {count} tasks were claimed", leases.len());
        Ok(leases)
    }

    /// Makes a run, which must read what is wanted.
    pub(super) async fn carry_out(&self, lease: &Lease, errand: Errand) -> Result<()> {
        match self.agent.run(lease, &Signals::default()).await? {
            RunEnd::Succeeded(read) => {
                ensure!(read == errand.wanted(), "the agent read {read}");
                Ok(())
            }
            other => anyhow::bail!("the agent ended with {other:?}"),
        }
    }

    /// Makes these runs, one after the other.
    pub(super) async fn carry_out_all(&self, leases: &[Lease], errand: Errand) -> Result<()> {
        for lease in leases {
            self.carry_out(lease, errand).await?;
        }
        Ok(())
    }

    /// Makes one run with the clock beside it; queueing and finishing are not counted.
    pub(super) async fn run(&self, site: &Site, errand: Errand) -> Result<Timed> {
        let leases = self.leases(site, errand, 1).await?;
        let lease = leases.first().context("one was asked for")?;
        self.watch.spent.store(0, Ordering::Relaxed);
        let begun = Instant::now();
        self.carry_out(lease, errand).await?;
        let took = milliseconds(begun);
        #[expect(clippy::cast_precision_loss, reason = "a few milliseconds")]
        let recording = self.watch.spent.load(Ordering::Relaxed) as f64 / 1000.0;
        let end = RunEnd::Succeeded(errand.wanted());
        self.store.finish(lease, &end, None).await?;
        Ok(Timed { took, recording })
    }

    pub(super) async fn stop(&self) {
        self.store.close().await;
    }
}

/// The store's trace, and how long others waited for it.
struct Stopwatch {
    store: Store,
    /// In microseconds.
    spent: AtomicU64,
}

#[async_trait]
impl Trace for Stopwatch {
    async fn append(
        &self,
        lease: &Lease,
        step: &Step,
        artifacts: &[NewArtifact],
    ) -> Result<(), LeaseError> {
        let begun = Instant::now();
        let appended = self.store.append(lease, step, artifacts).await;
        let spent = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.spent.fetch_add(spent, Ordering::Relaxed);
        appended
    }
}
