//! Times as people give them: how long ago, a day, or to the second.

use crate::exit::{Failed, USAGE};
use anyhow::Result;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// The time that an option means, `--since 7d` say; a day is its beginning.
pub(super) fn moment(flag: &str, text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>> {
    let time = DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN).and_utc());
    time.or_else(day).or_else(|| ago(text, now)).ok_or_else(|| {
        let right = "it is 90m, 24h or 7d for so long ago, a day as 2026-12-31, or a time as \
                     2026-12-31T23:59:59Z";
        Failed::new(USAGE, format!("{flag}: {right}")).into()
    })
}

fn ago(text: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let unit = text.chars().next_back()?;
    let count: i64 = text.strip_suffix(unit)?.parse().ok().filter(|count| *count >= 0)?;
    let span = match unit {
        'm' => TimeDelta::try_minutes(count)?,
        'h' => TimeDelta::try_hours(count)?,
        'd' => TimeDelta::try_days(count)?,
        _ => return None,
    };
    now.checked_sub_signed(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let now = "2026-11-29T12:00:00Z".parse().unwrap();
        let found = moment("--since", text, now).ok();
        let expected = expected.map(|time| time.parse::<DateTime<Utc>>().unwrap());
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_time_is_given_as_people_give_it() {
        check("90m", Some("2026-11-29T10:30:00Z"));
        check("24h", Some("2026-11-28T12:00:00Z"));
        check("7d", Some("2026-11-22T12:00:00Z"));
        check("2026-11-01", Some("2026-11-01T00:00:00Z"));
        check("2026-11-01T10:00:00+02:00", Some("2026-11-01T08:00:00Z"));
        for wrong in ["", "d", "7", "-7d", "7w", "yesterday", "99999999999999d", "7ä"] {
            check(wrong, None);
        }
    }
}
