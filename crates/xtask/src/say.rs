//! What xtask tells a person, and the errors that carry an exit code.

use std::fmt::{self, Arguments};
use std::io::{self, Write};
use std::time::Duration;

/// Exit code of sysexits(3): something this machine does not have, and that we cannot bring.
pub(crate) const UNAVAILABLE: u8 = 69;

/// Prints one line. A closed pipe is no reason to stop working.
pub(crate) fn line(words: Arguments<'_>) {
    let mut out = io::stdout().lock();
    writeln!(out, "{words}").and_then(|()| out.flush()).ok();
}

/// Prints one line of what was asked for.
macro_rules! say {
    ($($words:tt)*) => { $crate::say::line(format_args!($($words)*)) };
}
pub(crate) use say;

/// Prints one line of what is being done, beside the output.
macro_rules! note {
    ($($words:tt)*) => { $crate::say::complain(format_args!($($words)*)) };
}
pub(crate) use note;

/// Prints what went wrong, in the place where people and scripts look for it.
pub(crate) fn complain(words: Arguments<'_>) {
    writeln!(io::stderr().lock(), "{words}").ok();
}

/// This machine lacks something; the words say what to do about it.
#[derive(Debug)]
pub(crate) struct Unavailable(pub(crate) String);

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unavailable {}

/// A duration as a person says it: `0.8 s`, `42 s`, `3 min 05 s`.
pub(crate) fn seconds(time: Duration) -> String {
    let whole = time.as_secs();
    match whole {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{whole} s"),
        _ => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_like_speech() {
        assert_eq!(seconds(Duration::from_millis(840)), "0.8 s");
        assert_eq!(seconds(Duration::from_secs(42)), "42 s");
        assert_eq!(seconds(Duration::from_secs(185)), "3 min 05 s");
    }
}
