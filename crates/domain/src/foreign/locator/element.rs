//! Elements that a message shows as they stand in the page: `<button id="save">`.

use crate::plan::TargetForm;

/// What is said of an element that could not be acted upon. Where another one is shown as well, that is
/// what was in its way, and stands behind it.
const COULD_NOT_ACT: [&str; 7] = [
    "is not clickable at point",
    "could not be scrolled into view",
    "is not reachable by keyboard",
    "failed because this element",
    "center of this element is hidden",
    "targeted a disabled element",
    "element is currently animating",
];

/// What comes before the other element.
const BEFORE_THE_OTHER: [&str; 4] =
    ["other element", "another element", "inherited from", "would receive the click"];

/// Elements that selectors begin with.
const TAGS: [&str; 42] = [
    "a", "article", "aside", "body", "button", "canvas", "dd", "details", "dialog", "div", "dl",
    "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "header", "iframe", "img", "input",
    "label", "li", "main", "nav", "ol", "option", "p", "section", "select", "span", "summary",
    "svg", "table", "tbody", "td", "textarea", "th", "tr", "ul",
];

/// The element that was meant, by what tells it from others; `None` where nothing does.
pub(super) fn meant(text: &str) -> Option<TargetForm> {
    let lower = text.to_ascii_lowercase();
    if !COULD_NOT_ACT.iter().any(|said| lower.contains(said)) {
        return None;
    }
    let end = BEFORE_THE_OTHER.iter().filter_map(|other| lower.find(other)).min();
    let from = lower.find("element")?;
    let shown = text.get(from..end.unwrap_or(text.len()))?;
    let begins = |at: &usize| shown[at + 1..].starts_with(|char: char| char.is_ascii_lowercase());
    let at = shown.match_indices('<').map(|(at, _)| at).find(begins)?;
    let (tag, _) = shown[at + 1..].split_once('>')?;
    let css = |css: String| TargetForm { css: Some(css), ..TargetForm::default() };
    let id = short_id(tag).or_else(|| attribute(tag, "id")).filter(|id| is_name(id));
    if let Some(id) = id {
        return Some(css(format!("#{id}")));
    }
    if let Some(test_id) = attribute(tag, "data-testid") {
        return Some(TargetForm { test_id: Some(test_id.to_owned()), ..TargetForm::default() });
    }
    // The buttons of a choice share their name.
    let shared = ["radio", "checkbox"].contains(&attribute(tag, "type").unwrap_or_default());
    let name = attribute(tag, "name").filter(|name| is_name(name) && !shared)?;
    Some(css(format!("[name=\"{name}\"]")))
}

/// As Cypress has it in short: `button#save.primary`.
fn short_id(tag: &str) -> Option<&str> {
    let (name, rest) = tag.split_once('#')?;
    let whole = name.chars().all(|char| char.is_ascii_alphanumeric() || char == '-');
    whole.then(|| rest.split('.').next()).flatten()
}

/// The value of an attribute.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// Whether it needs no escapes in a selector.
fn is_name(text: &str) -> bool {
    let plain = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    text.starts_with(|char: char| char.is_ascii_alphabetic()) && text.chars().all(plain)
}

/// Whether a text can be meant as a CSS selector: each part begins as one, and none is a word.
pub(super) fn is_selector(text: &str) -> bool {
    let part = |part: &str| {
        let name = part.split(['#', '.', '[', ':']).next().unwrap_or_default();
        name.is_empty() && part.len() > 1 || name == "*" || TAGS.contains(&name)
    };
    // What stands between brackets may hold anything.
    let mut depth = 0_usize;
    let outside = |char: char| {
        match char {
            '[' | '(' => depth += 1,
            ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && (char.is_whitespace() || ['>', '+', '~', ','].contains(&char))
    };
    let mut parts = text.split(outside).filter(|part| !part.is_empty()).peekable();
    parts.peek().is_some() && parts.all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_of_a_link_is_no_selector() {
        for selector in [
            "#go-find",
            ".save",
            "[name=\"a b\"]",
            "form",
            "tr:nth-child(3) button",
            "ul > li.open, input[type=submit]",
            "div:has(> p)",
            "*",
        ] {
            assert!(is_selector(selector), "{selector}");
        }
        for text in ["Reserve now", "Terms.", "form submission", "read on…", "", ".", "{\"a\": 1}"]
        {
            assert!(!is_selector(text), "{text}");
        }
    }
}
