//! The pump of a session: takes the browser's events as they come, prepares new tabs and frames,
//! answers dialogs, and keeps the state.

mod dialogs;
mod downloads;
mod loading;
mod network;
mod targets;

use super::state::Watched;
use crate::cdp::{Connection, Event, Heard};
use crate::egress::{EgressLog, Rules};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

/// How many exceptions are remembered for one action.
const THROWN: usize = 3;

/// What a pump works with.
pub(crate) struct Pump {
    pub(crate) connection: Arc<Connection>,
    pub(crate) watched: Arc<Watched>,
    /// Where downloads arrive; none for a browser on another machine.
    pub(crate) downloads: Option<PathBuf>,
    pub(crate) max_download_bytes: u64,
    /// What our proxy has to say; none for a browser that does not go through it.
    pub(crate) egress: Option<Arc<EgressLog>>,
    /// For a browser that does not go through our proxy: what its requests are judged by.
    pub(crate) rules: Option<Arc<Rules>>,
    pub(crate) viewport: (u32, u32),
    /// When the session began.
    pub(crate) began: Instant,
    pub(crate) tracker: TaskTracker,
}

impl Pump {
    /// Runs until the connection or the session ends.
    pub(crate) async fn run(self, mut heard: UnboundedReceiver<Heard>) {
        while let Some(heard) = heard.recv().await {
            match heard {
                Heard::Event(event) => self.take(&event),
                Heard::Answer(delivery) => delivery.deliver(),
            }
        }
        self.watched.change(|state| state.gone = true);
    }

    fn take(&self, event: &Event) {
        let session = event.session.as_deref();
        let Some((topic, _)) = event.method.split_once('.') else { return };
        match (topic, session) {
            ("Target" | "Inspector", _) => self.target(event),
            ("Browser", None) => self.download(event),
            ("Page", Some(session)) if event.method.contains("javascriptDialog") => {
                self.dialog(session, event);
            }
            ("Page", Some(session)) if event.method == "Page.fileChooserOpened" => {
                self.chooser(session, event);
            }
            ("Page", Some(session)) => self.loading(session, event),
            ("Network", Some(session)) => self.network(session, event),
            ("Fetch", Some(session)) => self.paused_request(session, event),
            ("Runtime", Some(session)) => self.runtime(session, event),
            ("Log", Some(_)) => self.log_entry(event),
            ("Input", Some(_)) => self.drag(event),
            _ => {}
        }
    }

    fn log_entry(&self, event: &Event) {
        #[derive(Deserialize)]
        struct Added {
            entry: Entry,
        }
        #[derive(Deserialize)]
        struct Entry {
            source: String,
            level: String,
            text: String,
        }
        let Some(Added { entry }) = event.read() else { return };
        // Failed requests are reported as such.
        if entry.source != "network" && matches!(entry.level.as_str(), "warning" | "error") {
            self.watched.change(|state| state.journal.console(&entry.level, &entry.text));
        }
    }

    fn runtime(&self, session: &str, event: &Event) {
        match event.method.as_str() {
            "Runtime.executionContextCreated" => self.world_made(session, event),
            "Runtime.executionContextDestroyed" => self.world_gone(event),
            "Runtime.executionContextsCleared" => self.worlds_gone(session),
            "Runtime.consoleAPICalled" => self.console(event),
            "Runtime.exceptionThrown" => self.exception(event),
            _ => {}
        }
    }

    fn console(&self, event: &Event) {
        #[derive(Deserialize)]
        struct Called<'a> {
            #[serde(rename = "type")]
            kind: &'a str,
            args: Vec<Argument>,
        }
        #[derive(Deserialize)]
        struct Argument {
            value: Option<serde_json::Value>,
            description: Option<String>,
        }
        let Some(Called { kind, args }) = event.read() else { return };
        let level = match kind {
            "error" | "assert" => "error",
            "warning" => "warning",
            _ => return,
        };
        let text: Vec<String> = args
            .into_iter()
            .map(|argument| match (argument.value, argument.description) {
                (Some(serde_json::Value::String(text)), _) | (None, Some(text)) => text,
                (Some(value), _) => value.to_string(),
                (None, None) => String::new(),
            })
            .collect();
        self.watched.change(|state| state.journal.console(level, &text.join(" ")));
    }

    fn exception(&self, event: &Event) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Thrown {
            exception_details: Details,
        }
        #[derive(Deserialize)]
        struct Details {
            text: String,
            exception: Option<Exception>,
        }
        #[derive(Deserialize)]
        struct Exception {
            description: Option<String>,
        }
        let Some(Thrown { exception_details: details }) = event.read() else { return };
        let text = details.exception.and_then(|e| e.description).unwrap_or(details.text);
        // The first line says what; the stack below it is the page's business.
        let text = text.lines().next().unwrap_or_default();
        self.watched.change(|state| {
            state.journal.console("exception", text);
            if state.journal.thrown.len() < THROWN {
                state.journal.thrown.push(text.to_owned());
            }
        });
    }
}
