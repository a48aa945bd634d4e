//! How a pool is set up.

use domain::egress::EgressPolicy;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Where browsers come from.
#[derive(Clone)]
pub enum BrowserSource {
    /// Processes on this machine, started and owned by the pool.
    Local {
        /// The binary itself, not a wrapper script: see [`crate::find_chromium`].
        executable: PathBuf,
        /// Where the profiles of running browsers live; each is removed with its browser.
        profiles_dir: PathBuf,
        /// The user the browser runs as when we are root, by name or number. When `None`:
        /// `waymark-browser` if there is such a user, else `nobody`.
        run_as: Option<String>,
    },
    /// A browser that somebody else runs.
    Remote {
        /// `ws://…`, or `http://host:port` to ask there.
        url: String,
        /// Headers of the opening request.
        headers: Vec<(String, String)>,
    },
}

impl std::fmt::Debug for BrowserSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Local { executable, profiles_dir, run_as } => f
                .debug_struct("Local")
                .field("executable", executable)
                .field("profiles_dir", profiles_dir)
                .field("run_as", run_as)
                .finish(),
            // Its query and its headers may hold a key.
            Self::Remote { url, .. } => f
                .debug_struct("Remote")
                .field("url", &url.split('?').next().unwrap_or_default())
                .finish_non_exhaustive(),
        }
    }
}

/// How a pool is set up.
#[derive(Debug, Clone)]
pub struct BrowserOptions {
    /// Where browsers come from.
    pub source: BrowserSource,
    /// How many sessions may be open at once; [`domain::ports::Browsers::open`] waits for a free
    /// one.
    pub max_sessions: usize,
    /// How many sessions share one browser process at most.
    pub sessions_per_process: usize,
    /// After how many sessions a process is replaced.
    pub recycle_after: u32,
    /// What may be reached besides the public internet.
    pub egress: EgressPolicy,
    /// Sockets of our own, such as the API and the database: they are never reached, whatever is
    /// allowed. One of this machine is meant by all its addresses. Those of the browsers
    /// themselves need not be named.
    pub own: Vec<SocketAddr>,
    /// How long a start of the browser may take.
    pub launch_within: Duration,
    /// The largest file a page may give.
    pub max_download_bytes: u64,
    /// The size of the page, in CSS pixels.
    pub viewport: (u32, u32),
}

impl BrowserOptions {
    /// Sensible values for a source.
    #[must_use]
    pub fn new(source: BrowserSource) -> Self {
        Self {
            source,
            max_sessions: 4,
            sessions_per_process: 8,
            recycle_after: 200,
            egress: EgressPolicy::default(),
            own: Vec::new(),
            launch_within: Duration::from_secs(30),
            max_download_bytes: 32 << 20,
            viewport: (1280, 800),
        }
    }
}
