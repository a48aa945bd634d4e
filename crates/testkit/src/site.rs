//! A site for testing browsers: small pages, each with one difficulty, and a record of what was
//! asked of it.

mod answers;
mod pages;

use axum::Router;
use axum::routing::{any, get};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// A request that reached the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The body, as text.
    pub body: String,
    /// The cookies sent.
    pub cookies: String,
}

type Record = Arc<Mutex<Vec<Received>>>;

/// A running site. It ends when dropped.
pub struct FixtureSite {
    first: SocketAddr,
    second: SocketAddr,
    record: Record,
    _end: DropGuard,
}

impl FixtureSite {
    /// Starts the site on two free ports of this machine.
    ///
    /// # Panics
    /// No port can be had.
    pub async fn start() -> Self {
        let end = CancellationToken::new();
        let record = Record::default();
        let tracker = TaskTracker::new();
        let first = serve(&tracker, &end, &record).await;
        let second = serve(&tracker, &end, &record).await;
        Self { first, second, record, _end: end.drop_guard() }
    }

    /// Its address, without a slash at the end: `http://127.0.0.1:…`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.first)
    }

    /// The same pages at another origin that is another site to a browser: `http://localhost:…`.
    #[must_use]
    pub fn second_origin_url(&self) -> String {
        format!("http://localhost:{}", self.second.port())
    }

    /// What has to be allowed for a browser to reach both.
    #[must_use]
    pub fn egress(&self) -> Vec<String> {
        vec![self.first.to_string(), self.second.to_string()]
    }

    /// What was asked of it so far.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn serve(tracker: &TaskTracker, end: &CancellationToken, record: &Record) -> SocketAddr {
    #[expect(clippy::expect_used, reason = "a test cannot go on without its site")]
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    #[expect(clippy::expect_used, reason = "a listener that is bound has an address")]
    let address = listener.local_addr().expect("an address");
    let app = router(Arc::clone(record));
    let ended = end.clone();
    tracker.spawn(end.clone().run_until_cancelled_owned(async move {
        let serving = axum::serve(listener, app).with_graceful_shutdown(ended.cancelled_owned());
        if let Err(error) = serving.await {
            tracing::warn!(%error, "the fixture site ended");
        }
    }));
    address
}

fn router(record: Record) -> Router {
    Router::new()
        .route("/status/{status}", any(answers::status))
        .route("/status/{status}/empty", any(answers::empty_status))
        .route("/slow", get(answers::slow))
        .route("/hang", any(answers::hang))
        .route("/redirect", get(answers::redirect))
        .route("/download/{name}", get(answers::download))
        .route("/echo", any(answers::echo))
        .route("/answer", any(answers::answer))
        .route("/login", get(answers::login_page).post(answers::log_in))
        .route("/private", get(answers::private))
        .route("/cookie", get(answers::cookie))
        .fallback(get(pages::page))
        .layer(axum::middleware::from_fn_with_state(record, answers::record))
}
