//! Whether a body was read as what it is. serde reads an array as a struct, field by field, and a
//! one-keyed object as the name of a variant; the schema says otherwise, and so do we.

use domain::invalid::Invalid;
use serde_json::Value;

/// The first place where what was read is of another kind than what was given.
pub(super) fn misread(given: &Value, read: &Value, path: &str) -> Option<Invalid> {
    match (given, read) {
        (Value::Object(given), Value::Object(read)) => given.iter().find_map(|(key, given)| {
            let path = match path {
                "" => key.clone(),
                path => format!("{path}.{key}"),
            };
            misread(given, read.get(key)?, &path)
        }),
        (Value::Array(given), Value::Array(read)) => {
            given.iter().zip(read).enumerate().find_map(|(index, (given, read))| {
                misread(given, read, &format!("{path}[{index}]"))
            })
        }
        (given, read) if kind(given) == kind(read) => None,
        (given, read) => Some(Invalid {
            field: path.to_owned(),
            message: format!("must be {}, not {}", kind(read), kind(given)),
        }),
    }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
