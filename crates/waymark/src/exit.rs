//! Exit codes, and how an error reaches a person.

use crate::output::{NobodyReads, note};
use std::process::ExitCode;

/// The task ended without reaching its goal.
pub(crate) const TASK_FAILED: u8 = 1;
/// The task was cancelled.
pub(crate) const TASK_CANCELLED: u8 = 2;
/// Nobody answered the task's question in time.
pub(crate) const TASK_UNANSWERED: u8 = 3;
/// The call or a setting is wrong (`EX_USAGE`).
pub(crate) const USAGE: u8 = 64;
/// What was sent is wrong (`EX_DATAERR`).
pub(crate) const DATA: u8 = 65;
/// The server or something needed is not there (`EX_UNAVAILABLE`).
pub(crate) const UNAVAILABLE: u8 = 69;
/// The key is wrong or does not allow it (`EX_NOPERM`).
pub(crate) const FORBIDDEN: u8 = 77;
/// Nobody reads the results any more: what a shell says of a program that a signal ended for this.
const NOBODY_READS: u8 = 128 + 13;

/// An error that knows its exit code.
#[derive(Debug)]
pub(crate) struct Failed {
    code: u8,
    message: String,
}

impl Failed {
    pub(crate) fn new(code: u8, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failed {}

/// Reports an error on standard error, its causes with it; that nobody reads any more, to nobody.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    if error.is::<NobodyReads>() {
        return ExitCode::from(NOBODY_READS);
    }
    let mut text = format!("waymark: {error}");
    for cause in error.chain().skip(1) {
        text.push_str("\n  because: ");
        text.push_str(&cause.to_string());
    }
    note(text);
    let code = error.downcast_ref::<Failed>().map_or(1, |failed| failed.code);
    ExitCode::from(code)
}

/// Reports a wrong call; help and version are no error.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    drop(error.print());
    if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS }
}
