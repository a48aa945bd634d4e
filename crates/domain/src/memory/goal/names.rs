//! Names for values that a plan typed literally: after the field they were typed into.

use crate::memory::words;
use crate::plan::StepForm;
use crate::snapshot::Fingerprint;
use std::collections::BTreeSet;

/// The longest name, short of the number that makes it unique.
const LONGEST: usize = 40;

/// A name for what was typed into a field, unlike those that are taken.
pub(super) fn name(
    form: &StepForm,
    fingerprint: Option<&Fingerprint>,
    taken: &BTreeSet<String>,
) -> String {
    let target = form.target.as_ref();
    let called = [
        fingerprint.and_then(|element| element.label.as_deref()),
        fingerprint.map(|element| element.name.as_str()),
        fingerprint.and_then(|element| element.placeholder.as_deref()),
        target.and_then(|target| target.label.as_deref()),
        target.and_then(|target| target.name.as_deref()),
        target.and_then(|target| target.placeholder.as_deref()),
        fingerprint.and_then(|element| element.name_attribute.as_deref()),
        fingerprint.and_then(|element| element.id.as_deref()),
    ];
    let name = called.into_iter().flatten().filter(|text| !text.contains("{{")).find_map(snake);
    let name = name.unwrap_or_else(|| "value".to_owned());
    if !taken.contains(&name) {
        return name;
    }
    let numbered = (2..=taken.len() + 2).map(|number| format!("{name}_{number}"));
    numbered.into_iter().find(|name| !taken.contains(name)).unwrap_or(name)
}

fn snake(text: &str) -> Option<String> {
    let mut words = words::split(text);
    words.retain(|word| word.is_ascii());
    let mut name = words.join("_");
    name.truncate(LONGEST);
    let name = name.trim_end_matches('_').to_owned();
    name.starts_with(|char: char| char.is_ascii_alphabetic()).then_some(name)
}
