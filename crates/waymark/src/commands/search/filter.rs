//! The filters of a search, as they were given and as the API takes them.

use crate::cli::SearchFilterArgs;
use crate::exit::{Failed, USAGE};
use anyhow::Result;
use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};

/// The filters that were given.
#[derive(Debug, Clone)]
pub(super) struct Filter(Vec<Given>);

#[derive(Debug, Clone)]
struct Given {
    /// As it was given, as in `--site shop`.
    flag: String,
    /// As the API takes it.
    name: &'static str,
    value: String,
}

impl Filter {
    pub(super) fn of(args: SearchFilterArgs, now: DateTime<Utc>) -> Result<Self> {
        let healed = args.healed.map(|healed| healed.to_string());
        let mut given = Vec::new();
        for (flag, name, value) in [
            ("--site", "site", args.site),
            ("--page", "page", args.page),
            ("--error-class", "error_class", args.error_class),
            ("--outcome", "outcome", args.outcome),
            ("--agent", "agent", args.agent),
            ("--label", "label", args.label),
            ("--since", "started_after", args.since),
            ("--until", "started_before", args.until),
            ("--healed", "healed", healed),
        ] {
            let Some(text) = value else { continue };
            let flag = format!("{flag} {text}");
            let value = if name.starts_with("started_") { time(&flag, &text, now)? } else { text };
            given.push(Given { flag, name, value });
        }
        Ok(Self(given))
    }

    /// A query with them.
    pub(super) fn added_to<'a>(&self, query: &[(&'a str, String)]) -> Vec<(&'a str, String)> {
        let given = self.0.iter().map(|given| (given.name, given.value.clone()));
        query.iter().cloned().chain(given).collect()
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    /// Each filter as it was given, and the others.
    pub(super) fn one_less(&self) -> impl Iterator<Item = (&str, Self)> {
        self.0.iter().enumerate().map(|(at, given)| {
            let mut rest = self.0.clone();
            rest.remove(at);
            (given.flag.as_str(), Self(rest))
        })
    }
}

/// A time as the API takes it, from one, from a day, or from how long ago.
fn time(flag: &str, text: &str, now: DateTime<Utc>) -> Result<String> {
    let time = DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc());
    let day = || Some(text.parse::<NaiveDate>().ok()?.and_time(NaiveTime::MIN).and_utc());
    let time = time.or_else(day).or_else(|| ago(text, now)).ok_or_else(|| {
        let right = "it is 90m, 24h or 7d for so long ago, a day as 2026-12-31, or a time as \
                     2026-12-31T23:59:59Z";
        Failed::new(USAGE, format!("{flag}: {right}"))
    })?;
    Ok(time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
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
        let found = time("--since", text, now).ok();
        assert_eq!(found.as_deref(), expected, "{text}");
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
