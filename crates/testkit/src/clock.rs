//! A clock that stands still until a test moves it.

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::{ContextV7, Timestamp, Uuid};

/// 2026-01-01T12:00:00Z
const START: i64 = 1_767_268_800;

/// Stands still until it is moved. Clones show the same time.
#[derive(Clone)]
pub struct TestClock {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    now: DateTime<Utc>,
    ids: ContextV7,
}

impl TestClock {
    /// A clock that shows noon of the first day of 2026.
    #[must_use]
    pub fn new() -> Self {
        Self {
            inner: Arc::new(Mutex::new(Inner {
                now: DateTime::UNIX_EPOCH + TimeDelta::seconds(START),
                ids: ContextV7::new(),
            })),
        }
    }

    /// Moves the time forward.
    pub fn advance(&self, by: Duration) {
        let mut inner = self.lock();
        inner.now += by;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        self.lock().now
    }

    /// Ids carry the time of this clock and grow, however many are minted while it stands still.
    fn new_id(&self) -> Uuid {
        let inner = self.lock();
        let seconds = u64::try_from(inner.now.timestamp()).unwrap_or(0);
        let time = Timestamp::from_unix(&inner.ids, seconds, inner.now.timestamp_subsec_nanos());
        Uuid::new_v7(time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_while_the_clock_stands_still() {
        let clock = TestClock::new();
        let ids: Vec<Uuid> = (0..10_000).map(|_| clock.new_id()).collect();
        assert!(ids.is_sorted());
        clock.advance(Duration::from_millis(1));
        assert!(clock.new_id() > ids[9_999]);
    }
}
