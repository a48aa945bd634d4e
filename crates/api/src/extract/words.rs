//! The small types of queries, and the faults that serde finds.

use crate::problem::ApiError;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use domain::invalid::Invalid;
use domain::site::page_meant;
use serde::Deserialize;

/// What an id is.
pub(super) const A_UUID: &str = "a UUID, as in 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";

/// How many items of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub(crate) struct Limit(pub(crate) u32);

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

impl TryFrom<u32> for Limit {
    type Error = &'static str;

    fn try_from(limit: u32) -> Result<Self, Self::Error> {
        match limit {
            1..=200 => Ok(Self(limit)),
            _ => Err("must be between 1 and 200"),
        }
    }
}

/// How long to wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub(crate) struct Seconds(pub(crate) u32);

impl TryFrom<u32> for Seconds {
    type Error = &'static str;

    fn try_from(seconds: u32) -> Result<Self, Self::Error> {
        match seconds {
            0..=60 => Ok(Self(seconds)),
            _ => Err("must be between 0 and 60"),
        }
    }
}

/// The name of a site or an agent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Word(pub(crate) String);

impl TryFrom<String> for Word {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() || text.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return Err("must be visible ASCII characters without spaces");
        }
        Ok(Self(text))
    }
}

/// A page of a site, whatever the keys of its query unless some are given; of a URL, its site as well.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct OnPage {
    site: Option<String>,
    page: String,
}

impl TryFrom<String> for OnPage {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let (site, page) = page_meant(&text)?;
        Ok(Self { site, page })
    }
}

impl OnPage {
    /// The site and the page to filter by. A site that is given is the one that tasks name; that of
    /// the URL would be another name for it.
    pub(crate) fn filter(
        site: Option<Word>,
        page: Option<Self>,
    ) -> (Option<String>, Option<String>) {
        let (implied, page) = page.map_or((None, None), |it| (it.site, Some(it.page)));
        (site.map(|site| site.0).or(implied), page)
    }
}

/// A label as `key:value`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Label(pub(crate) String, pub(crate) String);

impl TryFrom<String> for Label {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            Some((key, value)) if wire::is_label_key(key) => {
                Ok(Self(key.to_owned(), value.to_owned()))
            }
            _ => Err("must be a key and a value, as in `team:checkout`"),
        }
    }
}

/// A time, RFC 3339 to the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Timestamp(pub(crate) DateTime<Utc>);

impl TryFrom<String> for Timestamp {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        DateTime::parse_from_rfc3339(&text)
            .map(|time| Self(time.to_utc()))
            .map_err(|_| "must be a time as in 2026-12-31T23:59:59Z, its `+` written as %2B")
    }
}

/// When a span begins and ends, where that is said.
type Ends = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

impl Timestamp {
    /// The two ends of a span as filters take them. Nothing begins in a span that ends before it
    /// began: whoever asks for one has mixed something up.
    pub(crate) fn span(
        started_after: Option<Self>,
        started_before: Option<Self>,
    ) -> Result<Ends, ApiError> {
        match (started_after, started_before) {
            (Some(Self(after)), Some(Self(before))) if after >= before => {
                let before = before.to_rfc3339_opts(SecondsFormat::AutoSi, true);
                let message = format!("must be before `started_before`, {before}");
                let field = "started_after".to_owned();
                Err(ApiError::InvalidQuery(vec![Invalid { field, message }]))
            }
            (after, before) => Ok((after.map(|time| time.0), before.map(|time| time.0))),
        }
    }
}

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Date(pub(crate) NaiveDate);

impl TryFrom<String> for Date {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.len() == 10;
        NaiveDate::parse_from_str(&text, "%Y-%m-%d")
            .ok()
            .filter(|_| digits)
            .map(Self)
            .ok_or("must be a day as in 2026-12-31")
    }
}

/// A fault that serde found at a path. Of a field that is missing or unknown, serde gives the path
/// of what it is (not) in, and its name in the message.
pub(super) fn fault(path: &str, message: &str) -> Invalid {
    let path = path.trim_end_matches(['?', '.']);
    let named = ["unknown field `", "missing field `", "duplicate field `"]
        .into_iter()
        .find_map(|start| message.strip_prefix(start)?.split('`').next());
    let field = match named {
        Some(name) if path.is_empty() => name.to_owned(),
        Some(name) if path != name && !path.ends_with(&format!(".{name}")) => {
            format!("{path}.{name}")
        }
        _ => path.to_owned(),
    };
    let message = match message {
        _ if message.contains(", expected struct ") => "must be an object",
        _ if message.starts_with("UUID parsing failed") => return is_no_uuid(field),
        "cannot parse integer from empty string" | "invalid digit found in string" => {
            "must be a whole number, not negative"
        }
        "number too large to fit in target type" => "is too large a number",
        "provided string was not `true` or `false`" => "must be `true` or `false`",
        message => message,
    };
    Invalid { field, message: said_of_it(message).chars().take(500).collect() }
}

fn is_no_uuid(field: String) -> Invalid {
    Invalid { field, message: format!("must be {A_UUID}") }
}

/// What serde found and what it expected, by the names that JSON has for them.
fn in_json(kinds: &str) -> String {
    let Some((found, expected)) = kinds.rsplit_once(", expected ") else { return kinds.to_owned() };
    let found = match found {
        "map" => "an object",
        "sequence" => "an array",
        other => other,
    };
    let expected = match expected {
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, not negative",
        "f32" | "f64" => "a number",
        "a sequence" => "an array",
        "a map" => "an object",
        "a formatted UUID string" => A_UUID,
        other => other,
    };
    format!("{found}, expected {expected}")
}

/// A message of serde as something that is said of the field, whose name stands before it.
fn said_of_it(message: &str) -> String {
    for (start, said) in [
        ("unknown field `", "is an unknown field"),
        ("missing field `", "is missing"),
        ("duplicate field `", "is a duplicate field"),
    ] {
        if let Some((_, rest)) = message.strip_prefix(start).and_then(|it| it.split_once('`')) {
            return format!("{said}{rest}");
        }
    }
    for (start, said) in [
        ("unknown variant ", "is an unknown variant "),
        ("invalid type: ", "has an invalid type: "),
        ("invalid value: ", "has an invalid value: "),
    ] {
        if let Some(rest) = message.strip_prefix(start) {
            return format!("{said}{}", in_json(rest));
        }
    }
    message.to_owned()
}
