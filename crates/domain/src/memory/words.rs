//! What a locator, a page and an action say in words: what two sites have in common.

use crate::plan::{ActionName, TargetForm};
use crate::site::path_of;

/// How many words of one locator are kept: more say less about it.
const WORDS: usize = 10;

/// What paths are made of, and what every second name holds: these tell nothing apart.
const FILLER: [&str; 31] = [
    "id",
    "css",
    "class",
    "html",
    "body",
    "div",
    "span",
    "li",
    "ul",
    "ol",
    "tr",
    "td",
    "th",
    "tbody",
    "thead",
    "nth",
    "child",
    "of",
    "type",
    "first",
    "last",
    "not",
    "is",
    "has",
    "text",
    "contains",
    "normalize",
    "space",
    "and",
    "or",
    "data",
];

/// Splits names as programmers write them into lower-case words: `#id_userName` says "user name".
pub(super) fn split(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before: Option<char> = None;
    for char in text.chars() {
        let humps = before.is_some_and(char::is_lowercase) && char.is_uppercase();
        if (humps || !char.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if char.is_alphanumeric() {
            word.extend(char.to_lowercase());
        }
        before = Some(char);
    }
    words.extend((!word.is_empty()).then_some(word));
    words
}

/// The words of a structure (selector, path, id) without filler, numbers and repetition.
fn telling(text: &str) -> String {
    let mut words = split(&spoken(text));
    words.retain(|word| {
        word.chars().count() > 1
            && !FILLER.contains(&word.as_str())
            && !word.chars().all(|char| char.is_ascii_digit())
    });
    let mut kept: Vec<String> = Vec::new();
    for word in words {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept.truncate(WORDS);
    kept.join(" ")
}

/// A text with its placeholders as bare names: "add {{inputs.user}}" says "add user".
pub(crate) fn spoken(text: &str) -> String {
    text.replace("{{inputs.", "").replace("{{secrets.", "").replace("}}", "")
}

/// What a target says, in words.
pub(crate) fn target(form: &TargetForm) -> String {
    let plain = |text: &Option<String>| text.as_deref().map(spoken);
    let structure = |text: &Option<String>| text.as_deref().map(telling);
    let role = form.role.as_deref().map(|role| match plain(&form.name) {
        Some(name) => format!("{role} {name}"),
        None => role.to_owned(),
    });
    let own = structure(&form.css)
        .or_else(|| structure(&form.xpath))
        .or_else(|| structure(&form.test_id))
        .or(role)
        .or_else(|| plain(&form.label))
        .or_else(|| plain(&form.text))
        .or_else(|| plain(&form.placeholder))
        .unwrap_or_default();
    let own = first_words(&own, WORDS);
    match form.within.as_deref().map(target) {
        Some(outer) if !outer.is_empty() => format!("{own} in {}", first_words(&outer, 4)),
        _ => own,
    }
}

/// The last words of a page's path: where on the site, in the site's own words.
pub(super) fn page(page: &str) -> String {
    let path = path_of(page).replace("{id}", "");
    let mut words = split(&spoken(&path));
    words.retain(|word| !word.chars().all(|char| char.is_ascii_digit()));
    words.split_off(words.len().saturating_sub(4)).join(" ")
}

/// An action in words.
pub(crate) fn action(action: ActionName) -> String {
    action.as_str().replace('_', " ")
}

/// A text in lower case with its white space folded.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first words of a text.
pub(crate) fn first_words(text: &str, count: usize) -> String {
    text.split_whitespace().take(count).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(form: &TargetForm, says: &str) {
        assert_eq!(target(form), says);
    }

    fn css(selector: &str) -> TargetForm {
        TargetForm { css: Some(selector.into()), ..TargetForm::default() }
    }

    #[test]
    fn locators_are_told_in_words() {
        check(&css("#id_username"), "username");
        check(
            &css("div.toolbar > button.saveAndContinue:nth-child(2)"),
            "toolbar button save continue",
        );
        check(&css("#row-{{inputs.user}}"), "row user");
        let xpath = "/html/body/div[3]/form/input[2]";
        check(&TargetForm { xpath: Some(xpath.into()), ..TargetForm::default() }, "form input");
        let button = TargetForm {
            role: Some("button".into()),
            name: Some("Sign in".into()),
            within: Some(Box::new(css("form#login"))),
            ..TargetForm::default()
        };
        check(&button, "button Sign in in form login");
    }

    #[test]
    fn pages_are_told_by_their_end() {
        assert_eq!(page("/admin/auth/user/{id}/change/?next"), "admin auth user change");
        assert_eq!(page("/a/b/c/d/e/f"), "c d e f");
        assert_eq!(page(""), "");
    }
}
