//! What a tool was doing when it failed, by the name that it gives to it.

use super::class::asserts;
use crate::plan::ActionName;

/// The names of methods, without their receivers; in lower case and without underscores, so that the
/// bindings of all languages read alike.
const METHODS: [(ActionName, &[&str]); 20] = [
    (ActionName::Navigate, &["goto", "visit", "navigate"]),
    (ActionName::DoubleClick, &["dblclick", "doubleclick"]),
    (ActionName::Click, &["click", "tap", "rightclick"]),
    (ActionName::Fill, &["fill", "type", "presssequentially", "sendkeys", "setvalue", "addvalue"]),
    (ActionName::Clear, &["clear", "clearvalue"]),
    (ActionName::Press, &["press", "keys"]),
    (ActionName::Select, &["selectoption", "select", "selectbyvisibletext", "selectbyattribute"]),
    (ActionName::Check, &["check", "setchecked"]),
    (ActionName::Uncheck, &["uncheck"]),
    (ActionName::Hover, &["hover", "moveto"]),
    (ActionName::Drag, &["dragto", "draganddrop"]),
    (ActionName::Scroll, &["scrollintoview", "scrollintoviewifneeded", "scrollto"]),
    (ActionName::Upload, &["setinputfiles", "uploadfile", "selectfile"]),
    (
        ActionName::WaitFor,
        &["waitfor", "waitforselector", "waitforxpath", "waitfordisplayed", "waitforexist"],
    ),
    (
        ActionName::Extract,
        &["innertext", "textcontent", "allinnertexts", "inputvalue", "getattribute", "gettext"],
    ),
    (ActionName::Screenshot, &["screenshot"]),
    (ActionName::Back, &["goback"]),
    (ActionName::Reload, &["reload", "refresh"]),
    (ActionName::SwitchFrame, &["frameelement", "contentframe", "switchtoframe"]),
    (ActionName::Assert, &["expect", "should"]),
];

/// Who has such methods.
const RECEIVERS: [&str; 9] = [
    "locator",
    "page",
    "frame",
    "elementhandle",
    "element",
    "cy",
    "frame_locator",
    "mouse",
    "browser",
];

/// What was being done.
pub(super) fn named(text: &str) -> Option<ActionName> {
    if asserts(text) {
        return Some(ActionName::Assert);
    }
    let text = text.to_ascii_lowercase();
    method(&text).or_else(|| spoken(&text))
}

/// As in `locator.click: …`, `Locator.select_option: …`, `cy.type()`, `Can't call click on element`.
fn method(text: &str) -> Option<ActionName> {
    for receiver in RECEIVERS {
        for (at, _) in text.match_indices(receiver) {
            let whole = !text[..at].ends_with(|char: char| char.is_alphanumeric() || char == '_');
            let rest = text[at + receiver.len()..].strip_prefix('.').filter(|_| whole);
            if let Some(action) = rest.and_then(leading) {
                return Some(action);
            }
        }
    }
    text.split_once("can't call ").and_then(|(_, rest)| leading(rest))
}

/// The action whose method a text begins with.
fn leading(text: &str) -> Option<ActionName> {
    let end = text.find(|char: char| !char.is_ascii_alphabetic() && char != '_');
    let name = text[..end.unwrap_or(text.len())].replace('_', "");
    METHODS.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(action, _)| *action)
}

/// Where no method is named.
fn spoken(text: &str) -> Option<ActionName> {
    const SAID: [(ActionName, &[&str]); 4] = [
        (
            ActionName::Click,
            &["click intercepted", "clickintercepted", "not clickable", "attempting click"],
        ),
        (ActionName::Fill, &["attempting fill", "cannot type text"]),
        (ActionName::Navigate, &["net::err_", "navigating to", "navigation timeout", "ns_error_"]),
        (ActionName::Assert, &["assertionerror: expected"]),
    ];
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    // Cypress asserts that an element is there before it does anything to it.
    let looks = text.contains("expected to find");
    let found = SAID.into_iter().find(|(_, phrases)| says(phrases)).map(|(action, _)| action);
    found.filter(|action| !(looks && *action == ActionName::Assert))
}
