//! One call: an answer that is on its way.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::time::Duration;
use tokio::sync::oneshot;

/// Why a call has no result.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum CallError {
    /// The connection ended; so has every later call.
    #[error("the browser is gone")]
    Closed,
    /// No answer within the call's deadline.
    #[error("the browser did not answer {method} in time")]
    Deadline {
        /// The protocol's name of the call.
        method: &'static str,
    },
    /// The browser said no.
    #[error("{method}: {message}")]
    Refused {
        /// The protocol's name of the call.
        method: &'static str,
        /// What the browser said.
        message: String,
    },
    /// The answer is not what the protocol says it should be.
    #[error("{method}: the answer cannot be read: {message}")]
    Unreadable {
        /// The protocol's name of the call.
        method: &'static str,
        /// What the parser said.
        message: String,
    },
}

impl CallError {
    /// Whether the document the call was made in is no longer there.
    pub(crate) fn is_gone_document(&self) -> bool {
        let Self::Refused { message, .. } = self else {
            return false;
        };
        [
            "Cannot find context",
            "uniqueContextId not found",
            "Execution context was destroyed",
            "Inspected target navigated or closed",
            "Cannot find default execution context",
            "Session with given id not found",
            "Promise was collected",
            "Target closed",
        ]
        .iter()
        .any(|says| message.contains(says))
    }
}

/// An answer that is on its way. A call is sent when it is started, so several can be under way
/// at once; dropping this only means that nobody waits.
pub(crate) struct Reply {
    pub(super) method: &'static str,
    pub(super) answer: oneshot::Receiver<Result<Box<RawValue>, CallError>>,
}

impl Reply {
    /// Waits for the answer and reads it.
    pub(crate) async fn read<T: DeserializeOwned>(self, within: Duration) -> Result<T, CallError> {
        let method = self.method;
        let raw = self.raw(within).await?;
        serde_json::from_str(raw.get())
            .map_err(|error| CallError::Unreadable { method, message: error.to_string() })
    }

    /// Waits until the call was carried out.
    pub(crate) async fn done(self, within: Duration) -> Result<(), CallError> {
        self.raw(within).await.map(|_| ())
    }

    async fn raw(self, within: Duration) -> Result<Box<RawValue>, CallError> {
        match tokio::time::timeout(within, self.answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(CallError::Closed),
            Err(_) => Err(CallError::Deadline { method: self.method }),
        }
    }
}
