//! Whether a locator found what it means: the guard before acting.

use crate::heal::explore::{Agreement, agreement, by_unique_match, by_words, name_of, shown};
use crate::heal::kind::{Kind, eligible};
use crate::heal::words::{has, opposed, words, words_of_attribute};
use crate::heal::{Brittle, Wanted, brittleness, similarity};
use crate::plan::Target;
use crate::snapshot::{Fingerprint, Snapshot};

/// Below this an element with another name is another element. Half of what an element is survives
/// real upgrades nearly always; its neighbour in a list scores about as much.
const UNLIKE: f64 = 0.45;

/// Why the only match of a locator is not what the step means; `None` when nothing speaks against
/// it.
///
/// With a known element the match must say the same, or at least look like it. Without one only
/// brittle locators are doubted, and only where the page itself says better. A false alarm costs a
/// search, which may come back to the same element; what only looks is never doubted, for the text
/// that is read is another one every time.
#[must_use]
pub fn suspect(
    target: &Target,
    wanted: &Wanted<'_>,
    located: &Fingerprint,
    now: &Snapshot,
) -> Option<String> {
    if wanted.action.only_looks() {
        return None;
    }
    if wanted.known {
        return is_not_the_known_one(wanted, located, now);
    }
    if brittleness(target) == Brittle::Sound {
        return None;
    }
    if !eligible(wanted.action, located) {
        return Some(format!("{} cannot take this action", shown(located)));
    }
    let intent = words(wanted.intent);
    if touches(&intent, located) {
        return None;
    }
    let blind = Wanted { clues: kind_only(located), known: false, place: None, ..wanted.clone() };
    let meant = by_words(&blind, now)?;
    if is_same(&meant.fingerprint, located) {
        return None;
    }
    Some(format!(
        "the locator found {}, and the intent names {}",
        shown(located),
        shown(&meant.fingerprint)
    ))
}

fn is_not_the_known_one(
    wanted: &Wanted<'_>,
    located: &Fingerprint,
    now: &Snapshot,
) -> Option<String> {
    let known = &wanted.clues;
    let intent = words(wanted.intent);
    let agreement = agreement(&words(name_of(known)), &words(name_of(located)), &intent);
    let says = format!("the locator found {}, where {} was", shown(located), shown(known));
    // A field may well be told by words that are operations of buttons.
    let presses = Kind::of(located) == Kind::Press;
    let opposite = opposed(&words(name_of(known)), &words(name_of(located)));
    if opposite || presses && agreement == Agreement::Opposed {
        return Some(format!("{says}, and it does something else"));
    }
    let kinds_differ = !Kind::of(known).can_become(Kind::of(located));
    let clearly_other =
        kinds_differ || matches!(agreement, Agreement::Differs | Agreement::Opposed);
    if !clearly_other {
        return None;
    }
    let likeness = similarity(known, located);
    if likeness < UNLIKE {
        return Some(format!("{says}, and they have little in common"));
    }
    let elsewhere = by_unique_match(wanted, now)?;
    if is_same(&elsewhere.fingerprint, located) {
        return None;
    }
    Some(format!("{says}, and {} is elsewhere", shown(&elsewhere.fingerprint)))
}

/// Whether an element has any word of the intent: in its name, beside it, in its attributes.
fn touches(intent: &[crate::heal::words::Word], located: &Fingerprint) -> bool {
    let read = [
        Some(located.name.as_str()),
        Some(located.text.as_str()),
        located.label.as_deref(),
        located.placeholder.as_deref(),
        located.attributes.get("title").map(String::as_str),
        located.attributes.get("value").map(String::as_str),
        located.input_type.as_deref(),
    ];
    let keys = [&located.id, &located.name_attribute, &located.test_id, &located.href];
    let read = read.into_iter().flatten().flat_map(words);
    let keys = keys.into_iter().flatten().flat_map(|key| words_of_attribute(key));
    read.chain(keys).any(|word| !word.is_weak() && has(intent, &word))
}

/// Of a brittle locator's match only the kind is believed.
fn kind_only(located: &Fingerprint) -> Fingerprint {
    Fingerprint {
        tag: located.tag.clone(),
        role: located.role.clone(),
        input_type: located.input_type.clone().filter(|kind| kind != "text"),
        ..Fingerprint::default()
    }
}

/// Whether both are one element of one page.
fn is_same(a: &Fingerprint, b: &Fingerprint) -> bool {
    a.xpath == b.xpath && a.css_path == b.css_path && a.frame == b.frame
}

#[cfg(test)]
mod tests;
