//! Which of our classes a message amounts to.

use super::plain::unquoted;
use crate::failure::ErrorClass;

/// What tools say, and what it means: the first that fits decides, so what tells more stands before
/// what tells less. A call log of Playwright holds everything that happened before the end.
const SAID: [(ErrorClass, &[&str]); 15] = [
    (
        ErrorClass::BrowserCrashed,
        &[
            "target crashed",
            "page crashed",
            "tab crashed",
            "browser crashed",
            "page crash",
            "browser has been closed",
            "page has been closed",
            "target closed",
            "session closed. most likely",
            "browser has disconnected",
            "browser disconnected",
            "not connected to devtools",
            "chrome not reachable",
            "invalid session id",
            "no such window",
            "window already closed",
            "browsing context has been discarded",
            "unable to receive message from renderer",
            "failed to decode response from marionette",
        ],
    ),
    (
        ErrorClass::AmbiguousMatch,
        &[
            "strict mode violation",
            "ambiguous match",
            "can only be called on a single element",
            "matches more than one element",
            "multiple elements match",
            "found multiple elements",
        ],
    ),
    (
        ErrorClass::DialogBlocked,
        &[
            "unexpected alert",
            "unexpectedalert",
            "unexpected modal dialog",
            "user prompt dialog",
            "modal dialog is open",
            "dialog was invoked on page",
        ],
    ),
    (ErrorClass::ValidationRejected, &["malformed value", "cannot type text into input[type"]),
    (
        ErrorClass::NotInteractable,
        &[
            "intercepts pointer events",
            "click intercepted",
            "clickintercepted",
            "would receive the click",
            "obscures it",
            "being covered by another element",
            "not clickable",
            "not interactable",
            "notinteractable",
            "element is not visible",
            "this element is not visible",
            "element is not enabled",
            "element is not stable",
            "element is not editable",
            "element is outside of the viewport",
            "element is disabled",
            "this element is disabled",
            "resolved to hidden",
            "pointer-events: none",
            "still not displayed",
            "still not visible",
            "still not clickable",
            "still not enabled",
            "invalid element state",
            "move target out of bounds",
            "not reachable by keyboard",
            "is not focusable",
            "element is not an <input>",
            "element not visible",
            "could not be scrolled into view",
            "does not have a layout object",
            // Cypress quotes what is the matter: "this element is `disabled`", "has CSS `…`".
            "failed because this element is …",
            "has css …",
            "failed because this element is readonly",
            "failed because this element is not scrollable",
            "center of this element is hidden",
            "targeted a disabled element",
            "failed because this … is currently disabled",
            "trying to select is currently disabled",
            "element is currently animating",
            "into a readonly element",
            "requires a valid typeable element",
            "requires a valid clearable element",
            "matches the specified selector is not visible",
        ],
    ),
    // It speaks of a frame, and means the page that was to be opened.
    (
        ErrorClass::NavigationFailed,
        &[
            "maybe frame was detached",
            "navigating frame was detached",
            "is interrupted by another navigation",
        ],
    ),
    (
        ErrorClass::Detached,
        &[
            "stale element",
            "staleelement",
            "not attached to the page",
            "no longer attached",
            "not attached to the dom",
            "detached from",
            "element is detached",
            "node is detached",
            "element was detached",
            "element is not attached",
            "could not find node with given id",
            "frame was detached",
            "frame got detached",
            "no longer connected to the dom",
            "does not belong to the document",
            "no longer exists on the page",
            "from a stale snapshot",
        ],
    ),
    (
        ErrorClass::ElementNotFound,
        &[
            "no such element",
            "nosuchelement",
            "unable to locate element",
            "unable to find",
            "expected to find element",
            "expected to find content",
            "no element found",
            "no elements found",
            "no node found",
            "failed to find element",
            "cannot find element",
            "could not find element",
            "element not found",
            "element(s) not found",
            "element wasn't found",
            "still not existing",
            "waiting for selector",
            "waiting for xpath",
            "did not match any element",
            "element with index",
            "nothing on the page matches",
            "not found in the current page snapshot",
            "does not match any element",
            "does not match any node",
            "could not find an element",
            "could not locate element",
            "cannot locate element",
            "cannot locate option",
            "no such frame",
            "element to be located",
            "waiting for presence of element",
            "not available - page may have changed",
        ],
    ),
    (ErrorClass::RateLimited, &["too many requests", "rate limit", "ratelimit"]),
    (
        ErrorClass::Challenge,
        &[
            "captcha",
            "verify you are human",
            "you are human",
            "not a robot",
            "are you a robot",
            "two-factor",
            "two factor",
            "two-step verification",
            "2-step verification",
            "authenticator app",
            "one-time code",
            "the code we sent",
            "the code we've sent",
            "the code we just sent",
            "the code we texted",
            "the code we emailed",
            "the code that we sent",
            "the code sent to",
            "the code that was sent",
            "we sent you a code",
            "we sent a code",
            "we've sent a code",
            "we've sent you a code",
            "digit code we",
            "digit code sent",
            "digit code that",
            "digit code from your",
            "verification code",
            "just a moment...",
            "attention required! | cloudflare",
        ],
    ),
    (
        ErrorClass::LoginRequired,
        &[
            "login required",
            "log in to continue",
            "please log in",
            "please sign in",
            "session expired",
            "session has expired",
            "not logged in",
            "must be logged in",
            "authentication required",
            "401: unauthorized",
        ],
    ),
    (
        ErrorClass::DownloadFailed,
        &["download failed", "download was canceled", "download canceled", "download.saveas"],
    ),
    (
        ErrorClass::HttpError,
        &[
            "err_http_response_code_failure",
            "403: forbidden",
            "404: not found",
            "500: internal server error",
            "502: bad gateway",
            "503: service unavailable",
        ],
    ),
    (
        ErrorClass::NavigationFailed,
        &[
            "net::err_",
            "ns_error_",
            "err_name_not_resolved",
            "econnrefused",
            "enotfound",
            "navigation failed",
            "failed to navigate",
            "cannot navigate",
            "about:neterror",
            "cy.visit() failed",
            "failed trying to load",
            "failed to find a dns-record",
        ],
    ),
    (
        ErrorClass::ValidationRejected,
        &[
            "validation failed",
            "validation error",
            "please fill out this field",
            "please fill in this field",
            "please enter a valid",
            "please match the requested format",
        ],
    ),
];

/// What is said last, and tells least.
const SAID_OF_MUCH: [(ErrorClass, &[&str]); 3] = [
    (
        ErrorClass::ScriptError,
        &[
            "javascript error",
            "javascriptexception",
            "evaluation failed",
            "uncaught",
            "typeerror:",
            "referenceerror:",
            "rangeerror:",
            "page.evaluate:",
            "cannot read properties of",
            "cannot set properties of",
            "cannot read property … of",
            "undefined is not an object",
            "null is not an object",
            "error originated from your application code",
        ],
    ),
    (
        ErrorClass::Timeout,
        &["timeout", "timed out", "took too long", "did not answer", "deadline exceeded"],
    ),
    (ErrorClass::ExpectationFailed, &["assertionerror", "assertion failed", "assert "]),
];

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
