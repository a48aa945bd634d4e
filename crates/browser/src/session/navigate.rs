//! Going somewhere, and judging what came.

use super::BrowserSession;
use super::budget::Budget;
use super::call::Stop;
use super::judge::no_answer;
use super::state::{Load, Stillborn};
use domain::egress::check_reference;
use domain::failure::{ErrorClass, Failure};
use domain::ports::Acted;
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use url::Url;

/// How long everything in a document is waited for once it can be used.
const COMPLETE_WITHIN: Duration = Duration::from_secs(3);
/// The same after a click, which leads to what the next step will look for anyway.
const SETTLE_WITHIN: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Navigated {
    loader_id: Option<String>,
    error_text: Option<String>,
    #[serde(default)]
    is_download: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    current_index: usize,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: i64,
    url: String,
}

impl BrowserSession {
    pub(super) async fn navigate(&mut self, url: &str, budget: &Budget) -> Result<Acted, Failure> {
        let url = self.resolve(url)?;
        self.frame = None;
        let session = self.tab_session()?;
        let came_from = self.document();
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let reply =
            connection.start(Some(&session), "Page.navigate", json!({ "url": url.as_str() }));
        let navigated = match self.answer::<Navigated>(reply, budget).await {
            Ok(navigated) => navigated,
            Err(Stop::Late) => {
                // Or else the tab goes on waiting for it.
                drop(connection.start(Some(&session), "Page.stopLoading", json!({})));
                return Err(no_answer(url.as_str(), budget));
            }
            Err(Stop::Broken(message)) => {
                return Err(Failure::new(ErrorClass::NavigationFailed, message));
            }
            Err(stop) => return Err(self.stopped(stop, budget)),
        };
        if navigated.is_download {
            return Ok(Acted::default());
        }
        let failed = navigated.error_text.filter(|text| !text.is_empty());
        match (failed, navigated.loader_id) {
            (Some(error), _) => {
                let failure = match self.unreachable(url.as_str(), &error).await {
                    Some(failure) => Some(failure),
                    None => self.came_to_nothing(url.as_str(), &came_from),
                };
                if let Some(failure) = failure {
                    return Err(failure);
                }
            }
            (None, Some(loader)) => {
                self.loaded(&loader, budget).await?;
                self.complete(&budget.at_most(COMPLETE_WITHIN)).await;
                self.judge(false)?;
            }
            // A place in the same document.
            (None, None) => {}
        }
        Ok(Acted::default())
    }

    fn resolve(&self, url: &str) -> Result<Url, Failure> {
        let wrong = |why: String| Failure::new(ErrorClass::NavigationFailed, why);
        check_reference(url).map_err(|why| wrong(format!("`{url}` {why}")))?;
        let resolved = match Url::parse(url) {
            Ok(url) => url,
            Err(_) => Url::parse(&self.url())
                .and_then(|page| page.join(url))
                .map_err(|_| wrong(format!("`{url}` is relative, and there is no page yet")))?,
        };
        match resolved.scheme() {
            "http" | "https" => Ok(resolved),
            other => Err(wrong(format!("only http and https may be opened, not `{other}:`"))),
        }
    }

    pub(super) async fn reload(&mut self, budget: &Budget) -> Result<Acted, Failure> {
        self.frame = None;
        self.go("Page.reload", json!({}), budget).await
    }

    pub(super) async fn back(&mut self, budget: &Budget) -> Result<Acted, Failure> {
        self.frame = None;
        let session = self.tab_session()?;
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let reply = connection.start(Some(&session), "Page.getNavigationHistory", json!({}));
        let history: History =
            self.answer(reply, budget).await.map_err(|stop| self.stopped(stop, budget))?;
        let previous = history.current_index.checked_sub(1);
        let entry = previous.and_then(|index| history.entries.get(index));
        // The empty page a tab begins with is nowhere to go back to.
        let Some(entry) = entry.filter(|entry| entry.url != "about:blank") else {
            return Err(Failure::new(
                ErrorClass::NavigationFailed,
                "there is no page to go back to in this tab",
            )
            .lasting());
        };
        self.go("Page.navigateToHistoryEntry", json!({ "entryId": entry.id }), budget).await
    }

    /// Makes the tab go somewhere and waits until it is there: until a document was loaded, or the
    /// URL changed within the same one.
    async fn go(
        &mut self,
        method: &'static str,
        params: serde_json::Value,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let session = self.tab_session()?;
        let (begun, url) = self.begun();
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let reply = connection.start(Some(&session), method, params);
        self.answer::<serde_json::Value>(reply, budget)
            .await
            .map_err(|stop| self.stopped(stop, budget))?;
        let moved = self
            .watched
            .until(budget.deadline, |state| {
                let tab = state.tab()?;
                (state.is_dead() || tab.begun != begun || tab.url != url).then_some(())
            })
            .await;
        if moved.is_none() {
            return Err(no_answer(&url, budget));
        }
        self.arrived(begun, budget, false).await?;
        Ok(Acted::default())
    }

    /// How many navigations the tab has begun, and where it is.
    pub(super) fn begun(&self) -> (u64, String) {
        self.watched
            .see(|state| state.tab().map(|tab| (tab.begun, tab.url.clone())))
            .unwrap_or_default()
    }

    /// If the tab began to go somewhere since, waits until it is there, and judges what came.
    pub(super) async fn arrived(
        &mut self,
        begun: u64,
        budget: &Budget,
        lenient: bool,
    ) -> Result<(), Failure> {
        if self.begun().0 == begun {
            return Ok(());
        }
        self.document_there(budget).await?;
        if self.watched.see(|state| state.dialog.is_some()) {
            return Ok(());
        }
        let stillborn = self.watched.see(|state| state.tab().and_then(|tab| tab.stillborn.clone()));
        if let Some(Stillborn { url, error, harmless, .. }) = stillborn {
            if harmless {
                return Ok(());
            }
            return match self.unreachable(&url, &error).await {
                Some(failure) => Err(failure),
                None => Ok(()),
            };
        }
        self.leave_gone_page();
        self.complete(&budget.at_most(SETTLE_WITHIN)).await;
        self.judge(lenient)
    }

    pub(super) async fn loaded(&self, loader: &str, budget: &Budget) -> Result<(), Failure> {
        let read = self
            .watched
            .until(budget.deadline, |state| {
                if state.is_dead() || state.dialog.is_some() {
                    return Some(());
                }
                let tab = state.tab()?;
                // Another document may have taken its place already.
                let newer = tab.document.loader != loader && tab.load == Load::Idle;
                let read = tab.document.loader == loader && tab.load == Load::Idle;
                (read || newer).then_some(())
            })
            .await;
        match read {
            Some(()) if self.watched.see(super::state::State::is_dead) => Err(self.crashed()),
            Some(()) => Ok(()),
            None => Err(self.still_loading(budget)),
        }
    }

    /// Waits, but not for long, until everything in the document was loaded.
    async fn complete(&self, budget: &Budget) {
        let half = budget.at_most(budget.left() / 2);
        self.watched
            .until(half.deadline, |state| {
                let done = state.tab().is_none_or(|tab| tab.document.complete);
                (done || state.is_dead() || state.dialog.is_some()).then_some(())
            })
            .await;
    }
}
