//! From an action as it was carried out to one that can be remembered.

use crate::memory::placeholders::with_dummies;
use crate::memory::{Lifter, RemedyStep};
use crate::plan::{ActionName, StepForm};
use crate::site::led_off;
use crate::snapshot::Fingerprint;
use url::Url;

/// An action as it was carried out.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// What was done.
    pub form: &'a StepForm,
    /// The element it acted upon.
    pub fingerprint: Option<&'a Fingerprint>,
    /// Whether it did what the failing step was for.
    pub own: bool,
    /// The URL of the page it was done on.
    pub page: Option<&'a Url>,
    /// What the plan chose, where this chose something else in its place.
    pub instead_of: Option<&'a str>,
}

impl Taken<'_> {
    /// What is remembered of it; `None` when it cannot be.
    pub(super) fn remembered(self, lifter: &Lifter) -> Option<RemedyStep> {
        if self.leads_off() {
            return None;
        }
        let mut form = cleaned(self.form, self.page)?;
        if lifter.lift_form(&mut form) {
            return None;
        }
        // A name that an input has is another one in the next run.
        let is_fixed = |text: &str| !text.contains("{{") && lifter.lift_text(text) == text;
        if !self.own {
            form.value = self.form.value.clone().filter(|value| match self.form.action {
                ActionName::Fill => is_an_input(value),
                // The options are the page's words.
                ActionName::Select => is_an_input(value) || is_fixed(value),
                _ => false,
            });
        }
        if let Some(planned) = self.instead_of {
            let chosen = self.form.value.as_deref()?;
            if self.form.action != ActionName::Select || !is_fixed(chosen) || !is_fixed(planned) {
                return None;
            }
            form.value = Some(chosen.to_owned());
        }
        let fingerprint = self.fingerprint.cloned().map(|mut fingerprint| {
            lifter.lift(&mut fingerprint);
            fingerprint
        });
        let renamed = self.instead_of.map(str::to_owned);
        Some(RemedyStep { form, fingerprint, own: self.own, renamed })
    }

    /// Whether it acted upon a link to another site.
    fn leads_off(self) -> bool {
        let href = self.fingerprint.and_then(|element| element.href.as_deref());
        let off = |href| self.page.is_some_and(|page| led_off(page.as_str(), href).is_some());
        !self.form.action.only_looks() && href.is_some_and(off)
    }
}

/// What of an action keeps it from being remembered, and why: its field and what would be right.
#[must_use]
pub fn never_remembered(
    form: &StepForm,
    page: Option<&Url>,
) -> Option<(&'static str, &'static str)> {
    if form.key.as_deref().is_some_and(types) {
        return Some(("key", "types text: only keys that do something are remembered"));
    }
    if form.tab.as_deref().is_some_and(|tab| tab.contains("://")) {
        return Some((
            "tab",
            "must not name a site: say `newest`, `first`, or a glob for the path",
        ));
    }
    let leads_off = |url: &str| on_site(url, page).is_none();
    form.url.as_deref().is_some_and(leads_off).then_some((
        "url",
        "must stay on the site that was asked about: give the path, as in `/orders/new`",
    ))
}

/// Whether a value is what one of the task's inputs stands for, and nothing else. What is typed to
/// prepare a step is kept so only: nothing literal, and no secret.
#[must_use]
pub fn is_an_input(value: &str) -> bool {
    let name = value.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    name.is_some_and(|name| name.trim().starts_with("inputs.") && !name.contains(['{', '}']))
}

/// The action without values, files, conditions, names of results and everything else that belongs
/// to one run. `None` when what is left would leave the page's site or still type something.
fn cleaned(form: &StepForm, page: Option<&Url>) -> Option<StepForm> {
    let StepForm {
        intent: _,
        action,
        target,
        value: _,
        format,
        values: _,
        key,
        url,
        to,
        by,
        files: _,
        save_as: _,
        shape: _,
        attribute: _,
        state,
        tab,
        accept,
        expect: _,
        fallbacks: _,
        timeout_ms: _,
        screenshot: _,
    } = form.clone();
    if key.as_deref().is_some_and(types) || tab.as_deref().is_some_and(|tab| tab.contains("://")) {
        return None;
    }
    let url = match url {
        Some(url) => Some(on_site(&url, page)?),
        None => None,
    };
    Some(StepForm { target, format, key, url, to, by, state, tab, accept, ..StepForm::of(action) })
}

/// Whether a key types a letter or a digit: text, typed one key at a time.
fn types(key: &str) -> bool {
    let mut chars = key.chars();
    matches!((chars.next(), chars.next()), (Some(only), None) if only.is_alphanumeric())
}

/// The URL without its origin; `None` when it leaves the origin of the page, or may.
pub(in crate::memory) fn on_site(raw: &str, page: Option<&Url>) -> Option<String> {
    // Browsers read a backslash as a slash and leave out line breaks and tabs.
    // Nor does white space before it count: ` //evil.example` leads away.
    let hidden = raw.starts_with(|first: char| first <= ' ');
    if hidden || raw.starts_with("{{") || raw.contains(['\\', '\n', '\r', '\t']) {
        return None;
    }
    let bare = with_dummies(raw);
    let absolute = raw.starts_with("//") || Url::parse(&bare).is_ok();
    if !absolute {
        return Some(raw.to_owned());
    }
    let page = page?;
    let there = page.join(&bare).ok()?;
    if !matches!(there.scheme(), "http" | "https") || there.origin() != page.origin() {
        return None;
    }
    let (_, rest) = raw.split_once("//")?;
    let path = rest.find(['/', '?', '#']).map_or("", |start| &rest[start..]);
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    (!path.starts_with("//")).then_some(path)
}
