//! What every handler can reach.

use domain::clock::Clock;
use std::sync::Arc;
use std::time::Duration;
use store::{Listener, Store};
use tokio_util::sync::CancellationToken;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) listener: Arc<Listener>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) limits: ApiLimits,
}

/// What a request may use up, and how patient the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiLimits {
    /// The largest body, in bytes: room for a plan with files to upload.
    pub body_bytes: usize,
    /// How long a body may take to arrive.
    pub body_time: Duration,
    /// How long a request may take in all; longer than the longest wait that can be asked for.
    pub request_time: Duration,
    /// How often waiting requests look for themselves, in case an announcement was missed.
    pub poll: Duration,
    /// How often a quiet event stream says that it lives.
    pub keep_alive: Duration,
    /// How long requests under way are waited for when the service stops.
    pub stop_grace: Duration,
}

impl Default for ApiLimits {
    fn default() -> Self {
        Self {
            body_bytes: 4 * 1024 * 1024,
            body_time: Duration::from_secs(30),
            request_time: Duration::from_secs(100),
            poll: Duration::from_secs(2),
            keep_alive: Duration::from_secs(15),
            stop_grace: Duration::from_secs(10),
        }
    }
}

impl AppState {
    /// The state of one server. `shutdown` ends event streams and long polls.
    #[must_use]
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        listener: Arc<Listener>,
        shutdown: CancellationToken,
        limits: ApiLimits,
    ) -> Self {
        Self { store, clock, listener, shutdown, limits }
    }
}
