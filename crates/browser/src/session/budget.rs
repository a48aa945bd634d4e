//! The time an action has.

use std::time::Duration;
use tokio::time::Instant;

/// What the way there and back may take of the time a page is given to wait.
const WAY: Duration = Duration::from_millis(25);

/// The time an action has, counted from its beginning.
#[derive(Debug, Clone, Copy)]
pub(super) struct Budget {
    pub(super) deadline: Instant,
    pub(super) whole: Duration,
}

impl Budget {
    pub(super) fn new(within: Duration) -> Self {
        Self { deadline: Instant::now() + within, whole: within }
    }

    pub(super) fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    pub(super) fn is_spent(&self) -> bool {
        self.left().is_zero()
    }

    /// How long a page may wait, in milliseconds.
    pub(super) fn page_ms(&self) -> u64 {
        u64::try_from(self.left().saturating_sub(WAY).as_millis()).unwrap_or(u64::MAX)
    }

    /// A part of what is left, with an end of its own.
    pub(super) fn at_most(&self, limit: Duration) -> Self {
        Self { deadline: self.deadline.min(Instant::now() + limit), whole: self.whole }
    }

    /// As people say it.
    pub(super) fn shown(&self) -> String {
        if self.whole.as_millis().is_multiple_of(1000) {
            format!("{} s", self.whole.as_secs())
        } else {
            format!("{:.1} s", self.whole.as_secs_f64())
        }
    }
}
