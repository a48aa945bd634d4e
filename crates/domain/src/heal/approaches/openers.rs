//! What opens a menu, tab or section.

use super::{candidates, is_dangerous, stays_here};
use crate::heal::clues::generated::is_generated;
use crate::heal::explore::name_of;
use crate::heal::kind::Kind;
use crate::heal::text::folded;
use crate::heal::words::{Word, has, opposed, words, words_of_attribute};
use crate::heal::{Candidate, Stage, Wanted};
use crate::snapshot::{Element, Fingerprint, Snapshot};

/// The elements that would open a menu, tab or section which may hold what is wanted, surest first.
///
/// What is closed says so (`aria-expanded`, `aria-haspopup`, `summary`, a tab that is not chosen) or
/// is called a menu. Those whose name has to do with the intent come first; of the others only what
/// is the usual way to more.
#[must_use]
pub fn openers(wanted: &Wanted<'_>, now: &Snapshot) -> Vec<Candidate> {
    let asked = asked_for(wanted);
    let mut found: Vec<(f64, &Fingerprint)> = now
        .elements
        .iter()
        .filter(|element| element.enabled && element.fingerprint.frame.as_deref() == wanted.frame)
        .filter(|element| Kind::of(&element.fingerprint) == Kind::Press)
        .filter_map(|element| Some((opening(element, &asked)?, &element.fingerprint)))
        .collect();
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    candidates(found, Stage::Words)
}

/// The words of the intent and of what is known of the element.
fn asked_for(wanted: &Wanted<'_>) -> Vec<Word> {
    let mut asked = words(wanted.intent);
    asked.extend(words(name_of(&wanted.clues)));
    asked.extend(words(&wanted.clues.neighbour_text));
    for key in [&wanted.clues.id, &wanted.clues.name_attribute].into_iter().flatten() {
        if !is_generated(key) {
            asked.extend(words_of_attribute(key));
        }
    }
    asked.retain(|word| !word.is_driving());
    asked
}

fn opening(element: &Element, asked: &[Word]) -> Option<f64> {
    let fingerprint = &element.fingerprint;
    let called = words(name_of(fingerprint));
    let is_closed = is_closed(element);
    let is_menu = is_called_opening(name_of(fingerprint));
    if !is_closed && !is_menu || is_dangerous(&called) || opposed(&called, asked) {
        return None;
    }
    // A link that leads away opens nothing here, unless it says that it does.
    if !is_closed && !stays_here(fingerprint) {
        return None;
    }
    let content: Vec<&Word> = called.iter().filter(|word| !word.is_weak()).collect();
    let related = content.iter().filter(|word| has(asked, word)).count();
    #[expect(clippy::cast_precision_loss, reason = "a name has a handful of words")]
    let share = if content.is_empty() { 0.0 } else { related as f64 / content.len() as f64 };
    let said = if is_closed { 0.1 } else { 0.0 };
    if related > 0 {
        Some(0.5 + 0.4 * share + said)
    } else if is_menu {
        Some(0.3 + said)
    } else if fingerprint.role.as_deref() == Some("tab") {
        Some(0.05 + said)
    } else {
        // What has nothing to do with the intent may hold another thing of the same name.
        None
    }
}

/// Whether it says of itself that there is more behind it.
fn is_closed(element: &Element) -> bool {
    let fingerprint = &element.fingerprint;
    let says = |name: &str| fingerprint.attributes.get(name).map(String::as_str);
    match says("aria-expanded") {
        Some("false") => return true,
        Some("true") => return false,
        _ => {}
    }
    says("aria-haspopup").is_some_and(|popup| popup != "false")
        || fingerprint.tag == "summary"
        || fingerprint.role.as_deref() == Some("tab") && element.checked == Some(false)
        || says("data-toggle")
            .or(says("data-bs-toggle"))
            .is_some_and(|toggled| matches!(toggled, "dropdown" | "collapse" | "tab" | "offcanvas"))
}

/// Whether what is called so opens a menu.
#[must_use]
pub fn is_called_opening(name: &str) -> bool {
    const MENUS: &[&str] = &[
        "menu",
        "main menu",
        "open menu",
        "more",
        "more options",
        "more actions",
        "show more",
        "options",
        "actions",
        "navigation",
        "toggle navigation",
        "toggle menu",
        "show menu",
        "toggle sidebar",
        "open sidebar",
        "☰",
        "≡",
        "⋮",
        "⋯",
        "…",
        "...",
    ];
    MENUS.contains(&folded(name).as_str())
}
