//! One browser that can be talked to, ours or somebody else's.

mod endpoint;

use crate::cdp::{Connection, Endpoint};
use crate::egress::{Guarded, Rules};
use crate::error::StartError;
use crate::process::{LaunchSpec, Process, User};
use headless_chrome::protocol::cdp::Browser::GetVersion;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

pub(crate) use endpoint::resolve as resolve_endpoint;

/// How long a browser that is well may take for a simple answer.
const HEALTH_WITHIN: Duration = Duration::from_secs(5);

/// A browser with its connection. Dropping it closes the connection and ends the process.
pub(crate) struct Chrome {
    pub(crate) connection: Arc<Connection>,
    /// Where the files of sessions live; none for a browser on another machine.
    pub(crate) files: Option<PathBuf>,
    pub(crate) user: Option<User>,
    process: Mutex<Option<Process>>,
    /// Cancelled when the process is dead and its profile removed.
    pub(crate) ended: CancellationToken,
    pub(crate) pid: Option<u32>,
    /// How many sessions were opened in it.
    pub(crate) opened: AtomicU32,
    /// Whether its end is our doing, or was noticed.
    closing: AtomicBool,
    /// Its DevTools, which pages are kept away from.
    _guarded: Guarded,
}

impl Chrome {
    /// Starts a process of our own and connects to it.
    pub(crate) async fn launch(
        spec: &LaunchSpec,
        rules: &Arc<Rules>,
        tracker: &TaskTracker,
    ) -> Result<Self, StartError> {
        let process = Process::launch(spec, tracker).await?;
        let endpoint = Endpoint { url: process.url.clone(), headers: Vec::new() };
        let guarded = rules.guard(sockets(&endpoint).await);
        let connection = match attach(&endpoint, tracker, spec.within).await {
            Ok(connection) => connection,
            Err(error) => {
                let ended = process.ended.clone();
                drop(process);
                ended.cancelled().await;
                return Err(error);
            }
        };
        Ok(Self {
            connection,
            files: Some(process.files.clone()),
            user: process.user.clone(),
            ended: process.ended.clone(),
            pid: Some(process.pid),
            process: Mutex::new(Some(process)),
            opened: AtomicU32::new(0),
            closing: AtomicBool::new(false),
            _guarded: guarded,
        })
    }

    /// Connects to a browser that somebody else runs.
    pub(crate) async fn connect(
        endpoint: &Endpoint,
        rules: &Arc<Rules>,
        tracker: &TaskTracker,
        within: Duration,
    ) -> Result<Self, StartError> {
        let endpoint = resolve_endpoint(endpoint, within).await.map_err(StartError::Endpoint)?;
        let guarded = rules.guard(sockets(&endpoint).await);
        let ended = CancellationToken::new();
        ended.cancel();
        Ok(Self {
            connection: attach(&endpoint, tracker, within).await?,
            files: None,
            user: None,
            process: Mutex::new(None),
            ended,
            pid: None,
            opened: AtomicU32::new(0),
            closing: AtomicBool::new(false),
            _guarded: guarded,
        })
    }

    /// Whether it answers.
    pub(crate) async fn is_well(&self) -> bool {
        self.connection.is_open()
            && self.connection.call(None, GetVersion(None), HEALTH_WITHIN).await.is_ok()
    }

    /// Ends it now, whoever still uses it.
    pub(crate) fn kill(&self) {
        self.closing.store(true, Ordering::Release);
        self.connection.close();
        self.process.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Notices that it has ended; whether nobody here ended it, and nobody noticed before.
    pub(crate) fn note_end(&self) -> bool {
        !self.closing.swap(true, Ordering::AcqRel)
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Where the DevTools of a browser are reached: from here, and from the browser itself, which may
/// run on another machine and then finds them on its own.
async fn sockets(endpoint: &Endpoint) -> Vec<SocketAddr> {
    let Ok(url) = Url::parse(&endpoint.url) else { return Vec::new() };
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return Vec::new();
    };
    let mut found = vec![SocketAddr::from((Ipv4Addr::LOCALHOST, port))];
    if let Ok(resolved) = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await {
        found.extend(resolved);
    }
    found
}

/// Connects and asks to be attached to every tab of every context: a tab that a page opens is
/// held until it is prepared, so nothing it does is missed.
async fn attach(
    endpoint: &Endpoint,
    tracker: &TaskTracker,
    within: Duration,
) -> Result<Arc<Connection>, StartError> {
    let connection =
        Connection::open(endpoint, tracker, within).await.map_err(StartError::Endpoint)?;
    let everything = serde_json::json!({
        "autoAttach": true,
        "waitForDebuggerOnStart": true,
        "flatten": true,
        "filter": [{ "type": "page" }, { "exclude": true }],
    });
    connection.start(None, "Target.setAutoAttach", everything).done(within).await.map_err(
        |error| StartError::Endpoint(format!("the browser does not cooperate: {error}")),
    )?;
    Ok(connection)
}
