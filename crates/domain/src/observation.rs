//! What was seen after an action.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The page after a step, and what happened on the way.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Observation {
    /// The URL of the tab.
    pub url: String,
    /// The title of the page.
    pub title: String,
    /// What changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Warnings and errors the page wrote to its console, at most 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub console: Vec<ConsoleLine>,
    /// Requests that failed or were answered with an error, at most 20.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub network: Vec<NetworkError>,
    /// Dialogs that opened.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dialogs: Vec<Dialog>,
}

/// One thing that changed during a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", tag = "what")]
pub enum Change {
    /// A document was loaded.
    Navigated {
        /// Where to.
        url: String,
        /// The HTTP status of its document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
    /// The URL changed without loading a document.
    UrlChanged {
        /// To what.
        url: String,
    },
    /// A tab opened.
    TabOpened {
        /// Its URL.
        url: String,
    },
    /// A tab closed.
    TabClosed {
        /// Its URL.
        url: String,
    },
    /// A file was downloaded.
    Downloaded {
        /// Its name.
        name: String,
        /// Its size in bytes.
        bytes: u64,
    },
    /// Interactive elements appeared or disappeared.
    Elements {
        /// How many more.
        appeared: u32,
        /// How many fewer.
        disappeared: u32,
    },
}

/// A line of the page's console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsoleLine {
    /// `warning`, `error` or `exception`.
    pub level: String,
    /// The text, at most 500 characters.
    pub text: String,
}

/// A request that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NetworkError {
    /// HTTP method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// The status of the answer, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What the browser or our egress rules say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A dialog of the page's script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dialog {
    /// `alert`, `confirm`, `prompt` or `beforeunload`.
    pub kind: String,
    /// What it says.
    pub message: String,
    /// How it was answered; `None` while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<bool>,
}
