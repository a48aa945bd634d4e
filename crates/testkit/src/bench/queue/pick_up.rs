//! Picking up: from the moment a client knows that its task is queued to the moment an idle worker
//! holds it, beside what a commit takes.

use super::tasks::{new_task, submit};
use super::{Bench, one_commit};
use crate::bench::figures::{Aim, Round, percentile};
use crate::embedder::WordEmbedder;
use agent::{Agent, Parts};
use anyhow::{Context as _, Result, bail};
use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::clock::SystemClock;
use domain::escalation::SavedSession;
use domain::failure::Failure;
use domain::id::{RunId, TaskId};
use domain::plan::{Action, Conditions, Target};
use domain::ports::{
    Acted, Browsers, Claim, Heartbeat, Lease, LeaseError, Leases, Seen, Session, SessionOptions,
};
use domain::run::RunEnd;
use domain::snapshot::Fingerprint;
use domain::task::Task;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use store::{MemoryStore, Store};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::Instant;
use worker::{Stop, Worker, WorkerOptions};

/// How long the worker is left alone between two tasks, so that it is idle again.
const PAUSE: Duration = Duration::from_millis(25);

/// A task that is not picked up in this time was forgotten.
const FORGOTTEN: Duration = Duration::from_secs(30);

pub(super) async fn measure(bench: &mut Bench<'_>) -> Result<()> {
    bench.database.clear().await?;
    let (client, store) = (bench.database.store().await?, bench.database.store().await?);
    let mut worker = Idle::start(&store).await?;
    let (mut commits, mut picked_up) = (Vec::new(), Vec::new());
    for sample in 0..bench.settings.count(200) + 5 {
        let commit = one_commit(&mut bench.database).await?;
        let task = submit(&client, new_task(&bench.database)?).await?;
        let queued = Instant::now();
        let claimed = worker.claimed(task).await?;
        worker.finished(task).await?;
        // The first few meet a worker that still prepares its statements.
        if sample >= 5 {
            commits.push(commit);
            picked_up.push(claimed.saturating_duration_since(queued).as_secs_f64() * 1000.0);
        }
        tokio::time::sleep(PAUSE).await;
    }
    worker.stop().await?;
    client.close().await;
    store.close().await;
    let round = |part| Round::new(percentile(&commits, part), percentile(&picked_up, part));
    let name = "pick-up by an idle worker, beside a commit";
    bench.report.add(&format!("{name}, p50"), "ms", Aim::Plus(2.0), round(0.5));
    bench.report.add(&format!("{name}, p99"), "ms", Aim::UpTo(10.0), round(0.99));
    Ok(())
}

/// A real worker with an hour between two polls: only an announcement wakes it.
struct Idle {
    stop: Stop,
    running: JoinSet<()>,
    news: UnboundedReceiver<News>,
}

/// What a worker did, and when.
enum News {
    Claimed(TaskId, Instant),
    Finished(TaskId),
}

impl Idle {
    async fn start(store: &Store) -> Result<Self> {
        let listener = store.listen().await?;
        let wakeups = Box::new(listener.wakeups());
        let (sender, news) = unbounded_channel();
        let leases = Arc::new(Watched { store: store.clone(), news: sender });
        let clock = Arc::new(SystemClock);
        let embedder = Arc::new(WordEmbedder::new());
        let memory = Arc::new(MemoryStore::new(store.clone(), embedder.clone()));
        let agent = Agent::new(Parts {
            browsers: Arc::new(Nowhere),
            trace: Arc::new(store.clone()),
            memory: memory.clone(),
            embedder,
            clock: clock.clone(),
            parking_places: 0,
        });
        let options = WorkerOptions {
            name: "bench".to_owned(),
            slots: 4,
            lease: Duration::from_mins(1),
            per_site: 100,
            pace: Duration::ZERO,
            poll: Duration::from_hours(1),
        };
        let parts = worker::Parts {
            leases,
            distillery: memory,
            retention: Arc::new(store.clone()),
            agent,
            clock,
        };
        let worker = Worker::new(parts, options);
        let stop = Stop::default();
        let stopping = stop.clone();
        let mut running = JoinSet::new();
        running.spawn(async move {
            worker.run(wakeups, stopping).await;
            listener.stop().await;
        });
        Ok(Self { stop, running, news })
    }

    async fn claimed(&mut self, task: TaskId) -> Result<Instant> {
        match self.news().await? {
            News::Claimed(claimed, at) if claimed == task => Ok(at),
            _ => bail!("the worker did something else than claim task {task}"),
        }
    }

    async fn finished(&mut self, task: TaskId) -> Result<()> {
        match self.news().await? {
            News::Finished(finished) if finished == task => Ok(()),
            _ => bail!("the worker did something else than finish task {task}"),
        }
    }

    async fn news(&mut self) -> Result<News> {
        let news = tokio::time::timeout(FORGOTTEN, self.news.recv()).await;
        news.context("the worker was not woken")?.context("the worker ended")
    }

    async fn stop(mut self) -> Result<()> {
        self.stop.soft.cancel();
        while let Some(end) = self.running.join_next().await {
            end?;
        }
        Ok(())
    }
}

/// The store, telling what was claimed and finished.
struct Watched {
    store: Store,
    news: UnboundedSender<News>,
}

impl Watched {
    fn tell(&self, news: News) {
        // Nobody listens any more once the measuring is over.
        drop(self.news.send(news));
    }
}

#[async_trait]
impl Leases for Watched {
    async fn claim(&self, claim: &Claim) -> Result<Vec<Lease>, LeaseError> {
        let leases = self.store.claim(claim).await?;
        let now = Instant::now();
        for lease in &leases {
            self.tell(News::Claimed(lease.task_id, now));
        }
        Ok(leases)
    }

    async fn traced(&self, lease: &Lease, trace_id: &str) -> Result<(), LeaseError> {
        self.store.traced(lease, trace_id).await
    }

    async fn extend(&self, lease: &Lease, by: Duration) -> Result<Heartbeat, LeaseError> {
        self.store.extend(lease, by).await
    }

    async fn finish(
        &self,
        lease: &Lease,
        end: &RunEnd,
        retry_at: Option<DateTime<Utc>>,
    ) -> Result<(), LeaseError> {
        self.store.finish(lease, end, retry_at).await?;
        self.tell(News::Finished(lease.task_id));
        Ok(())
    }

    async fn reap(&self) -> Result<Vec<Task>, LeaseError> {
        self.store.reap().await
    }

    async fn ended(&self, runs: &[RunId]) -> Result<Vec<RunId>, LeaseError> {
        Leases::ended(&self.store, runs).await
    }
}

/// Sessions in which everything works at once, for there is nothing there.
struct Nowhere;

#[async_trait]
impl Browsers for Nowhere {
    async fn open(&self, _: SessionOptions) -> Result<Box<dyn Session>, Failure> {
        Ok(Box::new(Self))
    }
}

#[async_trait]
impl Session for Nowhere {
    async fn act(&mut self, _: &Action, _: Duration) -> Result<Acted, Failure> {
        Ok(Acted::default())
    }

    async fn check(&mut self, _: &Conditions, _: Duration) -> Result<(), Failure> {
        Ok(())
    }

    async fn observe(&mut self) -> Result<Seen, Failure> {
        Ok(Seen::default())
    }

    async fn find(&mut self, _: &Target) -> Result<Vec<Fingerprint>, Failure> {
        Ok(Vec::new())
    }

    async fn screenshot(&mut self) -> Result<Vec<u8>, Failure> {
        Ok(Vec::new())
    }

    async fn save(&mut self) -> Result<SavedSession, Failure> {
        Ok(SavedSession { url: String::new(), cookies: Vec::new(), storage: Value::Null })
    }

    async fn close(self: Box<Self>) {}
}
