//! What main frames load, and where they are.

use super::Pump;
use crate::cdp::Event;
use crate::session::state::{Document, Frame, Load, State, Tab};
use domain::observation::Change;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfFrame {
    frame_id: String,
    #[serde(default)]
    loader_id: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    disposition: String,
    #[serde(default)]
    navigation_type: String,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
struct Navigated {
    frame: NavigatedFrame,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NavigatedFrame {
    id: String,
    parent_id: Option<String>,
    loader_id: String,
    url: String,
    /// With its `#`; the URL comes without.
    #[serde(default)]
    url_fragment: String,
    unreachable_url: Option<String>,
}

impl Pump {
    pub(super) fn loading(&self, session: &str, event: &Event) {
        match event.method.as_str() {
            "Page.frameNavigated" => {
                if let Some(Navigated { frame }) = event.read() {
                    self.navigated(session, frame);
                }
            }
            "Page.frameRequestedNavigation"
            | "Page.frameStartedNavigating"
            | "Page.frameClearedScheduledNavigation"
            | "Page.frameStoppedLoading"
            | "Page.navigatedWithinDocument"
            | "Page.lifecycleEvent"
            | "Page.frameAttached"
            | "Page.frameDetached" => {
                if let Some(of) = event.read::<OfFrame>() {
                    self.watched.change(|state| step(state, session, &event.method, of));
                }
            }
            _ => {}
        }
    }

    fn navigated(&self, session: &str, frame: NavigatedFrame) {
        if frame.parent_id.is_some() {
            return;
        }
        self.watched.change(|state| {
            let Some(tab) = state.tab_of(session) else { return };
            if !tab.is_main(&frame.id) {
                return;
            }
            let change = commit(tab, &frame.loader_id, Some(frame.url + &frame.url_fragment));
            tab.document.unreachable = frame.unreachable_url;
            state.journal.changes.extend(change);
        });
    }
}

/// A new document took the place of the old one. Usually `frameNavigated` says so, and for the
/// first document of a tab sometimes only the events of its life do; whichever comes first counts.
fn commit(tab: &mut Tab, loader: &str, url: Option<String>) -> Option<Change> {
    if tab.document.loader == loader {
        return None;
    }
    let answer = tab.answers.remove(loader).unwrap_or_default();
    tab.answers.clear();
    let url = url.unwrap_or(answer.url);
    tab.url.clone_from(&url);
    tab.document = Document {
        loader: loader.to_owned(),
        url: url.clone(),
        status: answer.status,
        complete: false,
        unreachable: None,
    };
    tab.load = Load::Reading { loader: loader.to_owned() };
    Some(Change::Navigated { url, status: answer.status })
}

fn step(state: &mut State, session: &str, method: &str, of: OfFrame) {
    let Some(tab) = state.tab_of(session) else { return };
    if method == "Page.frameAttached" {
        // Chrome does not tell of our world in every frame's document.
        let frame = Frame { session: session.to_owned(), world: None };
        tab.frames.entry(of.frame_id).or_insert(frame);
        return;
    }
    if method == "Page.frameDetached" {
        if of.reason != "swap" {
            tab.frames.remove(&of.frame_id);
        }
        return;
    }
    if !tab.is_main(&of.frame_id) {
        return;
    }
    match method {
        "Page.frameRequestedNavigation"
            if of.disposition == "currentTab" && tab.load == Load::Idle =>
        {
            tab.load = Load::Asked;
            tab.begun += 1;
            tab.stillborn = None;
        }
        "Page.frameStartedNavigating"
            if !of.navigation_type.to_lowercase().contains("samedocument") =>
        {
            if tab.load != Load::Asked {
                tab.begun += 1;
            }
            tab.stillborn = None;
            tab.load = Load::Under { loader: of.loader_id };
        }
        // It thought better of it.
        "Page.frameClearedScheduledNavigation" | "Page.frameStoppedLoading"
            if tab.load == Load::Asked =>
        {
            tab.load = Load::Idle;
        }
        "Page.lifecycleEvent" => {
            let change = lifecycle(tab, &of);
            state.journal.changes.extend(change);
        }
        "Page.navigatedWithinDocument" => {
            if tab.load == Load::Asked {
                tab.load = Load::Idle;
            }
            if tab.url != of.url {
                tab.url.clone_from(&of.url);
                state.journal.changes.push(Change::UrlChanged { url: of.url });
            }
        }
        _ => {}
    }
}

fn lifecycle(tab: &mut Tab, of: &OfFrame) -> Option<Change> {
    let asked_for = tab.answers.contains_key(&of.loader_id);
    let change = if asked_for { commit(tab, &of.loader_id, None) } else { None };
    if of.loader_id != tab.document.loader {
        return change;
    }
    let reading = tab.load == Load::Reading { loader: of.loader_id.clone() };
    match of.name.as_str() {
        "DOMContentLoaded" if reading => tab.load = Load::Idle,
        "load" => {
            tab.document.complete = true;
            if reading {
                tab.load = Load::Idle;
            }
        }
        _ => {}
    }
    change
}
