//! What a locator gives away about its element, and how much it can be relied upon.

mod css;

pub(super) mod generated;
pub(super) mod xpath;

use crate::plan::{Locator, Target};
use crate::snapshot::Fingerprint;

/// What a locator gives away: an id, a name, a class, a text, the tag at the end of a path.
///
/// Of an element that it must lie within, only a text is of use: it stands beside what is meant.
#[must_use]
pub fn clues(target: &Target) -> Fingerprint {
    let mut found = match &target.locator {
        Locator::Css { selector } => css::read(selector).clues,
        Locator::Xpath { expression } => xpath::read(expression).clues,
        Locator::TestId { id } => {
            Fingerprint { test_id: Some(id.clone()), ..Fingerprint::default() }
        }
        Locator::Role { role, name } => Fingerprint {
            role: Some(role.clone()),
            name: name.clone().unwrap_or_default(),
            ..Fingerprint::default()
        },
        Locator::Label { text } => {
            Fingerprint { label: Some(text.clone()), ..Fingerprint::default() }
        }
        Locator::Text { text } => Fingerprint { text: text.clone(), ..Fingerprint::default() },
        Locator::Placeholder { text } => {
            Fingerprint { placeholder: Some(text.clone()), ..Fingerprint::default() }
        }
    };
    if let Some(outer) = &target.within {
        found.neighbour_text = match &outer.locator {
            Locator::Text { text } | Locator::Label { text } => text.clone(),
            Locator::Role { name: Some(name), .. } => name.clone(),
            _ => found.neighbour_text,
        };
    }
    found
}

/// How far a locator can be trusted to mean the same after the page changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Brittle {
    /// It counts: the third link, the second cell.
    Positional,
    /// It holds an id or class that a program made up and will make up anew.
    Generated,
    /// It goes by what the element is styled as, and nothing else.
    Styled,
    /// None of these.
    Sound,
}

/// How far a locator can be trusted.
#[must_use]
pub fn brittleness(target: &Target) -> Brittle {
    if target.nth.is_some() {
        return Brittle::Positional;
    }
    let own = match &target.locator {
        Locator::Css { selector } => css::read(selector).brittle,
        Locator::Xpath { expression } => xpath::read(expression).brittle,
        Locator::TestId { id } if generated::is_generated(id) => Brittle::Generated,
        Locator::Role { name: None, .. } => Brittle::Styled,
        _ => Brittle::Sound,
    };
    match &target.within {
        Some(outer) if own == Brittle::Sound && outer.nth.is_some() => Brittle::Positional,
        _ => own,
    }
}

/// What a reader of one kind of path made of it.
struct Read {
    clues: Fingerprint,
    brittle: Brittle,
}

/// Whether a tag is what lies inside of buttons and links, and means the one around it.
fn is_wrapping(tag: &str) -> bool {
    matches!(tag, "span" | "i" | "svg" | "path" | "use" | "img" | "b" | "strong" | "em" | "*" | "")
}

/// Whether a tag is what wraps such things.
fn is_pressed(tag: &str) -> bool {
    matches!(tag, "a" | "button" | "summary")
}

/// Puts what a locator says of an attribute where a fingerprint keeps it.
fn note(clues: &mut Fingerprint, attribute: &str, value: &str) {
    let value = value.to_owned();
    match attribute {
        "id" => clues.id = Some(value),
        "name" => clues.name_attribute = Some(value),
        "type" => clues.input_type = Some(value),
        "role" => clues.role = Some(value),
        "href" => clues.href = Some(value),
        "placeholder" => clues.placeholder = Some(value),
        "data-testid" | "data-test-id" | "data-test" | "data-cy" | "data-qa" => {
            clues.test_id = Some(value);
        }
        "class" => {
            let classes = clues.attributes.entry("class".into()).or_default();
            if !classes.is_empty() {
                classes.push(' ');
            }
            classes.push_str(&value);
        }
        _ => {
            if attribute == "aria-label" {
                clues.name.clone_from(&value);
            }
            clues.attributes.insert(attribute.into(), value);
        }
    }
}

#[cfg(test)]
mod tests;
