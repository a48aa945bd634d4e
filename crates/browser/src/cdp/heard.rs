//! What a session hears from the browser.

use super::call::CallError;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Events, and the answers to a session's own calls between them. They take the same way, so that
/// whoever gets an answer finds the state as it was when the answer was given.
pub(crate) enum Heard {
    Event(Event),
    Answer(Delivery),
}

/// Something the browser reports.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// The protocol session it comes from: a tab or a frame; none for the browser itself.
    pub(crate) session: Option<String>,
    /// The protocol's name of it.
    pub(crate) method: String,
    pub(super) params: Arc<RawValue>,
}

impl Event {
    /// Its particulars; `None` when they are not as expected, which is logged and no more: the
    /// protocol drifts, and an event that cannot be read must not end anything.
    pub(crate) fn read<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        let read = serde_json::from_str(self.params.get());
        if read.is_err() {
            // Not what is wrong with it: that could quote the page.
            tracing::debug!("an event {} cannot be read", self.method);
        }
        read.ok()
    }
}

/// An answer on its last stretch.
pub(crate) struct Delivery {
    pub(super) to: oneshot::Sender<Answered>,
    pub(super) answer: Answered,
}

pub(super) type Answered = Result<Box<RawValue>, CallError>;

impl Delivery {
    pub(crate) fn deliver(self) {
        // Nobody may be waiting any more, and that is fine.
        self.to.send(self.answer).ok();
    }
}
