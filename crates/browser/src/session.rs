//! A session: one browser context, its tabs, and what can be done in them.

mod budget;
mod call;
mod journal;
mod json;
mod pump;
mod quoted;
mod state;

mod act;
mod check;
mod dialog;
mod drag;
mod explain;
mod extract;
mod fill;
mod find;
mod frames;
mod judge;
mod keep;
mod keyboard;
mod mouse;
mod navigate;
mod observe;
mod screenshot;
mod scroll;
mod tabs;
mod tick;
mod trouble;
mod upload;

use crate::cdp::{CallError, Connection};
use crate::chrome::Chrome;
use crate::egress::{EgressLog, Proxy};
use crate::pool::{Place, Shared};
use crate::process::Folder;
use async_trait::async_trait;
use domain::escalation::SavedSession;
use domain::failure::Failure;
use domain::plan::{Action, Conditions, Target};
use domain::ports::{Acted, Seen, Session, SessionOptions};
use domain::snapshot::Fingerprint;
use frames::InFrame;
use headless_chrome::protocol::cdp::Target::{CreateBrowserContext, DisposeBrowserContext};
use observe::Before;
use pump::Pump;
use serde_json::json;
use state::Watched;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

/// How long the browser may take for each thing it does to open a session.
const OPEN_WITHIN: Duration = Duration::from_secs(20);
const CLOSE_WITHIN: Duration = Duration::from_secs(10);

/// An open session.
pub(crate) struct BrowserSession {
    watched: Arc<Watched>,
    /// The frame that is acted in, when it is not the page itself.
    frame: Option<InFrame>,
    /// What the last observation saw, to tell what changed.
    before: Before,
    /// What the page was when the last action began.
    began: act::Began,
    secrets: Vec<String>,
    context: Option<Context>,
}

/// What is given back when a session ends.
struct Context {
    id: String,
    connection: Arc<Connection>,
    /// Kept alive by its sessions.
    chrome: Arc<Chrome>,
    tracker: TaskTracker,
    proxy: Option<Proxy>,
    /// For a remote browser, which has no proxy of ours.
    log: Option<Arc<EgressLog>>,
    folder: Option<Folder>,
    place: Option<Place>,
}

/// Opens a session: a context of its own with a way out of its own, and one empty tab.
pub(crate) async fn open(
    pool: &Shared,
    chrome: Arc<Chrome>,
    options: &SessionOptions,
) -> Result<BrowserSession, OpenError> {
    let connection = Arc::clone(&chrome.connection);
    chrome.opened.fetch_add(1, Ordering::AcqRel);
    let rules = &pool.rules;
    let (proxy, folder) = match &chrome.files {
        Some(files) => (
            Some(Proxy::start(Arc::clone(rules), &pool.tracker, &pool.stopping).await?),
            Some(Folder::create(files, chrome.user.as_ref())?),
        ),
        None => (None, None),
    };
    let create = CreateBrowserContext {
        dispose_on_detach: Some(true),
        proxy_server: proxy.as_ref().map(|proxy| format!("http://127.0.0.1:{}", proxy.port)),
        proxy_bypass_list: proxy.as_ref().map(|_| "<-loopback>".into()),
        origins_with_universal_network_access: None,
    };
    let id = connection.call(None, create, OPEN_WITHIN).await?.browser_context_id;
    let events = connection.listen(&id);
    let log = match &proxy {
        Some(proxy) => Arc::clone(&proxy.log),
        None => Arc::new(EgressLog::default()),
    };
    let watched = Arc::new(Watched::new());
    let pump = Pump {
        connection: Arc::clone(&connection),
        watched: Arc::clone(&watched),
        downloads: folder.as_ref().map(|folder| folder.path().to_owned()),
        max_download_bytes: pool.options.max_download_bytes,
        egress: Some(Arc::clone(&log)),
        rules: proxy.is_none().then(|| Arc::clone(rules)),
        viewport: pool.options.viewport,
        began: Instant::now(),
        tracker: pool.tracker.clone(),
    };
    pool.tracker.spawn(pump.run(events));
    // From here on the context is disposed of whatever happens.
    let mut session = BrowserSession {
        watched,
        frame: None,
        before: Before::default(),
        began: act::Began::default(),
        secrets: options.secrets.clone(),
        context: Some(Context {
            id,
            connection,
            chrome,
            tracker: pool.tracker.clone(),
            proxy,
            log: Some(log),
            folder,
            place: None,
        }),
    };
    session.first_tab().await?;
    if let Some(saved) = &options.restore {
        session.restore(saved).await?;
    }
    Ok(session)
}

/// Why a session could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("cannot prepare its files and its way out")]
    Own(#[from] std::io::Error),
    #[error("no tab appeared")]
    NoTab,
}

impl BrowserSession {
    /// Takes its place in the pool, to be given back when the session ends.
    pub(crate) fn at(mut self, place: Place) -> Self {
        if let Some(context) = &mut self.context {
            context.place = Some(place);
        }
        self
    }

    async fn first_tab(&self) -> Result<(), OpenError> {
        let Some(context) = &self.context else { return Err(OpenError::NoTab) };
        let downloads = match &context.folder {
            Some(folder) => json!({
                "behavior": "allowAndName",
                "browserContextId": context.id,
                "downloadPath": folder.path(),
                "eventsEnabled": true,
            }),
            None => json!({
                "behavior": "deny",
                "browserContextId": context.id,
                "eventsEnabled": true,
            }),
        };
        let connection = &context.connection;
        let allowed = connection.start(None, "Browser.setDownloadBehavior", downloads);
        let made = connection.start(
            None,
            "Target.createTarget",
            json!({ "url": "about:blank", "browserContextId": context.id }),
        );
        allowed.done(OPEN_WITHIN).await?;
        made.done(OPEN_WITHIN).await?;
        self.watched
            .until(Instant::now() + OPEN_WITHIN, |state| {
                (state.gone || !state.tabs.is_empty()).then_some(())
            })
            .await
            .ok_or(OpenError::NoTab)
    }

    fn connection(&self) -> Option<&Arc<Connection>> {
        self.context.as_ref().map(|context| &context.connection)
    }

    /// What our proxy has to say about a URL, since some moment.
    fn egress_trouble(&self, url: &str, since: Instant) -> Option<crate::egress::Trouble> {
        self.context.as_ref()?.log.as_ref()?.about(url, since)
    }
}

#[async_trait]
impl Session for BrowserSession {
    async fn act(&mut self, action: &Action, within: Duration) -> Result<Acted, Failure> {
        self.carry_out(action, within).await
    }

    async fn check(&mut self, expect: &Conditions, within: Duration) -> Result<(), Failure> {
        self.check_conditions(expect, within).await
    }

    async fn find(&mut self, target: &Target) -> Result<Vec<Fingerprint>, Failure> {
        self.matching(target).await
    }

    async fn observe(&mut self) -> Result<Seen, Failure> {
        self.look().await
    }

    async fn screenshot(&mut self) -> Result<Vec<u8>, Failure> {
        self.picture().await
    }

    async fn save(&mut self) -> Result<SavedSession, Failure> {
        self.saved().await
    }

    async fn close(mut self: Box<Self>) {
        if let Some(context) = self.context.take() {
            context.dispose().await;
        }
    }
}

impl Drop for BrowserSession {
    /// A session that was not closed, as when its task was cancelled, is closed by the tracker.
    fn drop(&mut self) {
        if let Some(context) = self.context.take()
            && tokio::runtime::Handle::try_current().is_ok()
        {
            let tracker = context.tracker.clone();
            tracker.spawn(context.dispose());
        }
    }
}

impl Context {
    async fn dispose(self) {
        let dispose = DisposeBrowserContext { browser_context_id: self.id.clone() };
        if let Err(error) = self.connection.call(None, dispose, CLOSE_WITHIN).await {
            tracing::debug!(%error, "a browser context was not disposed of");
        }
        self.connection.forget(&self.id);
        // In this order: the files before the browser that may be removed with its folder.
        drop(self.proxy);
        drop(self.folder);
        drop(self.chrome);
        drop(self.place);
    }
}
