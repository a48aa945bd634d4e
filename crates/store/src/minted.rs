//! Ids by the time they were minted at, which they begin with.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// How far the clock may be put back between the two times that a claim asks it.
const SLACK: TimeDelta = TimeDelta::hours(1);

/// A bound of ids: those minted until this time are less.
pub(crate) fn first_id_after(time: DateTime<Utc>) -> Uuid {
    let millis = u128::try_from(time.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128((millis + 1) << 80)
}

/// A bound of the ids of runs that began at this time or later: none of them is less, some of those
/// that are not began before. Whoever claims a task asks one clock for the time of its run first, for
/// its id then, so an id carries that time or a later one. How much later is not known: there is no
/// such bound at the other end. Without a time it is the least id of all, not nothing: a statement that
/// asks whether there is a bound, and is planned once for all, does not use it to read less.
pub(crate) fn first_run_since(time: Option<DateTime<Utc>>) -> Uuid {
    let Some(time) = time else { return Uuid::nil() };
    first_id_after(time.checked_sub_signed(SLACK).unwrap_or(DateTime::UNIX_EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_earlier_times_are_less_and_of_later_ones_are_not() {
        let time = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(1_764_000_000_123);
        let minted = |time: DateTime<Utc>| {
            let millis = u64::try_from(time.timestamp_millis()).unwrap();
            uuid::Builder::from_unix_timestamp_millis(millis, &[0xff; 10]).into_uuid()
        };
        assert!(minted(time) < first_id_after(time));
        assert!(minted(time + TimeDelta::milliseconds(1)) > first_id_after(time));
        assert!(minted(time) > first_run_since(Some(time)));
        assert!(minted(time - SLACK) < first_run_since(Some(time)));
    }
}
