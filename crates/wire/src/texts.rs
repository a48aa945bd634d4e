//! Every text of a task with the path of its field, for rules that hold everywhere.

use domain::invalid::Faults;
use serde::Serialize;
use serde_json::Value;

/// Visits every text of a JSON value with its path.
pub(crate) fn each_text(value: &Value, path: &str, visit: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => visit(path, text),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                each_text(item, &format!("{path}[{index}]"), visit);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                each_text(item, &format!("{path}.{key}"), visit);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Refuses NUL in every text: Postgres has none.
pub(crate) fn refuse_nul(form: &impl Serialize, faults: &mut Faults) {
    match serde_json::to_value(form) {
        Ok(texts) => each_text(&texts, "", &mut |field, text| {
            if text.contains('\0') {
                let field = field.trim_start_matches('.');
                faults.add(field, "must not contain the character NUL");
            }
        }),
        Err(error) => faults.add("body", error.to_string()),
    }
}

/// Whether a text consists of visible ASCII characters only, and is no longer than that.
pub(crate) fn is_word(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The longest key and the longest value of a label.
pub(crate) const LABEL_CHARS: usize = 100;

/// Whether a text can be the key of a label.
#[must_use]
pub fn is_label_key(key: &str) -> bool {
    (1..=LABEL_CHARS).contains(&key.len())
        && key.starts_with(|c: char| c.is_ascii_alphanumeric())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./-".contains(&b))
}
