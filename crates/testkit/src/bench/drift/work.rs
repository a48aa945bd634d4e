//! The crew: carries out jobs side by side, each member with applications of its own.

use super::apps::{Running, Wanted};
use super::carried::{Asking, Carried, Job, Plan, carry_out};
use super::labels::{Label, Labels};
use super::options::Options;
use super::service::Service;
use super::tasks::{Group, Trial};
use anyhow::{Context as _, Result};
use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// Its members share the service.
pub(super) struct Crew {
    options: Arc<Options>,
    pub(super) service: Arc<Service>,
    desks: Vec<Arc<Mutex<Desk>>>,
    /// Two that start the same release at once would both make its seeded database.
    starting: Arc<Mutex<()>>,
}

/// What a member works with.
struct Desk {
    folder: PathBuf,
    running: HashMap<Wanted, Running>,
}

type Queue = Arc<std::sync::Mutex<VecDeque<(usize, Job)>>>;

impl Crew {
    pub(super) fn new(options: Arc<Options>, service: Arc<Service>, members: usize) -> Self {
        let desk = |number| {
            let folder = options.scratch.join(format!("desk-{number}"));
            Arc::new(Mutex::new(Desk { folder, running: HashMap::new() }))
        };
        let desks = (0..members).map(desk).collect();
        Self { options, service, desks, starting: Arc::default() }
    }

    /// Carries out all of them; what came of them is in their order.
    pub(super) async fn all(&self, jobs: Vec<Job>) -> Result<Vec<Carried>> {
        let queue: Queue = Arc::new(std::sync::Mutex::new(jobs.into_iter().enumerate().collect()));
        let mut members = JoinSet::new();
        for desk in &self.desks {
            let (desk, queue) = (Arc::clone(desk), Arc::clone(&queue));
            let (options, starting) = (Arc::clone(&self.options), Arc::clone(&self.starting));
            members.spawn(async move {
                let mut desk = desk.lock().await;
                let mut done = Vec::new();
                while let Some((at, job)) = next(&queue) {
                    let app = desk.app(&options, &starting, wanted(&job)).await?;
                    let carried = carry_out(&job, app).await;
                    done.push((at, carried.with_context(|| job.trial.name.clone())?));
                }
                anyhow::Ok(done)
            });
        }
        let mut all = Vec::new();
        while let Some(done) = members.join_next().await {
            all.extend(done??);
        }
        all.sort_by_key(|(at, _)| *at);
        Ok(all.into_iter().map(|(_, carried)| carried).collect())
    }

    /// Finds out what is right, by doing it.
    pub(super) async fn label(&self, group: &Group) -> Result<Labels> {
        let client = self.service.project().await?;
        let job = |trial: &Trial| Job {
            trial: Arc::new(trial.clone()),
            release: trial.to.clone(),
            plan: Plan::Right,
            client: client.clone(),
            agent: "labeller",
            heals: false,
            asking: Asking::Never,
        };
        let new = self.all(group.trials.iter().map(&job).collect()).await?;
        let firsts: Vec<&Trial> =
            group.trials.iter().filter_map(|trial| trial.first.as_deref()).collect();
        let first = self.all(firsts.iter().map(|trial| job(trial)).collect()).await?;
        let mut first = first.iter().zip(firsts).map(|(carried, trial)| Label::of(trial, carried));
        let mut labels = Labels::default();
        for (trial, carried) in group.trials.iter().zip(&new) {
            labels.new.push(Arc::new(Label::of(trial, carried)));
            let elsewhere = trial.first.as_ref().and_then(|_| first.next());
            labels.first.push(elsewhere.map(Arc::new));
        }
        Ok(labels)
    }

    /// Ends the applications.
    pub(super) async fn rest(&self) {
        for desk in &self.desks {
            desk.lock().await.running.clear();
        }
    }

    pub(super) async fn stop(&self) -> Result<()> {
        self.rest().await;
        self.service.stop().await
    }
}

impl Desk {
    /// The application, started if it does not run yet.
    async fn app(
        &mut self,
        options: &Options,
        starting: &Mutex<()>,
        wanted: Wanted,
    ) -> Result<&Running> {
        if !self.running.contains_key(&wanted) {
            let folder = self.folder.join(format!("{}-{}", wanted.app, self.running.len()));
            let turn = starting.lock().await;
            let running = Running::start(options, &wanted, &folder).await?;
            drop(turn);
            self.running.insert(wanted.clone(), running);
        }
        self.running.get(&wanted).context("it was just started")
    }
}

fn next(queue: &Queue) -> Option<(usize, Job)> {
    queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

fn wanted(job: &Job) -> Wanted {
    // What was removed was removed from the new release.
    let without = if job.release == job.trial.to { job.trial.without.clone() } else { Vec::new() };
    Wanted { app: job.trial.app.clone(), release: job.release.clone(), without }
}
