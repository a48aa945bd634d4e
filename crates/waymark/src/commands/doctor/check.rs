//! One thing looked at.

use serde::Serialize;

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Ok,
    Missing,
    Broken,
}

impl State {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Broken => "broken",
        }
    }
}

/// One thing looked at.
#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) what: &'static str,
    pub(super) state: State,
    /// Whether Waymark does not work without it.
    pub(super) needed: bool,
    pub(super) detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) how: Option<String>,
}

impl Check {
    pub(super) fn ok(what: &'static str, detail: impl Into<String>) -> Self {
        Self { what, state: State::Ok, needed: true, detail: detail.into(), how: None }
    }

    pub(super) fn missing(what: &'static str, detail: impl Into<String>, how: &str) -> Self {
        Self { state: State::Missing, how: Some(how.to_owned()), ..Self::ok(what, detail) }
    }

    pub(super) fn broken(what: &'static str, detail: impl Into<String>, how: &str) -> Self {
        Self { state: State::Broken, how: Some(how.to_owned()), ..Self::ok(what, detail) }
    }

    /// Broken, where the error itself says what to do.
    pub(super) fn failed(what: &'static str, error: &anyhow::Error) -> Self {
        let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
        Self { state: State::Broken, ..Self::ok(what, causes.join(": ")) }
    }

    /// Something that Waymark does without.
    pub(super) fn optional(self) -> Self {
        Self { needed: false, ..self }
    }

    /// Whether Waymark does not work like this.
    pub(super) fn is_grave(&self) -> bool {
        self.needed && self.state != State::Ok
    }
}
