//! What must hold after a step.

use super::form::{ConditionForm, ResponseForm, ValueForm};
use super::locator::Target;
use super::values::Values;
use crate::invalid::Faults;

/// The checked conditions of a step; all must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    /// The page's URL.
    pub url: Option<Glob>,
    /// The page's title.
    pub title: Option<String>,
    /// A visible element.
    pub present: Option<Target>,
    /// An element that must not be visible.
    pub gone: Option<Target>,
    /// Visible text.
    pub text: Option<String>,
    /// The value of a control.
    pub value: Option<ValueCondition>,
    /// A network answer.
    pub response: Option<ResponseCondition>,
    /// A download's file name.
    pub download: Option<Glob>,
}

/// A control and the value it must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCondition {
    /// The control.
    pub target: Target,
    /// Its value.
    pub equals: String,
}

/// A network answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseCondition {
    /// The URL of the request.
    pub url: Glob,
    /// The status; `None` means any below 400.
    pub status: Option<u16>,
}

impl ResponseCondition {
    /// Whether an answer is the one meant.
    #[must_use]
    pub fn matches(&self, url: &str, status: u16) -> bool {
        self.url.matches(url) && self.status.map_or(status < 400, |wanted| wanted == status)
    }
}

impl Conditions {
    /// Whether there is nothing to check.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads the form, its placeholders filled in.
    pub(crate) fn parse(
        form: &ConditionForm,
        values: &Values,
        field: &str,
        faults: &mut Faults,
    ) -> Self {
        let mut text = |name: &str, text: &Option<String>| {
            text.as_deref()
                .and_then(|text| faults.keep(&format!("{field}.{name}"), values.fill_open(text)))
        };
        let url = text("url", &form.url).map(Glob::new);
        let title = text("title", &form.title);
        let shown = text("text", &form.text);
        let download = text("download", &form.download).map(Glob::new);
        let mut target = |name: &str, form: &Option<super::form::TargetForm>| {
            let field = format!("{field}.{name}");
            form.as_ref().and_then(|form| Target::parse(form, values, &field, faults))
        };
        let present = target("present", &form.present);
        let gone = target("gone", &form.gone);
        let value = form.value.as_ref().and_then(|form| parse_value(form, values, field, faults));
        let response =
            form.response.as_ref().and_then(|form| parse_response(form, values, field, faults));
        if *form == ConditionForm::default() {
            faults.add(
                field,
                "give at least one of url, title, present, gone, text, value, response, download",
            );
        }
        Self { url, title, present, gone, text: shown, value, response, download }
    }
}

fn parse_value(
    form: &ValueForm,
    values: &Values,
    field: &str,
    faults: &mut Faults,
) -> Option<ValueCondition> {
    let target = Target::parse(&form.target, values, &format!("{field}.value.target"), faults)?;
    let equals = faults.keep(&format!("{field}.value.equals"), values.fill_open(&form.equals))?;
    Some(ValueCondition { target, equals })
}

fn parse_response(
    form: &ResponseForm,
    values: &Values,
    field: &str,
    faults: &mut Faults,
) -> Option<ResponseCondition> {
    if form.status.is_some_and(|status| !(100..=599).contains(&status)) {
        faults.add(format!("{field}.response.status"), "must be between 100 and 599");
    }
    let url = faults.keep(&format!("{field}.response.url"), values.fill_open(&form.url))?;
    Some(ResponseCondition { url: Glob::new(url), status: form.status })
}

/// A pattern in which `*` stands for anything but a slash and `**` for anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(String);

impl Glob {
    /// Takes a pattern; every text is one.
    #[must_use]
    pub fn new(pattern: impl Into<String>) -> Self {
        Self(pattern.into())
    }

    /// The pattern.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the whole text fits. A pattern without query or fragment ignores those of a URL.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        if matches(self.0.as_bytes(), text.as_bytes()) {
            return true;
        }
        let bare = text.split(['?', '#']).next().unwrap_or(text);
        bare != text && !self.0.contains(['?', '#']) && matches(self.0.as_bytes(), bare.as_bytes())
    }
}

impl std::fmt::Display for Glob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Linear-space matching: `reach` holds the pattern positions that the text so far can stand at.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let mut reach = vec![false; pattern.len() + 1];
    reach[0] = true;
    skip_stars(pattern, &mut reach);
    for &byte in text {
        let mut next = vec![false; pattern.len() + 1];
        for (at, _) in reach.iter().enumerate().filter(|(_, reached)| **reached) {
            match pattern.get(at) {
                Some(b'*') if pattern.get(at + 1) == Some(&b'*') => next[at] = true,
                Some(b'*') if at > 0 && pattern[at - 1] == b'*' => next[at - 1] = true,
                Some(b'*') if byte != b'/' => next[at] = true,
                Some(&wanted) if wanted == byte && wanted != b'*' => next[at + 1] = true,
                _ => {}
            }
        }
        skip_stars(pattern, &mut next);
        reach = next;
    }
    reach[pattern.len()]
}

fn skip_stars(pattern: &[u8], reach: &mut [bool]) {
    for at in 0..pattern.len() {
        if reach[at] && pattern[at] == b'*' {
            reach[at + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, text: &str, fits: bool) {
        assert_eq!(Glob::new(pattern).matches(text), fits, "{pattern} on {text}");
    }

    #[test]
    fn stars_stop_at_slashes_unless_doubled() {
        check("**/admin/", "http://shop.example/admin/", true);
        check("**/admin/", "http://shop.example/admin/users/", false);
        check("**/admin/**", "http://shop.example/admin/users/1/", true);
        check("*/admin/", "http://shop.example/admin/", false);
        check("http://*/a*c", "http://shop.example/abc", true);
        check("http://*/a*c", "http://shop.example/a/c", false);
        check("report-*.csv", "report-2026.csv", true);
        check("**", "", true);
        check("", "", true);
        check("", "x", false);
    }

    #[test]
    fn a_pattern_without_query_ignores_the_query() {
        check("**/list/", "http://h/list/?q=ada#top", true);
        check("**/list/?q=*", "http://h/list/?q=ada", true);
        check("**/list/?q=*", "http://h/list/", false);
    }

    proptest::proptest! {
        #[test]
        fn a_text_matches_itself_and_double_star(text in "[a-z/.:]{0,30}") {
            check(&text, &text, true);
            check("**", &text, true);
            check(&format!("**{text}**"), &text, true);
        }
    }
}
