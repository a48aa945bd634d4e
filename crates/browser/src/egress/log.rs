//! What the proxy could not or would not do, for the session to tell.

use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// A connection that was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// The host as the page named it, in lower case.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Whether our rules forbid it, as opposed to the network failing.
    pub(crate) refused: bool,
    /// What to tell.
    pub(crate) message: String,
}

/// The troubles of one session, oldest first.
#[derive(Debug, Default)]
pub(crate) struct EgressLog {
    entries: Mutex<Vec<(Instant, Trouble)>>,
}

/// A page that hammers a forbidden address must not fill our memory.
const LIMIT: usize = 100;

impl EgressLog {
    pub(crate) fn add(&self, trouble: Trouble) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|(_, known)| *known != trouble);
        if entries.len() == LIMIT {
            entries.remove(0);
        }
        entries.push((Instant::now(), trouble));
    }

    /// The latest trouble with the host and port of a URL since some moment.
    pub(crate) fn about(&self, url: &str, since: Instant) -> Option<Trouble> {
        let url = url::Url::parse(url).ok()?;
        let host = url.host_str()?.trim_matches(['[', ']']);
        let port = url.port().or(match url.scheme() {
            "http" | "ws" => Some(80),
            "https" | "wss" => Some(443),
            _ => None,
        })?;
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .rev()
            .find(|(at, known)| {
                *at >= since && known.port == port && known.host.eq_ignore_ascii_case(host)
            })
            .map(|(_, known)| known.clone())
    }
}
