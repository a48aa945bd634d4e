//! A Chrome process: started, owned and ended by one thread of its own.
//!
//! `headless_chrome` launches the process and kills it when dropped. Its own connection is given a
//! door that leads nowhere (see [`door`]); ours goes to the address Chrome writes into its profile.

mod door;
mod find;
mod launcher;
mod profile;
mod user;
mod words;

pub use find::find_chromium;
pub use profile::sweep;

use crate::error::StartError;
use door::Door;
use headless_chrome::{Browser, LaunchOptions};
use profile::Profile;
pub(crate) use profile::{Folder, usable_dir};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
pub(crate) use user::User;
use words::Words;

/// What is started.
#[derive(Debug, Clone)]
pub(crate) struct LaunchSpec {
    pub(crate) executable: PathBuf,
    /// Where profiles live.
    pub(crate) profiles_dir: PathBuf,
    /// Whom to run as; `None` when we are not root.
    pub(crate) user: Option<User>,
    pub(crate) viewport: (u32, u32),
    pub(crate) sandbox: bool,
    pub(crate) within: Duration,
}

/// A running Chrome. Dropping this kills it and removes its profile, on its own thread.
pub(crate) struct Process {
    pub(crate) pid: u32,
    /// Its DevTools address.
    pub(crate) url: String,
    /// Where uploads and downloads of its sessions live.
    pub(crate) files: PathBuf,
    pub(crate) user: Option<User>,
    /// Its owner thread ends the process when this is dropped.
    _alive: mpsc::Sender<()>,
    /// Cancelled when the process is dead and its profile removed.
    pub(crate) ended: CancellationToken,
}

/// What the owner thread reports once.
type Launched = Result<u32, String>;

impl Process {
    /// Starts Chrome and waits until its DevTools answer.
    pub(crate) async fn launch(
        spec: &LaunchSpec,
        tracker: &TaskTracker,
    ) -> Result<Self, StartError> {
        find::check(&spec.executable)?;
        let profile = Profile::create(&spec.profiles_dir, spec.user.as_ref())?;
        let door = Door::open(tracker)
            .await
            .map_err(|source| StartError::Profile { path: "127.0.0.1".into(), source })?;
        let script = launcher::write(&profile, spec, door.port)?;
        let path = profile.words();
        let mut words =
            Words::open(&path).map_err(|source| StartError::Profile { path, source })?;
        let (chrome_dir, files) = (profile.chrome_dir(), profile.files_dir());

        let (alive, until) = mpsc::channel();
        let (report, launched) = oneshot::channel();
        let ended = Owner { script, profile, spec: spec.clone(), report, until }.start(tracker)?;
        let ready = ready(launched, &chrome_dir, &mut words, spec);
        let slow = StartError::Slow {
            executable: spec.executable.clone(),
            seconds: spec.within.as_secs(),
        };
        match tokio::time::timeout(spec.within, ready).await.unwrap_or(Err(slow)) {
            Ok((pid, url)) => {
                tracing::info!(browser.pid = pid, "browser {pid} started");
                tracker.spawn(ended.clone().run_until_cancelled_owned(words.ignore()));
                let user = spec.user.clone();
                Ok(Self { pid, url, files, user, _alive: alive, ended })
            }
            Err(error) => {
                drop(alive);
                // The process is dead and its profile removed before anyone hears of it.
                ended.cancelled().await;
                Err(error)
            }
        }
    }
}

/// Waits for the process id, and then for the address.
async fn ready(
    launched: oneshot::Receiver<Launched>,
    chrome_dir: &Path,
    words: &mut Words,
    spec: &LaunchSpec,
) -> Result<(u32, String), StartError> {
    let pid = match launched.await {
        Ok(Ok(pid)) => pid,
        Ok(Err(message)) => {
            let executable = spec.executable.clone();
            return Err(StartError::Launch { executable, message });
        }
        Err(_) => return Err(StartError::Stopping),
    };
    let url = wait_until_ready(pid, chrome_dir, words, spec).await?;
    Ok((pid, url))
}

/// Chrome writes its address into its profile as soon as it listens. A process that ends before
/// is told apart from a slow one, so that a broken installation is an answer within milliseconds.
async fn wait_until_ready(
    pid: u32,
    chrome_dir: &Path,
    words: &mut Words,
    spec: &LaunchSpec,
) -> Result<String, StartError> {
    let announcement = chrome_dir.join("DevToolsActivePort");
    loop {
        if let Ok(text) = tokio::fs::read_to_string(&announcement).await
            && let Some((port, path)) = text.split_once('\n')
            && path.starts_with("/devtools/")
        {
            return Ok(format!("ws://127.0.0.1:{port}{}", path.trim_end()));
        }
        if !profile::is_running(pid) {
            return Err(StartError::Ended {
                executable: spec.executable.clone(),
                said: words.last(),
            });
        }
        words.listen();
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
}

/// What the owner thread holds. The process is started from this very thread because Linux ends a
/// child with `pdeathsig` when the *thread* that made it ends.
struct Owner {
    script: PathBuf,
    profile: Profile,
    spec: LaunchSpec,
    report: oneshot::Sender<Launched>,
    until: mpsc::Receiver<()>,
}

impl Owner {
    /// Starts the thread. What is returned is cancelled at its end, which the tracker waits for
    /// as well: a start that nobody waits for any more leaves nothing behind either.
    fn start(self, tracker: &TaskTracker) -> Result<CancellationToken, StartError> {
        let ended = CancellationToken::new();
        let when_ended = ended.clone().drop_guard();
        std::thread::Builder::new()
            .name("browser-owner".into())
            .spawn(move || {
                self.run();
                drop(when_ended);
            })
            .map_err(StartError::Thread)?;
        tracker.spawn(ended.clone().cancelled_owned());
        Ok(ended)
    }

    fn run(self) {
        let arguments = launcher::arguments(&self.spec);
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        let options = LaunchOptions {
            path: Some(self.script),
            user_data_dir: Some(self.profile.chrome_dir()),
            port: Some(0),
            sandbox: self.spec.sandbox,
            ignore_certificate_errors: false,
            disable_default_args: true,
            args: arguments,
            idle_browser_timeout: self.spec.within,
            ..LaunchOptions::default()
        };
        match Browser::new(options) {
            Ok(browser) => {
                let pid = browser.get_process_id().unwrap_or_default();
                // If nobody waits for the report, `until` is closed as well.
                self.report.send(Ok(pid)).ok();
                self.until.recv().ok();
                drop(browser);
                tracing::info!(browser.pid = pid, "browser {pid} ended");
            }
            Err(error) => {
                self.report.send(Err(error.to_string())).ok();
            }
        }
        self.profile.remove();
    }
}
