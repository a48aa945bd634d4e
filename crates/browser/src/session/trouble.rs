//! What a page says stands in the way of an action, as a failure people can act on.

use super::budget::Budget;
use domain::failure::{ErrorClass, Failure};
use domain::plan::Target;
use serde::Deserialize;

/// A page's answer: what was asked for, or what stands in its way.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Answer<T> {
    Trouble { failure: Box<Trouble> },
    Done(T),
}

/// What stands in the way.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Trouble {
    class: Option<ErrorClass>,
    reason: Option<String>,
    /// How many elements it is about.
    count: usize,
    matched: Vec<String>,
    blocked_by: Option<String>,
    /// Why something is hidden.
    why: Option<String>,
    /// What is like what was looked for.
    near: Vec<String>,
    /// The frame that has what was looked for, as a selector.
    frame: Option<String>,
    /// Whether `nth` was too high.
    nth: bool,
    /// Whether it is about the element the target should lie within.
    outer: bool,
    message: Option<String>,
    /// Which option of several.
    pub(super) option: Option<usize>,
    /// What there is instead.
    has: Vec<String>,
}

impl<T> Answer<T> {
    /// What was asked for, or the failure of the action.
    pub(super) fn or_failure(self, target: &Target, budget: &Budget) -> Result<T, Failure> {
        match self {
            Self::Done(done) => Ok(done),
            Self::Trouble { failure } => Err(failure.into_failure(target, budget)),
        }
    }
}

impl Trouble {
    pub(super) fn into_failure(self, target: &Target, budget: &Budget) -> Failure {
        let class = self.class.unwrap_or(ErrorClass::Unclassified);
        let message = self.message(class, target, budget);
        Failure {
            matched: self.matched,
            blocked_by: self.blocked_by,
            ..Failure::new(class, message)
        }
    }

    fn message(&self, class: ErrorClass, target: &Target, budget: &Budget) -> String {
        let of = if self.outer {
            format!("the element that should contain it ({})", innermost(target))
        } else {
            target.to_string()
        };
        let waited = budget.shown();
        match (class, self.reason.as_deref()) {
            (ErrorClass::AmbiguousMatch, Some("options")) => format!(
                "the select {of} has {} options that read like this; choose one by its value: {}",
                self.count,
                list(&self.has)
            ),
            (ErrorClass::AmbiguousMatch, _) => format!(
                "{of} matches {} visible elements; make it precise, say where it is with `within`, \
                 or take one with `nth`",
                self.count
            ),
            (ErrorClass::ElementNotFound, Some("no_option")) => {
                format!("the select {of} has no such option; it has: {}", list(&self.has))
            }
            (ErrorClass::ElementNotFound, Some("no_attribute")) => {
                format!("{of} has no such attribute; it has: {}", list(&self.has))
            }
            (ErrorClass::ElementNotFound, _) if self.nth => {
                format!("{of} matches only {} visible elements", self.count)
            }
            (ErrorClass::ElementNotFound, _) => {
                let near = if self.near.is_empty() {
                    String::new()
                } else {
                    format!("; like it: {}", list(&self.near))
                };
                let near = match &self.frame {
                    Some(frame) => {
                        format!("; one is in the frame `{frame}`: use switch_frame first")
                    }
                    None => near,
                };
                format!(
                    "nothing on the page matches {of}, and nothing appeared within {waited}{near}"
                )
            }
            (ErrorClass::Timeout, Some("still_there")) => {
                format!("{of} is still there after {waited}")
            }
            (ErrorClass::ValidationRejected, _) => format!(
                "{of} does not take this value; its format is {}",
                self.message.as_deref().unwrap_or("another")
            ),
            _ => format!("{of} {}", self.hindrance(&waited)),
        }
    }

    /// Why something that is there cannot be acted upon.
    fn hindrance(&self, waited: &str) -> String {
        match self.reason.as_deref() {
            Some("hidden") if self.count > 1 => {
                format!("matches {} elements, none of which can be seen", self.count)
            }
            Some("hidden") => match &self.why {
                Some(why) => format!("is there and cannot be seen: {why}"),
                None => "is there and cannot be seen".into(),
            },
            Some("disabled") => format!("is disabled, and still was after {waited}"),
            Some("readonly") => format!("is read-only, and still was after {waited}"),
            Some("moving") => format!("keeps moving, and still did after {waited}"),
            Some("outside") => "lies outside of what can be scrolled into view".into(),
            Some("unfocusable") => {
                let went =
                    self.blocked_by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default();
                format!("does not keep the focus{went}, so nothing can be typed into it")
            }
            Some("redrawn") => {
                format!("is drawn anew again and again, and still was after {waited}")
            }
            Some("no_pointer_events") => {
                "does not receive pointer events (pointer-events: none)".into()
            }
            Some("too_long") => format!(
                "has {} characters of text, and one extract reads {} at most; read a smaller part \
                 of it",
                self.count,
                self.message.as_deref().unwrap_or_default()
            ),
            Some("option_disabled") => "has this option, but it is disabled".into(),
            Some("covered") => match &self.blocked_by {
                Some(by) => format!("is covered by {by}, and still was after {waited}"),
                None => format!("is covered, and still was after {waited}"),
            },
            Some("unsuitable") => {
                let why = self.message.as_deref().unwrap_or("it is something else");
                format!("cannot be used so: {why}")
            }
            _ => format!("did not become ready within {waited}"),
        }
    }
}

fn innermost(target: &Target) -> &Target {
    target.within.as_deref().map_or(target, innermost)
}

fn list(items: &[String]) -> String {
    if items.is_empty() {
        return "none".into();
    }
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}
