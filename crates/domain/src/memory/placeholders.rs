//! The placeholders something holds.

use serde::Serialize;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// What the placeholders stand for, as in `inputs.user`, sorted.
pub(super) fn placeholders(form: &impl Serialize) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if let Ok(json) = serde_json::to_value(form) {
        collect(&json, &mut names);
    }
    names
}

fn collect(json: &Json, names: &mut BTreeSet<String>) {
    match json {
        Json::String(text) => names.extend(in_text(text)),
        Json::Array(items) => items.iter().for_each(|item| collect(item, names)),
        Json::Object(fields) => fields.values().for_each(|field| collect(field, names)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn in_text(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("{{").skip(1).filter_map(|rest| {
        let name = rest.split_once("}}")?.0.trim();
        let known = name.starts_with("inputs.") || name.starts_with("secrets.");
        known.then(|| name.to_owned())
    })
}

/// A text with an `x` for each of its placeholders.
pub(super) fn with_dummies(text: &str) -> String {
    let mut parts = text.split("{{");
    let mut bare = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        bare.push('x');
        bare.push_str(part.split_once("}}").map_or("", |(_, rest)| rest));
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_found_wherever_they_stand() {
        let form = serde_json::json!({"a": "x {{inputs.b}} {{ secrets.a }}", "c": [{"d": "{{inputs.b}}{{x"}]});
        let found: Vec<String> = placeholders(&form).into_iter().collect();
        assert_eq!(found, ["inputs.b", "secrets.a"]);
    }
}
