//! What is known of a session: its tabs and frames, what is loading, what happened.

use super::journal::Journal;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;
use tokio::time::Instant;

/// The state of a session, written by its pump, read by its actions.
pub(crate) struct Watched {
    state: Mutex<State>,
    changes: watch::Sender<()>,
}

impl Watched {
    pub(crate) fn new() -> Self {
        Self { state: Mutex::default(), changes: watch::Sender::new(()) }
    }

    /// Looks at the state.
    pub(crate) fn see<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the state, and wakes whoever waits for a change.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changes.send_replace(());
        result
    }

    /// Waits until something is seen; `None` when it is not in time.
    pub(crate) async fn until<T>(
        &self,
        deadline: Instant,
        mut look: impl FnMut(&State) -> Option<T>,
    ) -> Option<T> {
        let mut changes = self.changes.subscribe();
        loop {
            if let Some(seen) = self.see(&mut look) {
                return Some(seen);
            }
            // The sender lives as long as we do.
            if let Err(_) | Ok(Err(_)) = tokio::time::timeout_at(deadline, changes.changed()).await
            {
                return self.see(&mut look);
            }
        }
    }
}

#[derive(Default)]
pub(crate) struct State {
    /// In the order they opened.
    pub(crate) tabs: Vec<Tab>,
    /// The target id of the tab that is acted in.
    pub(crate) current: String,
    /// The tab that each protocol session belongs to.
    pub(crate) sessions: HashMap<String, String>,
    /// The dialog that is open, if one is.
    pub(crate) dialog: Option<OpenDialog>,
    /// The answers to dialogs that no step has to give any more.
    pub(crate) dialogs: Answers,
    /// What happened.
    pub(crate) journal: Journal,
    /// The file input a page asked for files with: its session and node.
    pub(crate) chooser: Option<(String, i64)>,
    /// What the page drags, since it started to.
    pub(crate) dragged: Option<serde_json::Value>,
    /// Documents are not asked for but made up, empty.
    pub(crate) made_up: bool,
    /// The connection is over.
    pub(crate) gone: bool,
}

impl State {
    /// The tab that is acted in.
    pub(crate) fn tab(&self) -> Option<&Tab> {
        self.tabs.iter().find(|tab| tab.target == self.current)
    }

    pub(crate) fn tab_of(&mut self, session: &str) -> Option<&mut Tab> {
        let target = self.sessions.get(session)?;
        self.tabs.iter_mut().find(|tab| tab.target == *target)
    }

    /// Whether the tab that is acted in cannot be used any more.
    pub(crate) fn is_dead(&self) -> bool {
        self.gone || self.tab().is_some_and(|tab| tab.crashed)
    }
}

/// A tab with its frames.
#[derive(Debug)]
pub(crate) struct Tab {
    pub(crate) target: String,
    pub(crate) session: String,
    pub(crate) url: String,
    pub(crate) frames: HashMap<String, Frame>,
    /// What the main frame is doing.
    pub(crate) load: Load,
    /// The document the main frame shows.
    pub(crate) document: Document,
    /// How many navigations of the main frame were begun.
    pub(crate) begun: u64,
    /// How the last one ended that did not become a document.
    pub(crate) stillborn: Option<Stillborn>,
    /// The answers to the requests for documents, by loader.
    pub(crate) answers: HashMap<String, DocumentAnswer>,
    pub(crate) crashed: bool,
}

impl Tab {
    pub(crate) fn new(target: String, session: String) -> Self {
        let main = Frame { session: session.clone(), ..Frame::default() };
        Self {
            frames: HashMap::from([(target.clone(), main)]),
            target,
            session,
            url: "about:blank".into(),
            load: Load::Idle,
            document: Document::default(),
            begun: 0,
            stillborn: None,
            answers: HashMap::new(),
            crashed: false,
        }
    }

    /// The main frame has its tab's id.
    pub(crate) fn is_main(&self, frame: &str) -> bool {
        self.target == frame
    }
}

/// A frame of a tab.
#[derive(Debug, Default, Clone)]
pub(crate) struct Frame {
    /// The protocol session to reach it through: its tab's, or its own when it lives in another
    /// process.
    pub(crate) session: String,
    /// Our isolated world in its current document.
    pub(crate) world: Option<String>,
}

/// What a main frame is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Load {
    /// Nothing.
    #[default]
    Idle,
    /// The page asked to go somewhere.
    Asked,
    /// The request was sent.
    Under {
        /// Its loader.
        loader: String,
    },
    /// The new document is there and being read.
    Reading {
        /// Its loader.
        loader: String,
    },
}

/// A document of a main frame.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Document {
    pub(crate) loader: String,
    pub(crate) url: String,
    pub(crate) status: Option<u16>,
    /// Whether it was loaded with everything in it.
    pub(crate) complete: bool,
    /// Whether it is the browser's own error page; then for which URL.
    pub(crate) unreachable: Option<String>,
}

/// The answer to a request for a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct DocumentAnswer {
    pub(crate) url: String,
    pub(crate) status: Option<u16>,
}

/// A navigation that did not become a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stillborn {
    /// Where it would have gone.
    pub(crate) url: String,
    /// What was answered there, if something was.
    pub(crate) status: Option<u16>,
    /// What the browser says: `net::ERR_…`.
    pub(crate) error: String,
    /// Whether that is how downloads, empty answers and other applications look.
    pub(crate) harmless: bool,
}

/// A dialog that waits for its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenDialog {
    pub(crate) session: String,
    pub(crate) kind: String,
    pub(crate) message: String,
}

/// How a dialog is answered.
#[derive(Clone)]
pub(crate) struct DialogAnswer {
    pub(crate) accept: bool,
    pub(crate) text: Option<String>,
}

/// Answers to dialogs, given before they open. They hold for one action: an answer that was left
/// over from another question would say yes to something nobody asked about.
#[derive(Default)]
pub(crate) struct Answers {
    /// What the next dialog is answered with.
    armed: Option<DialogAnswer>,
    /// Whether an action began since; the answer is gone when another one begins.
    in_use: bool,
    /// Whether we answered a dialog of the last action by ourselves.
    given: bool,
}

impl Answers {
    /// Keeps an answer for the next action; unless it is for a dialog that we answered already.
    pub(crate) fn arm(&mut self, answer: DialogAnswer) {
        if !std::mem::take(&mut self.given) {
            self.armed = Some(answer);
            self.in_use = false;
        }
    }

    /// An action begins that may open dialogs.
    pub(crate) fn next_action(&mut self) {
        if self.in_use {
            self.armed = None;
        }
        self.in_use = true;
        self.given = false;
    }

    /// The action did nothing: the answer is for the next one.
    pub(crate) fn keep(&mut self) {
        self.in_use = false;
    }

    /// The answer for a dialog that opens now.
    pub(crate) fn take(&mut self) -> Option<DialogAnswer> {
        self.armed.take()
    }

    /// A dialog opens that we answer by ourselves.
    pub(crate) fn give(&mut self) -> DialogAnswer {
        self.given = true;
        DialogAnswer { accept: true, text: None }
    }

    /// A step answers a dialog that is open: what was answered before is not its concern.
    pub(crate) fn asked(&mut self) {
        self.given = false;
    }
}
