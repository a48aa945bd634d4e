//! The filters of a search, as they were given and as the API takes them.

use crate::cli::SearchFilterArgs;
use crate::commands::moment::moment;
use crate::exit::{Failed, USAGE};
use anyhow::Result;
use chrono::{DateTime, SecondsFormat, Utc};

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
        let mut times = Vec::new();
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
            let value = if name.starts_with("started_") {
                let time = moment(&flag, &text, now)?;
                times.push((flag.clone(), time));
                time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
            } else {
                text
            };
            given.push(Given { flag, name, value });
        }
        if let [(since, begins), (until, ends)] = &times[..]
            && begins >= ends
        {
            let wrong = format!("{since} must be before {until}");
            return Err(Failed::new(USAGE, wrong).into());
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
