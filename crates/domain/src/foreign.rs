//! What other tools say when a step of theirs fails, read in our words: Playwright, Selenium,
//! Puppeteer, Cypress and their kin, browsers and servers. A pure reading of text, with no guess behind
//! it: what is not recognised is `unclassified`, or left out.

mod class;
mod locator;
mod plain;
mod typed;
mod verb;

pub use typed::typed;

use crate::failure::ErrorClass;
use crate::plan::{ActionName, TargetForm};

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What kind of trouble.
    pub class: ErrorClass,
    /// What was being done, where the tool says so.
    pub action: Option<ActionName>,
    /// What it was done to, where the tool says so in a locator that we know.
    pub target: Option<TargetForm>,
}

/// Reads the message of a failure, as it comes: several lines, call logs and colours included.
#[must_use]
pub fn read(message: &str) -> Reading {
    let text = plain::without_colours(message);
    Reading {
        class: class::classify(&text),
        action: verb::named(&text),
        target: locator::named(&text),
    }
}

/// What is most likely being done where nobody says it.
#[must_use]
pub const fn usual_action(class: ErrorClass) -> ActionName {
    match class {
        ErrorClass::NavigationFailed | ErrorClass::HttpError | ErrorClass::RateLimited => {
            ActionName::Navigate
        }
        ErrorClass::ValidationRejected => ActionName::Fill,
        ErrorClass::ElementNotFound
        | ErrorClass::AmbiguousMatch
        | ErrorClass::NotInteractable
        | ErrorClass::Detached
        | ErrorClass::Timeout
        | ErrorClass::ExpectationFailed
        | ErrorClass::DialogBlocked
        | ErrorClass::LoginRequired
        | ErrorClass::Challenge
        | ErrorClass::DownloadFailed
        | ErrorClass::ScriptError
        | ErrorClass::BrowserCrashed
        | ErrorClass::Unclassified => ActionName::Click,
    }
}

/// What our own agents would say of such a failure, where there is nothing to say about it but its
/// class. A question in our words is nearer to what is remembered, and repeats nobody's.
#[must_use]
pub const fn in_our_words(class: ErrorClass) -> Option<&'static str> {
    Some(match class {
        ErrorClass::ElementNotFound => "nothing on the page matches, and nothing appeared in time",
        ErrorClass::AmbiguousMatch => "matches several visible elements; make it precise",
        ErrorClass::NotInteractable => "is hidden, disabled, moving or covered",
        ErrorClass::Detached => "is replaced while it is acted upon",
        ErrorClass::NavigationFailed => "the page cannot be opened",
        ErrorClass::HttpError => "the page answered with an error",
        ErrorClass::Timeout => "did not answer in time",
        ErrorClass::ExpectationFailed => "what was expected of the step does not hold",
        ErrorClass::ValidationRejected => "the page does not take this value",
        ErrorClass::DialogBlocked => "a dialog is in the way",
        ErrorClass::LoginRequired => "the page wants a login",
        ErrorClass::Challenge => "the page wants proof of a human",
        ErrorClass::RateLimited => "too many requests",
        ErrorClass::DownloadFailed => "the download did not arrive",
        ErrorClass::ScriptError => "the script of the page failed",
        ErrorClass::BrowserCrashed => "the browser died",
        ErrorClass::Unclassified => return None,
    })
}

#[cfg(test)]
mod tests;
