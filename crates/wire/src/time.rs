//! Times in requests: RFC 3339 to the letter, where chrono alone would take more.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, de::Error as _};

/// Reads an optional time.
pub(crate) fn optional<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime<Utc>>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    DateTime::parse_from_rfc3339(&text).map(|time| Some(time.to_utc())).map_err(|_| {
        D::Error::custom(format!(
            "`{}` is not a time as in 2026-12-31T23:59:59Z",
            text.chars().take(40).collect::<String>()
        ))
    })
}
