//! Dialogs of the page's script, and drags it starts.

use super::Pump;
use crate::cdp::Event;
use crate::session::state::{DialogAnswer, OpenDialog};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Opening {
    #[serde(rename = "type")]
    kind: String,
    message: String,
}

#[derive(Deserialize)]
struct Closed {
    result: bool,
}

impl Pump {
    /// An alert has only one answer, and a page that wants to be asked before it is left is left.
    /// Anything else stays open until a step answers it, unless the answer was given before.
    pub(super) fn dialog(&self, session: &str, event: &Event) {
        if event.method == "Page.javascriptDialogClosed" {
            if let Some(Closed { result }) = event.read() {
                self.closed(session, result);
            }
            return;
        }
        let Some(Opening { kind, message }) = event.read() else { return };
        let answer = self.watched.change(|state| {
            state.journal.dialog_opened(&kind, &message);
            let own = match kind.as_str() {
                "beforeunload" => Some(state.dialogs.give()),
                "alert" => Some(state.dialogs.take().unwrap_or_else(|| state.dialogs.give())),
                _ => state.dialogs.take(),
            };
            if own.is_none() {
                state.dialog = Some(OpenDialog { session: session.to_owned(), kind, message });
            }
            own
        });
        if let Some(DialogAnswer { accept, text }) = answer {
            drop(self.connection.start(
                Some(session),
                "Page.handleJavaScriptDialog",
                json!({ "accept": accept, "promptText": text.unwrap_or_default() }),
            ));
        }
    }

    fn closed(&self, session: &str, accepted: bool) {
        self.watched.change(|state| {
            let open = state.dialog.take_if(|dialog| dialog.session == session);
            let (kind, message) = open.map(|open| (open.kind, open.message)).unwrap_or_default();
            state.journal.dialog_closed(&kind, &message, accepted);
        });
    }

    /// The page asked for files.
    pub(super) fn chooser(&self, session: &str, event: &Event) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Opened {
            backend_node_id: Option<i64>,
        }
        if let Some(Opened { backend_node_id: Some(node) }) = event.read() {
            self.watched.change(|state| state.chooser = Some((session.to_owned(), node)));
        }
    }

    /// The page started to drag something by itself; what it drags is needed to drop it.
    pub(super) fn drag(&self, event: &Event) {
        #[derive(Deserialize)]
        struct Intercepted {
            data: serde_json::Value,
        }
        if event.method == "Input.dragIntercepted"
            && let Some(Intercepted { data }) = event.read()
        {
            self.watched.change(|state| state.dragged = Some(data));
        }
    }
}
