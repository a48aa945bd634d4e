//! Time and identity, as arguments: the one place that reads the clock or mints an id.

use chrono::{DateTime, SubsecRound, Utc};
use uuid::Uuid;

/// Where the current time and new ids come from.
pub trait Clock: Send + Sync + 'static {
    /// The current time, to the microsecond, which is what Postgres keeps.
    fn now(&self) -> DateTime<Utc>;
    /// A fresh, time-ordered id (UUIDv7).
    fn new_id(&self) -> Uuid;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the Clock everyone else asks")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now().trunc_subsecs(6)
    }

    #[expect(clippy::disallowed_methods, reason = "this is the Clock everyone else asks")]
    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
