//! The locator that a message names, as a target of ours.

mod calls;
mod element;

use crate::plan::{ActionName, PlanForm, StepForm, TargetForm, Values, plan_steps};
use serde::Deserialize;

/// What comes before a bare selector, and what ends it where no quote does.
const BEFORE_SELECTOR: [&str; 9] = [
    "waiting for selector",
    "waiting for xpath",
    "no element found for selector",
    "no node found for selector",
    "failed to find element matching selector",
    "expected to find element",
    "element with selector",
    "unable to find css",
    "element (",
];

/// The target a message names; `None` when it names none, or in a way that ours cannot say.
pub(super) fn named(text: &str) -> Option<TargetForm> {
    let found = calls::chain(text)
        .or_else(|| webdriver(text))
        .or_else(|| bare(text))
        .or_else(|| located(text))
        .or_else(|| content(text))
        .or_else(|| element::meant(text));
    found.filter(parses)
}

/// Whether our own plans could say it.
fn parses(target: &TargetForm) -> bool {
    let step = StepForm {
        intent: Some("as it was told".into()),
        target: Some(target.clone()),
        ..StepForm::of(ActionName::Click)
    };
    plan_steps(&PlanForm { steps: vec![step] }, &Values::default()).is_ok()
}

/// `{"method":"css selector","selector":"#save"}`
#[derive(Deserialize)]
struct Webdriver {
    method: String,
    selector: String,
}

fn webdriver(text: &str) -> Option<TargetForm> {
    let start = text.find("{\"method\"")?;
    let mut reader = serde_json::Deserializer::from_str(&text[start..]);
    let Webdriver { method, selector } = Webdriver::deserialize(&mut reader).ok()?;
    let none = TargetForm::default();
    Some(match method.as_str() {
        "css selector" => TargetForm { css: Some(by_id(&selector).unwrap_or(selector)), ..none },
        "tag name" => TargetForm { css: Some(selector), ..none },
        "class name" => TargetForm { css: Some(format!(".{selector}")), ..none },
        "id" => TargetForm { css: Some(format!("#{selector}")), ..none },
        "name" => TargetForm { css: Some(format!("[name=\"{selector}\"]")), ..none },
        "xpath" => TargetForm { xpath: Some(selector), ..none },
        "link text" => TargetForm { role: Some("link".into()), name: Some(selector), ..none },
        "partial link text" => TargetForm {
            role: Some("link".into()),
            name: Some(selector),
            exact: Some(false),
            ..none
        },
        _ => return None,
    })
}

/// Selenium writes an id as `[id="save"]`; everybody else as `#save`.
fn by_id(selector: &str) -> Option<String> {
    let id = selector.strip_prefix("[id=\"")?.strip_suffix("\"]")?;
    let plain = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    let fits = id.starts_with(|char: char| char.is_ascii_alphabetic()) && id.chars().all(plain);
    fits.then(|| format!("#{id}"))
}

/// As in "Waiting for selector `#save` failed", or "No element found for selector: #save".
fn bare(text: &str) -> Option<TargetForm> {
    let lower = text.to_ascii_lowercase();
    let found = BEFORE_SELECTOR.iter().find_map(|before| {
        let at = lower.find(before)?;
        text.get(at + before.len()..)
    });
    let rest = found?.trim_start_matches([':', ' ', '(']);
    let quote = rest.chars().next().filter(|char| ['`', '"', '\''].contains(char));
    let selector = if let Some(quote) = quote {
        let inside = &rest[quote.len_utf8()..];
        &inside[..inside.find(quote)?]
    } else {
        // Cypress says what became of it in the same sentence.
        let line = rest.split('\n').next().unwrap_or_default();
        line.split(", but never").next().unwrap_or_default().trim()
    };
    selector_form(selector)
}

/// What comes before a text that Cypress looked for.
const BEFORE_CONTENT: &str = "expected to find content: '";

/// What comes before the locator, as Firefox says it.
const BEFORE_LOCATOR: &str = "unable to locate element: ";

/// As in "Unable to locate element: #save". The text of a link stands there too, and as nothing else:
/// what does not look like a selector is none.
fn located(text: &str) -> Option<TargetForm> {
    let at = text.to_ascii_lowercase().find(BEFORE_LOCATOR)?;
    let line = text.get(at + BEFORE_LOCATOR.len()..)?.lines().next()?;
    let selector = line.split("; For documentation").next()?.trim();
    let selector = by_id(selector).unwrap_or_else(|| selector.to_owned());
    let is_path = selector.starts_with("//") || selector.starts_with("(//");
    if is_path || element::is_selector(&selector) { selector_form(&selector) } else { None }
}

/// As in "Expected to find content: 'Save' but never did": part of the text of an element.
fn content(text: &str) -> Option<TargetForm> {
    let at = text.to_ascii_lowercase().find(BEFORE_CONTENT)?;
    let line = text.get(at + BEFORE_CONTENT.len()..)?.lines().next()?;
    let ends = ["' but never did", "' within the ", "' with the "];
    let end = ends.iter().filter_map(|end| line.find(end)).min().or_else(|| line.rfind('\''))?;
    let content = &line[..end];
    // A pattern is more than a text of ours can say.
    let plain = !content.trim().is_empty() && !content.starts_with('/');
    plain.then(|| TargetForm {
        text: Some(content.to_owned()),
        exact: Some(false),
        ..TargetForm::default()
    })
}

/// A selector as Playwright and its kin take it: CSS, unless it says otherwise.
fn selector_form(selector: &str) -> Option<TargetForm> {
    let none = TargetForm::default();
    let selector = selector.trim();
    // A chain of selectors is more than one locator of ours can say.
    if selector.is_empty() || selector.contains(">>") {
        return None;
    }
    let xpath = |path: &str| TargetForm { xpath: Some(path.to_owned()), ..TargetForm::default() };
    if selector.starts_with("//") || selector.starts_with("(//") {
        return Some(xpath(selector));
    }
    let Some((engine, body)) = selector.split_once('=') else {
        return Some(TargetForm { css: Some(selector.to_owned()), ..none });
    };
    let body = body.trim_matches(['"', '\'']);
    Some(match engine {
        "xpath" => xpath(body),
        "css" => TargetForm { css: Some(body.to_owned()), ..none },
        "text" => TargetForm { text: Some(body.to_owned()), ..none },
        "id" => TargetForm { css: Some(format!("#{body}")), ..none },
        "data-testid" | "data-test-id" | "data-test" => {
            TargetForm { test_id: Some(body.to_owned()), ..none }
        }
        _ if engine.contains('[') => TargetForm { css: Some(selector.to_owned()), ..none },
        _ => return None,
    })
}
