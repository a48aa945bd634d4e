//! What every handler can reach.

use crate::known_keys::KnownKeys;
use domain::clock::Clock;
use domain::ports::{Embedder, Memory};
use std::sync::Arc;
use std::time::Duration;
use store::{Listener, RunSearch, Store};
use tokio_util::sync::CancellationToken;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) listener: Arc<Listener>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) limits: ApiLimits,
    pub(crate) known_keys: Arc<KnownKeys>,
    pub(crate) memory: Option<Arc<dyn Memory>>,
    pub(crate) search: RunSearch,
    pub(crate) embedder: Option<Arc<dyn Embedder>>,
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
    /// How long a key that works is taken to work on, before it is looked up again.
    pub key_time: Duration,
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
            key_time: Duration::from_secs(1),
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
        let known_keys = Arc::new(KnownKeys::new(limits.key_time));
        let search = RunSearch::by_words(store.clone());
        let (memory, embedder) = (None, None);
        Self { store, clock, listener, shutdown, limits, known_keys, memory, search, embedder }
    }

    /// With the memory that agents outside ask, and that can say what a task without a plan needs
    /// before it runs.
    #[must_use]
    pub fn with_memory(self, memory: Arc<dyn Memory>) -> Self {
        Self { memory: Some(memory), ..self }
    }

    /// With a search that knows what questions mean; without it, runs are searched by words alone.
    #[must_use]
    pub fn with_search(self, search: RunSearch) -> Self {
        Self { search, ..self }
    }

    /// With what makes vectors of questions; without, memory is asked by words only.
    #[must_use]
    pub fn with_embedder(self, embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder: Some(embedder), ..self }
    }
}
