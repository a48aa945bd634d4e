//! What follows a failed attempt.

use crate::failure::TaskFailure;
use chrono::{DateTime, TimeDelta, Utc};

/// What becomes of a task whose run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterFailure {
    /// Try again, not before this time.
    RetryAt(DateTime<Utc>),
    /// The task has failed.
    GiveUp(TaskFailure),
}

const FIRST_SECONDS: f64 = 2.0;
const MAX_SECONDS: f64 = 300.0;

/// Decides whether a failed attempt is followed by another. Waits double from 2 s to 5 min, spread
/// by `jitter` (0 to 1) over half to all of that, so that tasks that failed together do not return
/// together.
#[must_use]
pub fn after_failure(
    failure: TaskFailure,
    attempt: u32,
    max_attempts: u32,
    now: DateTime<Utc>,
    jitter: f64,
) -> AfterFailure {
    if !failure.is_retryable() {
        return AfterFailure::GiveUp(failure);
    }
    if attempt >= max_attempts {
        return AfterFailure::GiveUp(failure.after_attempts(attempt));
    }
    let doublings = attempt.saturating_sub(1).min(16);
    let full = (FIRST_SECONDS * f64::from(1_u32 << doublings)).min(MAX_SECONDS);
    let wait = full * (0.5 + 0.5 * jitter.clamp(0.0, 1.0));
    #[expect(clippy::cast_possible_truncation, reason = "at most 300,000")]
    let milliseconds = (wait * 1000.0) as i64;
    AfterFailure::RetryAt(now + TimeDelta::milliseconds(milliseconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::{FailureKind, LimitName};

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    #[test]
    fn retries_wait_longer_each_time_up_to_five_minutes() {
        let waits: Vec<i64> = (1..12)
            .map(|attempt| {
                let failure = TaskFailure::infrastructure("chrome died");
                match after_failure(failure, attempt, 20, now(), 1.0) {
                    AfterFailure::RetryAt(at) => (at - now()).num_seconds(),
                    AfterFailure::GiveUp(failure) => panic!("{failure:?}"),
                }
            })
            .collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    }

    #[test]
    fn jitter_spreads_over_the_upper_half() {
        let at = |jitter| after_failure(TaskFailure::infrastructure("x"), 1, 3, now(), jitter);
        assert_eq!(at(0.0), AfterFailure::RetryAt(now() + TimeDelta::seconds(1)));
        assert_eq!(at(1.0), AfterFailure::RetryAt(now() + TimeDelta::seconds(2)));
    }

    #[test]
    fn the_last_attempt_gives_up_and_says_so() {
        let failure = TaskFailure::infrastructure("chrome died");
        let AfterFailure::GiveUp(end) = after_failure(failure, 3, 3, now(), 0.5) else {
            panic!("should give up");
        };
        assert_eq!((end.kind, end.limit), (FailureKind::Budget, Some(LimitName::Attempts)));
        assert_eq!(end.message, "gave up after 3 attempts: chrome died");
    }

    #[test]
    fn what_a_retry_cannot_mend_is_not_retried() {
        for kind in [FailureKind::Blocked, FailureKind::Budget, FailureKind::Invalid] {
            let failure = TaskFailure { kind, ..TaskFailure::infrastructure("no") };
            let after = after_failure(failure.clone(), 1, 3, now(), 0.5);
            assert_eq!(after, AfterFailure::GiveUp(failure));
        }
    }
}
