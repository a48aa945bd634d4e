//! A lane: the one browser that takes new sessions, and the browsers before it that still have
//! some.

use super::Counters;
use crate::cdp::Endpoint;
use crate::chrome::Chrome;
use crate::egress::Rules;
use crate::error::StartError;
use crate::options::BrowserOptions;
use crate::process::{LaunchSpec, User};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A browser that dies within this time after its start counts against starting another at once.
const YOUNG: Duration = Duration::from_secs(20);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Where a lane's browsers come from.
#[derive(Clone)]
pub(super) enum Source {
    Local(Arc<Local>),
    Remote(Arc<Endpoint>, Arc<Rules>),
}

pub(super) struct Local {
    spec: LaunchSpec,
    rules: Arc<Rules>,
    /// Whether Chrome's sandbox works here; found out by trying.
    sandbox: AtomicBool,
}

impl Source {
    pub(super) fn local(
        executable: PathBuf,
        (profiles_dir, user): (PathBuf, Option<User>),
        rules: &Arc<Rules>,
        options: &BrowserOptions,
    ) -> Self {
        Self::Local(Arc::new(Local {
            spec: LaunchSpec {
                executable,
                profiles_dir,
                user,
                viewport: options.viewport,
                sandbox: true,
                within: options.launch_within,
            },
            rules: Arc::clone(rules),
            sandbox: AtomicBool::new(true),
        }))
    }

    pub(super) fn remote(url: &str, headers: &[(String, String)], rules: &Arc<Rules>) -> Self {
        let endpoint = Endpoint { url: url.to_owned(), headers: headers.to_vec() };
        Self::Remote(Arc::new(endpoint), Arc::clone(rules))
    }
}

impl Local {
    /// Starts Chrome in its sandbox, or without where the kernel or the container forbids it.
    async fn launch(&self, tracker: &TaskTracker) -> Result<Chrome, StartError> {
        let sandbox = self.sandbox.load(Ordering::Acquire);
        let spec = LaunchSpec { sandbox, ..self.spec.clone() };
        match Chrome::launch(&spec, &self.rules, tracker).await {
            Err(StartError::Ended { said, .. }) if sandbox && is_about_sandbox(&said) => {
                tracing::warn!(
                    "Chrome's sandbox does not work here (user namespaces are off?), so it runs \
                     without: {said}"
                );
                self.sandbox.store(false, Ordering::Release);
                Chrome::launch(&LaunchSpec { sandbox: false, ..spec }, &self.rules, tracker).await
            }
            launched => launched,
        }
    }
}

fn is_about_sandbox(said: &str) -> bool {
    let said = said.to_lowercase();
    said.contains("sandbox") || said.contains("namespace")
}

impl Counters {
    /// Counts a browser that ended unasked, whether it is missed or seen to end first.
    fn note_end(&self, chrome: &Chrome) {
        if chrome.note_end() {
            self.crashes.fetch_add(1, Ordering::AcqRel);
            tracing::warn!("browser {:?} ended unexpectedly", chrome.pid);
        }
    }
}

impl Current {
    fn count_crash(&mut self) {
        let young = self.started.is_some_and(|at| at.elapsed() < YOUNG);
        self.failures = if young { self.failures + 1 } else { 0 };
    }
}

pub(super) struct Lane {
    source: Source,
    tracker: TaskTracker,
    counters: Arc<Counters>,
    recycle_after: u32,
    within: Duration,
    stopping: CancellationToken,
    /// Sessions open in this lane.
    pub(super) open: AtomicUsize,
    /// Held while a browser is started, so that everyone waits for the same one.
    current: tokio::sync::Mutex<Current>,
    /// Every browser that may still run, for stopping.
    all: Mutex<Vec<Running>>,
}

struct Running {
    chrome: Weak<Chrome>,
    /// Cancelled when its process is dead and its profile removed.
    ended: CancellationToken,
}

#[derive(Default)]
struct Current {
    chrome: Option<Arc<Chrome>>,
    started: Option<Instant>,
    /// Failures in a row.
    failures: u32,
}

impl Lane {
    pub(super) fn new(
        source: Source,
        tracker: TaskTracker,
        counters: Arc<Counters>,
        stopping: CancellationToken,
        options: &BrowserOptions,
    ) -> Self {
        Self {
            source,
            tracker,
            counters,
            stopping,
            recycle_after: options.recycle_after.max(1),
            within: options.launch_within,
            open: AtomicUsize::new(0),
            current: tokio::sync::Mutex::default(),
            all: Mutex::default(),
        }
    }

    /// The browser for one more session: the current one if it is well and not worn out, else a
    /// fresh one. A worn-out one ends with its last session, for only sessions hold it then.
    pub(super) async fn chrome(&self) -> Result<Arc<Chrome>, StartError> {
        let found = self.stopping.run_until_cancelled(self.find_or_begin()).await;
        found.unwrap_or(Err(StartError::Stopping))
    }

    async fn find_or_begin(&self) -> Result<Arc<Chrome>, StartError> {
        let mut current = self.current.lock().await;
        if let Some(chrome) = &current.chrome {
            if chrome.opened.load(Ordering::Acquire) >= self.recycle_after {
                tracing::debug!("browser {:?} is replaced: it served its sessions", chrome.pid);
                current.chrome = None;
            } else if chrome.is_well().await {
                return Ok(Arc::clone(chrome));
            } else {
                if !chrome.connection.is_open() {
                    self.counters.note_end(chrome);
                }
                chrome.kill();
                current.chrome = None;
                current.count_crash();
            }
        }
        self.pause(&current).await;
        match self.begin().await {
            Ok(chrome) => {
                current.chrome = Some(Arc::clone(&chrome));
                current.started = Some(Instant::now());
                Ok(chrome)
            }
            Err(error) => {
                current.failures += 1;
                Err(error)
            }
        }
    }

    /// The first restart is at once, later ones wait longer and longer.
    async fn pause(&self, current: &Current) {
        if current.failures > 1 {
            let doublings = (current.failures - 2).min(8);
            tokio::time::sleep((FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE)).await;
        }
    }

    async fn begin(&self) -> Result<Arc<Chrome>, StartError> {
        let chrome = match &self.source {
            Source::Local(local) => local.launch(&self.tracker).await?,
            Source::Remote(endpoint, rules) => {
                Chrome::connect(endpoint, rules, &self.tracker, self.within).await?
            }
        };
        let chrome = Arc::new(chrome);
        self.counters.launches.fetch_add(1, Ordering::AcqRel);
        {
            let mut all = self.all();
            all.retain(|known| known.chrome.strong_count() > 0 || !known.ended.is_cancelled());
            all.push(Running { chrome: Arc::downgrade(&chrome), ended: chrome.ended.clone() });
        }
        let connection = Arc::clone(&chrome.connection);
        let watched = Arc::downgrade(&chrome);
        let counters = Arc::clone(&self.counters);
        self.tracker.spawn(async move {
            connection.ended().await;
            if let Some(chrome) = watched.upgrade() {
                counters.note_end(&chrome);
            }
        });
        Ok(chrome)
    }

    /// The process that takes new sessions.
    pub(super) fn pid(&self) -> Option<u32> {
        let all = self.all();
        let chrome = all.last()?.chrome.upgrade()?;
        chrome.pid.filter(|_| chrome.connection.is_open())
    }

    /// Ends all browsers of the lane, after `stopping` keeps new ones from being started.
    pub(super) async fn stop(&self) {
        self.current.lock().await.chrome = None;
        let running = std::mem::take(&mut *self.all());
        for browser in &running {
            if let Some(chrome) = browser.chrome.upgrade() {
                chrome.kill();
            }
        }
        for browser in running {
            browser.ended.cancelled().await;
        }
    }

    fn all(&self) -> MutexGuard<'_, Vec<Running>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
