//! Which of our classes a message amounts to.

mod said;

use super::plain::unquoted;
use crate::failure::ErrorClass;
use said::{SAID, SAID_OF_MUCH};

/// The class of a message.
pub(super) fn classify(text: &str) -> ErrorClass {
    if let Some(class) = own(text) {
        return class;
    }
    let said = unquoted(text);
    expectation(&said)
        .or_else(|| first(&said, &SAID))
        .or_else(|| status(&said))
        .or_else(|| waits_for_event(text))
        .or_else(|| never_resolved(&said))
        .or_else(|| first(&said, &SAID_OF_MUCH))
        .unwrap_or(ErrorClass::Unclassified)
}

/// Our own way to say it: `element_not_found: nothing …`.
fn own(text: &str) -> Option<ErrorClass> {
    let name = text.trim_start().split(|char: char| !char.is_ascii_lowercase() && char != '_');
    ErrorClass::from_name(name.into_iter().next()?)
}

/// Whether it is an assertion that failed: one begins so, or with the names of errors around it. Further
/// down it may stand in a listing of the program that failed.
pub(super) fn asserts(text: &str) -> bool {
    expectation(&unquoted(text)).is_some()
}

fn expectation(said: &str) -> Option<ErrorClass> {
    const PLAYWRIGHT: [&str; 5] = [
        "expect(",
        "locator expected to ",
        "locator expected not to ",
        "page title expected ",
        "page url expected ",
    ];
    let line = said.trim_start().lines().next().unwrap_or_default();
    let (sentence, wrapped) = unwrapped(line);
    // Of Cypress; it finds elements by an assertion too.
    let counts = ["too many elements found", "not enough elements found"];
    let cypress = counts.iter().any(|start| sentence.starts_with(start))
        || sentence.strip_prefix("expected ").is_some_and(|rest| {
            let of_something = rest.starts_with('…') || wrapped && !rest.starts_with("to ");
            of_something && (rest.contains(" to ") || rest.contains(" not "))
        });
    let failed = cypress || PLAYWRIGHT.iter().any(|name| line.contains(name));
    failed.then_some(ErrorClass::ExpectationFailed)
}

/// A line without what assertions are wrapped in: names of errors, and how long it was tried; and
/// whether there was any.
fn unwrapped(line: &str) -> (&str, bool) {
    const WRAPPERS: [&str; 4] =
        ["assertionerror", "cypresserror", "timed out retrying", "assertion failed"];
    let mut rest = line;
    while let Some(start) = WRAPPERS.iter().find(|start| rest.starts_with(**start)) {
        let Some((_, inner)) = rest[start.len()..].split_once(':') else { break };
        rest = inner.trim_start();
    }
    (rest, rest.len() < line.len())
}

fn first(said: &str, table: &[(ErrorClass, &[&str])]) -> Option<ErrorClass> {
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| said.contains(phrase));
    table.iter().find(|(_, phrases)| says(phrases)).map(|(class, _)| *class)
}

/// Playwright waits for a locator by itself, and says so; where it has found something and waits for
/// something else, its log says that too.
fn never_resolved(said: &str) -> Option<ErrorClass> {
    let waits =
        ["waiting for locator", "waiting for getby", "waiting for get_by", "waiting for frame"];
    let found = said.contains("locator resolved to");
    (!found && waits.iter().any(|wait| said.contains(wait))).then_some(ErrorClass::ElementNotFound)
}

fn waits_for_event(text: &str) -> Option<ErrorClass> {
    let waits = ["waiting for event \"download\"", "waiting for event 'download'"];
    waits.iter().any(|wait| text.contains(wait)).then_some(ErrorClass::DownloadFailed)
}

/// The status of an answer, where it is named as one.
fn status(said: &str) -> Option<ErrorClass> {
    const BEFORE: [&str; 7] = [
        "status code",
        "status:",
        "status of",
        "http error",
        "http status",
        "response status",
        "http ",
    ];
    let after = |name: &&str| said.find(name).map(|at| &said[at + name.len()..]);
    let number = |rest: &str| {
        let rest = rest.trim_start_matches([' ', ':', '=', '(']);
        let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
        rest[..end].parse::<u16>().ok()
    };
    let status = BEFORE.iter().filter_map(after).find_map(number);
    match status.or_else(|| status_line(said))? {
        401 => Some(ErrorClass::LoginRequired),
        429 => Some(ErrorClass::RateLimited),
        400..=599 => Some(ErrorClass::HttpError),
        _ => None,
    }
}

/// As in "401 Unauthorized": a message that begins with a status and what it is called. A number alone
/// may count anything.
fn status_line(said: &str) -> Option<u16> {
    const REASONS: [(u16, &str); 9] = [
        (401, "unauthorized"),
        (403, "forbidden"),
        (404, "not found"),
        (429, "too many requests"),
        (500, "internal server error"),
        (502, "bad gateway"),
        (503, "service unavailable"),
        (504, "gateway timeout"),
        (504, "gateway time-out"),
    ];
    let start = said.trim_start();
    let start = start.strip_prefix("error:").unwrap_or(start).trim_start();
    let (number, rest) = start.split_at_checked(3)?;
    let reason = rest.strip_prefix([' ', ':', '-'])?.trim_start_matches([' ', '-']);
    let number = number.parse().ok()?;
    REASONS
        .iter()
        .any(|(status, said)| *status == number && reason.starts_with(said))
        .then_some(number)
}
