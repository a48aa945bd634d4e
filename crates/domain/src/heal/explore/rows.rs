//! Lists, where every row has the same `Edit` and the same `Delete`.

use super::{Entry, Pool};
use crate::heal::words::{Word, has, words};
use crate::snapshot::Fingerprint;
use percent_encoding::percent_decode_str;

impl Pool<'_> {
    /// Whether an element does what is wanted to something else: the only `Edit` that is left may
    /// be that of another row. Only where the name says what is done and not to what.
    pub(super) fn is_of_another_row(&self, entry: &Entry<'_>) -> bool {
        let known = &self.wanted.clues;
        if !self.wanted.known || !is_generic(&self.called) || !is_generic(entry.called()) {
            return false;
        }
        let (theirs, mine) = (numbers(known), numbers(entry.element));
        if !theirs.is_empty() && !mine.is_empty() && theirs != mine {
            return true;
        }
        self.has_lost_its_object(entry)
    }

    /// Whether what the intent asks for stood beside the wanted element and does not stand beside
    /// this one.
    fn has_lost_its_object(&self, entry: &Entry<'_>) -> bool {
        let before = words(&self.wanted.clues.neighbour_text);
        let asked: Vec<&Word> = self
            .intent
            .iter()
            .filter(|word| !word.is_weak() && !word.is_operation() && has(&before, word))
            .collect();
        if asked.is_empty() {
            return false;
        }
        let around = words(&format!(
            "{} {} {}",
            entry.element.neighbour_text,
            entry.element.href.as_deref().unwrap_or_default(),
            self.now.title
        ));
        !asked.iter().any(|word| has(&around, word))
    }
}

fn is_generic(called: &[Word]) -> bool {
    !called.is_empty() && called.iter().all(|word| word.is_operation() || word.is_weak())
}

/// What tells one record's address from another's: numbers and made-up keys.
fn numbers(element: &Fingerprint) -> Vec<String> {
    let href = element.href.as_deref().unwrap_or_default();
    // One release writes `/a/`, the next one `%2Fa%2F`.
    let href = percent_decode_str(href).decode_utf8_lossy();
    href.split(|char: char| !char.is_alphanumeric() && char != '-')
        .filter(|part| part.bytes().any(|byte| byte.is_ascii_digit()))
        .filter(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'))
        .map(ToOwned::to_owned)
        .collect()
}
