//! What happened in a session since it was last asked.

use domain::observation::{Change, ConsoleLine, Dialog, NetworkError};
use std::collections::HashMap;
use std::path::PathBuf;

/// How many console lines and network errors one observation holds.
const LINES: usize = 20;
/// How many answers are remembered for conditions.
const ANSWERS: usize = 1_000;
/// How many requests may be under way before the oldest are forgotten.
const REQUESTS: usize = 2_000;
const CONSOLE_CHARS: usize = 500;

/// What happened. What an observation reports is taken out of it; what conditions look at is
/// forgotten when the next action begins.
#[derive(Default)]
pub(crate) struct Journal {
    pub(crate) changes: Vec<Change>,
    /// The targets of tabs that opened; where they are is known only later.
    pub(crate) opened: Vec<String>,
    pub(crate) console: Vec<ConsoleLine>,
    pub(crate) network: Vec<NetworkError>,
    pub(crate) dialogs: Vec<Dialog>,
    /// Finished files that were not handed over yet.
    pub(crate) arrived: Vec<Arrived>,
    /// URL and status of each answer since the last action began.
    pub(crate) answers: Vec<(String, u16)>,
    /// What the page's scripts threw since the last action began.
    pub(crate) thrown: Vec<String>,
    /// Downloads since the last action began.
    pub(crate) downloads: Vec<DownloadState>,
    /// Requests under way, by id.
    requests: HashMap<String, (String, String)>,
}

/// A file on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrived {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
}

/// How far a download is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DownloadState {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) end: DownloadEnd,
}

/// How a download ended, if it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DownloadEnd {
    Pending,
    Arrived,
    Failed(String),
}

impl Journal {
    /// Takes out what an observation reports.
    pub(crate) fn take(&mut self) -> Self {
        Self {
            changes: std::mem::take(&mut self.changes),
            opened: std::mem::take(&mut self.opened),
            console: std::mem::take(&mut self.console),
            network: std::mem::take(&mut self.network),
            dialogs: std::mem::take(&mut self.dialogs),
            arrived: std::mem::take(&mut self.arrived),
            ..Self::default()
        }
    }

    /// An action begins: conditions count from here.
    pub(crate) fn begin_action(&mut self) {
        self.answers.clear();
        self.thrown.clear();
        self.downloads.retain(|download| download.end == DownloadEnd::Pending);
    }

    pub(crate) fn console(&mut self, level: &str, text: &str) {
        if self.console.len() < LINES {
            let text = text.chars().take(CONSOLE_CHARS).collect();
            let line = ConsoleLine { level: level.into(), text };
            if self.console.last() != Some(&line) {
                self.console.push(line);
            }
        }
    }

    pub(crate) fn request_sent(&mut self, id: String, method: String, url: String) {
        if self.requests.len() < REQUESTS {
            self.requests.insert(id, (method, url));
        }
    }

    /// An answer came; or, when there is a trouble, our proxy says why none did.
    pub(crate) fn request_answered(
        &mut self,
        id: &str,
        url: String,
        status: u16,
        trouble: Option<String>,
    ) {
        let refused = trouble.is_some();
        if refused || status >= 400 {
            let method = self.requests.get(id).map_or("GET", |(method, _)| method).to_owned();
            self.network_error(NetworkError {
                method,
                url: url.clone(),
                status: (!refused).then_some(status),
                error: trouble,
            });
        }
        if !refused && self.answers.len() < ANSWERS {
            self.answers.push((url, status));
        }
    }

    pub(crate) fn request_ended(&mut self, id: &str) -> Option<(String, String)> {
        self.requests.remove(id)
    }

    pub(crate) fn network_error(&mut self, error: NetworkError) {
        if self.network.len() < LINES {
            self.network.push(error);
        }
    }

    pub(crate) fn dialog_opened(&mut self, kind: &str, message: &str) {
        self.dialogs.push(Dialog { kind: kind.into(), message: message.into(), accepted: None });
    }

    /// A dialog that was reported while it was open is reported again with its answer.
    pub(crate) fn dialog_closed(&mut self, kind: &str, message: &str, accepted: bool) {
        let open = self.dialogs.iter_mut().rev().find(|dialog| dialog.accepted.is_none());
        match open {
            Some(dialog) => dialog.accepted = Some(accepted),
            None if kind.is_empty() => {}
            None => self.dialogs.push(Dialog {
                kind: kind.into(),
                message: message.into(),
                accepted: Some(accepted),
            }),
        }
    }

    pub(crate) fn download(&mut self, id: &str) -> Option<&mut DownloadState> {
        self.downloads.iter_mut().find(|download| download.id == id)
    }
}
