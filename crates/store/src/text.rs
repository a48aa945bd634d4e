//! What Postgres cannot hold: the character U+0000, in text as in JSON. Pages and clients do send it.

use crate::error::{Corrupt, StoreError};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

const NUL: char = '\0';
const INSTEAD: &str = "\u{fffd}";

/// The text with U+0000 replaced by the replacement character.
pub(crate) fn clean(text: &str) -> Cow<'_, str> {
    if text.contains(NUL) { Cow::Owned(text.replace(NUL, INSTEAD)) } else { Cow::Borrowed(text) }
}

/// The same for text that may be missing.
pub(crate) fn clean_option(text: Option<&String>) -> Option<String> {
    text.map(|text| clean(text).into_owned())
}

/// JSON text for a jsonb column. Keys of objects are cleaned like strings.
///
/// # Errors
/// The value has no JSON form, which no type of ours allows.
pub(crate) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    let unreadable = |error: serde_json::Error| {
        StoreError::from(Corrupt::row("value", "to be written").column("json", error))
    };
    let text = serde_json::to_string(value).map_err(unreadable)?;
    if !text.contains("\\u0000") {
        return Ok(text);
    }
    let value = serde_json::from_str(&text).map_err(unreadable)?;
    serde_json::to_string(&clean_value(value)).map_err(unreadable)
}

/// What a label's column must contain.
pub(crate) fn label_filter(label: Option<&(String, String)>) -> Result<Option<String>, StoreError> {
    label.map(|(name, value)| json(&BTreeMap::from([(name, value)]))).transpose()
}

fn clean_value(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(clean(&text).into_owned()),
        Value::Array(items) => items.into_iter().map(clean_value).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (clean(&key).into_owned(), clean_value(value)))
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json as value;

    #[test]
    fn the_null_character_is_replaced_wherever_it_stands() {
        let dirty = value!({"a\0": ["b\0c", 1, null, {"d": "\0"}]});
        assert_eq!(
            json(&dirty).unwrap(),
            "{\"a\u{fffd}\":[\"b\u{fffd}c\",1,null,{\"d\":\"\u{fffd}\"}]}"
        );
        assert_eq!(clean("a\0b"), "a\u{fffd}b");
    }

    #[test]
    fn everything_else_stays_as_it_is() {
        let tricky = value!({"path": "C:\\u0000", "text": "ü\u{1}\u{fffd}", "n": 1.5});
        let text = json(&tricky).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), tricky);
        assert!(matches!(clean("ü"), Cow::Borrowed("ü")));
    }
}
