//! What closes the thing that covers the page.

use super::blocker::Blocker;
use super::{candidates, is_dangerous, stays_here};
use crate::failure::Failure;
use crate::heal::explore::name_of;
use crate::heal::kind::Kind;
use crate::heal::text::folded;
use crate::heal::words::words;
use crate::heal::{Candidate, Stage};
use crate::snapshot::{Fingerprint, Snapshot};

/// What closes a thing and decides nothing.
const CLOSING: &[&str] = &[
    "close",
    "dismiss",
    "close dialog",
    "close modal",
    "close popup",
    "close banner",
    "close menu",
    "close this dialog",
    "close this message",
    "dismiss this message",
    "hide",
    "hide this message",
    "×",
    "✕",
    "✖",
    "✗",
    "x",
    "╳",
    "no thanks",
    "no, thanks",
    "not now",
    "maybe later",
    "later",
    "remind me later",
    "skip",
    "skip tour",
    "skip for now",
    "got it",
    "got it!",
    "ok",
    "okay",
    "understood",
    "i understand",
    "continue without accepting",
];

/// What turns an offer down.
const DECLINING: &[&str] = &[
    "reject",
    "reject all",
    "decline",
    "decline all",
    "deny",
    "deny all",
    "refuse",
    "refuse all",
    "reject all cookies",
    "reject cookies",
    "decline cookies",
    "only necessary",
    "only necessary cookies",
    "necessary only",
    "necessary cookies only",
    "essential only",
    "only essential",
    "use necessary cookies only",
    "reject optional cookies",
];

/// What agrees to it: only if nothing else closes it.
const ACCEPTING: &[&str] = &[
    "accept",
    "accept all",
    "accept cookies",
    "accept all cookies",
    "allow all",
    "allow cookies",
    "allow all cookies",
    "agree",
    "i agree",
    "agree and close",
    "accept and close",
    "allow",
];

/// The elements that would close what covers the page, surest first.
///
/// First what lies in the thing that is in the way, then what lies in a dialog, then what is the
/// only one of its name; within each, closing before declining before accepting.
#[must_use]
pub fn dismissals(failure: &Failure, now: &Snapshot) -> Vec<Candidate> {
    let blocker = failure.blocked_by.as_deref().map(Blocker::read);
    let mut found: Vec<(f64, &Fingerprint)> = now
        .elements
        .iter()
        .filter(|element| element.enabled)
        .map(|element| &element.fingerprint)
        .filter(|element| Kind::of(element) == Kind::Press && stays_here(element))
        .filter_map(|element| {
            let manner = manner(element)?;
            let inside = blocker.as_ref().is_some_and(|blocker| blocker.holds(element));
            let place = if inside {
                0.6
            } else if lies_in_a_dialog(element) {
                0.3
            } else {
                0.0
            };
            Some((place + manner, element))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    // Of several that are called the same and lie alike, nobody can tell which closes what.
    let lone: Vec<(f64, &Fingerprint)> = found
        .iter()
        .filter(|(score, element)| {
            let alike = |(other_score, other): &&(f64, &Fingerprint)| {
                (other_score - score).abs() < f64::EPSILON
                    && folded(name_of(other)) == folded(name_of(element))
            };
            found.iter().filter(alike).count() == 1
        })
        .copied()
        .collect();
    candidates(lone, Stage::Name)
}

/// Whether what is called so closes what covers the page, in one manner or another.
#[must_use]
pub fn is_called_closing(name: &str) -> bool {
    let folded = folded(name);
    let lists = [CLOSING, DECLINING, ACCEPTING];
    lists.iter().any(|names| names.contains(&folded.as_str())) && !is_dangerous(&words(name))
}

/// How it would close things, as a score; `None` for what does not.
fn manner(element: &Fingerprint) -> Option<f64> {
    let name = folded(name_of(element));
    let is_one_of = |names: &[&str]| names.contains(&name.as_str());
    if is_dangerous(&words(name_of(element))) {
        None
    } else if is_one_of(CLOSING) {
        Some(0.3)
    } else if is_one_of(DECLINING) {
        Some(0.2)
    } else if is_one_of(ACCEPTING) {
        Some(0.1)
    } else if name.is_empty() && says_close(element) {
        Some(0.15)
    } else {
        None
    }
}

/// An icon without a name whose class or attribute says what it is for.
fn says_close(element: &Fingerprint) -> bool {
    let says = |name: &str, wanted: &[&str]| {
        element.attributes.get(name).is_some_and(|value| {
            value
                .to_lowercase()
                .split(|char: char| !char.is_alphanumeric())
                .any(|token| wanted.contains(&token))
        })
    };
    says("class", &["close", "dismiss"])
        || says("data-dismiss", &["modal", "alert", "toast"])
        || says("data-bs-dismiss", &["modal", "alert", "toast", "offcanvas"])
}

/// In a thing that announces itself as laid over the page, as far as its path says so.
fn lies_in_a_dialog(element: &Fingerprint) -> bool {
    const LAID_OVER: &[&str] = &[
        "dialog",
        "modal",
        "popup",
        "popover",
        "overlay",
        "cookie",
        "cookies",
        "consent",
        "banner",
        "toast",
        "lightbox",
        "drawer",
        "notice",
        "notification",
        "alert",
    ];
    let paths = [element.css_path.as_str(), element.xpath.as_str()];
    paths.into_iter().any(|path| {
        path.to_lowercase()
            .split(|char: char| !char.is_ascii_alphanumeric())
            .any(|token| LAID_OVER.contains(&token))
    })
}
