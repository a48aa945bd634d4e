//! Tabs and frames: coming, going, prepared before they run.

use super::Pump;
use crate::cdp::Event;
use crate::page;
use crate::session::state::{Frame, State, Tab};
use domain::observation::Change;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: String,
    target_info: Info,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Info {
    target_id: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Pump {
    pub(super) fn target(&self, event: &Event) {
        match event.method.as_str() {
            "Target.attachedToTarget" => {
                if let Some(attached) = event.read::<Attached>() {
                    self.attached(event.session.as_deref(), attached);
                }
            }
            "Target.detachedFromTarget" => {
                if let Some(session) = self.connection.detached(event) {
                    self.watched.change(|state| detached(state, &session));
                }
            }
            "Inspector.targetCrashed" => {
                let Some(session) = event.session.as_deref() else { return };
                self.watched.change(|state| crashed(state, session));
            }
            _ => {}
        }
    }

    fn attached(&self, parent: Option<&str>, attached: Attached) {
        let Attached { session_id: session, target_info: Info { target_id, kind } } = attached;
        match (parent, kind.as_str()) {
            (None, "page") => {
                self.prepare(&session);
                self.watched.change(|state| tab_opened(state, target_id, session));
            }
            (Some(parent), "iframe") => {
                self.prepare(&session);
                self.watched.change(|state| frame_moved(state, parent, target_id, session));
            }
            _ => self.connection.let_go(parent, &session),
        }
    }

    /// Sends everything a new target needs, and lets it run. Nobody has to wait for the answers:
    /// the browser takes calls to one target in the order they are sent.
    fn prepare(&self, session: &str) {
        let send = |method, params: serde_json::Value| {
            drop(self.connection.start(Some(session), method, params));
        };
        send("Page.enable", json!({}));
        send("Page.setLifecycleEventsEnabled", json!({ "enabled": true }));
        send("Runtime.enable", json!({}));
        send("Network.enable", json!({}));
        send("Log.enable", json!({}));
        send("Inspector.enable", json!({}));
        send(
            "Target.setAutoAttach",
            json!({
                "autoAttach": true,
                "waitForDebuggerOnStart": true,
                "flatten": true,
                // Workers too, though only to let them run: Chrome holds them even when they are
                // filtered out.
                "filter": [{ "type": "iframe" }, { "type": "worker" }, { "exclude": true }],
            }),
        );
        send(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": page::source(), "worldName": page::WORLD, "runImmediately": true }),
        );
        send("Emulation.setFocusEmulationEnabled", json!({ "enabled": true }));
        send("Input.setInterceptDrags", json!({ "enabled": true }));
        if self.rules.is_some() {
            // A browser elsewhere: its window has whatever size it has, and it does not come
            // through our proxy.
            let (width, height) = self.viewport;
            send(
                "Emulation.setDeviceMetricsOverride",
                json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false }),
            );
            send("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*" }] }));
        }
        send("Runtime.runIfWaitingForDebugger", json!({}));
    }

    pub(super) fn world_made(&self, session: &str, event: &Event) {
        #[derive(Deserialize)]
        struct Created {
            context: Context,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Context {
            name: String,
            unique_id: String,
            aux_data: Option<Aux>,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Aux {
            frame_id: Option<String>,
        }
        let Some(Created { context }) = event.read() else { return };
        if context.name != page::WORLD {
            return;
        }
        let Some(frame) = context.aux_data.and_then(|aux| aux.frame_id) else { return };
        self.watched.change(|state| {
            if moved_away(state, &frame, session) {
                return;
            }
            if let Some(tab) = state.tab_of(session) {
                let world = Some(context.unique_id);
                tab.frames.insert(frame, Frame { session: session.to_owned(), world });
            }
        });
    }

    /// A document was replaced, and with it its frames in the same process. Of all that tells of
    /// a new document only this comes in order with the worlds made for it and its frames.
    pub(super) fn worlds_gone(&self, session: &str) {
        self.watched.change(|state| {
            let Some(tab) = state.tab_of(session) else { return };
            if tab.session == session {
                let page = tab.target.clone();
                tab.frames.retain(|id, frame| *id == page || frame.session != session);
            }
            for frame in tab.frames.values_mut().filter(|frame| frame.session == session) {
                frame.world = None;
            }
        });
    }

    pub(super) fn world_gone(&self, event: &Event) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Destroyed {
            execution_context_unique_id: String,
        }
        let Some(destroyed) = event.read::<Destroyed>() else { return };
        let gone = Some(destroyed.execution_context_unique_id);
        self.watched.change(|state| {
            let frames = state.tabs.iter_mut().flat_map(|tab| tab.frames.values_mut());
            for frame in frames.filter(|frame| frame.world == gone) {
                frame.world = None;
            }
        });
    }
}

fn tab_opened(state: &mut State, target: String, session: String) {
    state.sessions.insert(session.clone(), target.clone());
    if state.tabs.is_empty() {
        state.current.clone_from(&target);
    } else {
        state.journal.opened.push(target.clone());
    }
    state.tabs.push(Tab::new(target, session));
}

/// Whether a frame lives in a process of its own by now: what the process around it still says of
/// its first, empty document comes late and is about nothing.
fn moved_away(state: &mut State, frame: &str, session: &str) -> bool {
    let Some(tab) = state.tab_of(session) else { return false };
    let (around, lives_in) =
        (tab.session.clone(), tab.frames.get(frame).map(|f| f.session.clone()));
    lives_in.is_some_and(|own| own != session && own != around && state.sessions.contains_key(&own))
}

/// A frame that moves to another process keeps its id.
fn frame_moved(state: &mut State, parent: &str, frame: String, session: String) {
    let Some(target) = state.sessions.get(parent).cloned() else { return };
    state.sessions.insert(session.clone(), target);
    if let Some(tab) = state.tab_of(parent) {
        tab.frames.insert(frame, Frame { session, world: None });
    }
}

fn crashed(state: &mut State, session: &str) {
    let Some(tab) = state.tab_of(session) else { return };
    // A frame in a process of its own may crash without its page.
    if tab.session == session {
        tab.crashed = true;
    }
}

/// A tab closed, or a frame came back into its parent's process.
fn detached(state: &mut State, session: &str) {
    let Some(target) = state.sessions.remove(session) else { return };
    let Some(at) = state.tabs.iter().position(|tab| tab.target == target) else { return };
    if state.tabs[at].session != session {
        state.tabs[at].frames.retain(|_, frame| frame.session != session);
        return;
    }
    let tab = state.tabs.remove(at);
    state.sessions.retain(|_, of| *of != target);
    if state.dialog.as_ref().is_some_and(|dialog| dialog.session == session) {
        state.dialog = None;
    }
    // Whoever acted in it goes on in the tab that opened last.
    if state.current == target
        && let Some(last) = state.tabs.last()
    {
        state.current.clone_from(&last.target);
    }
    state.journal.changes.push(Change::TabClosed { url: tab.url });
}
