//! The pool: how many browsers there are, who gets which, and when one is replaced.

mod lane;

use crate::egress::Rules;
use crate::error::StartError;
use crate::options::{BrowserOptions, BrowserSource};
use crate::process::{self, User};
use crate::session;
use async_trait::async_trait;
use domain::failure::{ErrorClass, Failure};
use domain::ports::{Browsers, Session, SessionOptions};
use lane::{Lane, Source};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How often a session is tried on a fresh browser before there is none.
const TRIES: u32 = 3;

/// Browsers of one kind, shared by the tasks of a worker.
pub struct BrowserPool {
    shared: Arc<Shared>,
}

/// What sessions keep of their pool.
pub(crate) struct Shared {
    pub(crate) options: BrowserOptions,
    /// What pages may reach.
    pub(crate) rules: Arc<Rules>,
    pub(crate) tracker: TaskTracker,
    pub(crate) stopping: CancellationToken,
    slots: Arc<Semaphore>,
    lanes: Vec<Lane>,
    pub(crate) counters: Arc<Counters>,
}

/// What happened so far.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) launches: AtomicU64,
    pub(crate) crashes: AtomicU64,
    pub(crate) opened: AtomicU64,
    pub(crate) open: AtomicUsize,
}

/// What a pool has done and has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolStats {
    /// Browsers started (or connected to) so far.
    pub launches: u64,
    /// Browsers that ended without our doing.
    pub crashes: u64,
    /// Sessions opened so far.
    pub sessions_opened: u64,
    /// Sessions open now.
    pub sessions_open: usize,
    /// The processes that take new sessions.
    pub pids: Vec<u32>,
}

/// The place of one session: its slot in the pool and in its lane.
pub(crate) struct Place {
    shared: Arc<Shared>,
    lane: usize,
    _slot: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.shared.lanes[self.lane].open.fetch_sub(1, Ordering::AcqRel);
        self.shared.counters.open.fetch_sub(1, Ordering::AcqRel);
    }
}

impl BrowserPool {
    /// Sets up a pool and starts its first browser, so that a broken installation is known at
    /// once. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// No browser can be started or reached.
    pub async fn start(options: BrowserOptions) -> Result<Arc<Self>, StartError> {
        let rules = Rules::new(options.egress.clone(), &options.own);
        let source = Source::prepare(&options, &rules)?;
        let lanes = options.max_sessions.max(1).div_ceil(options.sessions_per_process.max(1));
        let counters = Arc::new(Counters::default());
        let tracker = TaskTracker::new();
        let stopping = CancellationToken::new();
        let lane = || {
            let (source, tracker) = (source.clone(), tracker.clone());
            Lane::new(source, tracker, Arc::clone(&counters), stopping.clone(), &options)
        };
        let lanes: Vec<Lane> = (0..lanes).map(|_| lane()).collect();
        lanes[0].chrome().await?;
        Ok(Arc::new(Self {
            shared: Arc::new(Shared {
                slots: Arc::new(Semaphore::new(options.max_sessions.max(1))),
                options,
                rules,
                tracker,
                stopping,
                lanes,
                counters,
            }),
        }))
    }

    /// Whether a browser answers, starting one if there is none.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn health(&self) -> Result<(), StartError> {
        if self.shared.stopping.is_cancelled() {
            return Err(StartError::Stopping);
        }
        self.shared.lanes[0].chrome().await.map(|_| ())
    }

    /// What the pool has done and has.
    #[must_use]
    pub fn stats(&self) -> PoolStats {
        let counters = &self.shared.counters;
        PoolStats {
            launches: counters.launches.load(Ordering::Acquire),
            crashes: counters.crashes.load(Ordering::Acquire),
            sessions_opened: counters.opened.load(Ordering::Acquire),
            sessions_open: counters.open.load(Ordering::Acquire),
            pids: self.shared.lanes.iter().filter_map(Lane::pid).collect(),
        }
    }

    /// Ends every browser, whoever still uses it, and returns when the processes are dead and
    /// their profiles removed.
    pub async fn stop(&self) {
        self.shared.stopping.cancel();
        self.shared.slots.close();
        for lane in &self.shared.lanes {
            lane.stop().await;
        }
        self.shared.tracker.close();
        self.shared.tracker.wait().await;
    }

    /// Takes a place in the lane with the fewest sessions.
    fn take_place(&self, slot: OwnedSemaphorePermit) -> Place {
        let lanes = &self.shared.lanes;
        let lane = (0..lanes.len())
            .min_by_key(|lane| lanes[*lane].open.load(Ordering::Acquire))
            .unwrap_or_default();
        lanes[lane].open.fetch_add(1, Ordering::AcqRel);
        self.shared.counters.open.fetch_add(1, Ordering::AcqRel);
        Place { shared: Arc::clone(&self.shared), lane, _slot: slot }
    }
}

#[async_trait]
impl Browsers for BrowserPool {
    /// Opens a session; waits for a free slot when all are taken.
    async fn open(&self, options: SessionOptions) -> Result<Box<dyn Session>, Failure> {
        let slot = Arc::clone(&self.shared.slots)
            .acquire_owned()
            .await
            .map_err(|_| no_browser(&StartError::Stopping))?;
        let mut place = Some(self.take_place(slot));
        let mut tries = 0;
        while let Some(taken) = place.take() {
            tries += 1;
            let lane = &self.shared.lanes[taken.lane];
            let chrome = match lane.chrome().await {
                Ok(chrome) => chrome,
                Err(_) if tries < TRIES && !self.shared.stopping.is_cancelled() => {
                    place = Some(taken);
                    continue;
                }
                Err(error) => return Err(no_browser(&error)),
            };
            match session::open(&self.shared, chrome, &options).await {
                Ok(opened) => {
                    self.shared.counters.opened.fetch_add(1, Ordering::AcqRel);
                    return Ok(Box::new(opened.at(taken)));
                }
                Err(error) if tries < TRIES => {
                    tracing::warn!(%error, "a session could not be opened; trying another browser");
                    place = Some(taken);
                }
                Err(error) => {
                    return Err(no_browser(&StartError::Endpoint(error.to_string())));
                }
            }
        }
        Err(no_browser(&StartError::Stopping))
    }
}

fn no_browser(error: &StartError) -> Failure {
    let mut message = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        message = format!("{message}: {error}");
        cause = error.source();
    }
    Failure::new(ErrorClass::BrowserCrashed, format!("there is no browser: {message}"))
}

impl Source {
    fn prepare(options: &BrowserOptions, rules: &Arc<Rules>) -> Result<Self, StartError> {
        match &options.source {
            BrowserSource::Local { .. } if !cfg!(target_os = "linux") => Err(StartError::Endpoint(
                "browsers of our own run on Linux; elsewhere give the address of a browser \
                     that runs already, as in ws://127.0.0.1:9222/…"
                    .into(),
            )),
            BrowserSource::Local { executable, profiles_dir, run_as } => {
                let user = User::to_drop_to(run_as.as_deref())?;
                let dir = process::usable_dir(profiles_dir, user.as_ref());
                match process::sweep(&dir) {
                    Ok(0) => {}
                    Ok(swept) => tracing::info!("removed {swept} profiles of dead browsers"),
                    Err(error) => tracing::warn!(%error, "cannot look for left-over profiles"),
                }
                Ok(Self::local(executable.clone(), (dir, user), rules, options))
            }
            BrowserSource::Remote { url, headers } => Ok(Self::remote(url, headers, rules)),
        }
    }
}
