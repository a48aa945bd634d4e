//! What is exactly where the element was, and says in other words what is asked for; or has it said
//! beside it, as a field that its row explains.

use super::pool::is_password;
use super::rows::row_of;
use super::{Entry, IN_COLUMN, IN_ROW, Place, Pool};
use crate::heal::words::{Word, has, words};
use std::slice;

impl Pool<'_> {
    /// Whether an element that is where the wanted one was is it, though it is called otherwise:
    /// all that the intent asks for is what it says, if loosely, and a thing to press says nothing
    /// else. What people may call a thing proves little by itself; here the place speaks for it.
    pub(super) fn is_reworded(&self, place: &Place, entry: &Entry<'_>) -> bool {
        let asked: Vec<&Word> = self.intent.iter().filter(|word| !word.is_weak()).collect();
        let fills = entry.kind.is_filled_in();
        let beside = if fills { beside(entry) } else { Vec::new() };
        let covered =
            |word: &&Word| says(entry.called(), word) || !word.is_operation() && has(&beside, word);
        let meant = |word: &Word| {
            word.is_weak() || self.intent.iter().any(|asked| says(slice::from_ref(word), asked))
        };
        !asked.is_empty()
            && entry.element.tag == place.tag()
            && !is_password(entry.element)
            && asked.iter().all(covered)
            && (fills || entry.called().iter().all(meant))
            && self.veto(entry).is_none()
            && self.is_row_said(entry)
            && !self.is_said_elsewhere(&asked, entry)
    }

    /// Whether it is in no row of several, or in the one that the intent names.
    fn is_row_said(&self, entry: &Entry<'_>) -> bool {
        let named = || self.named_row().is_some() && self.named_row() == row_of(entry);
        !entry.is_one_of_many() || named()
    }

    /// Whether another element of this kind is called what is asked for.
    fn is_said_elsewhere(&self, asked: &[&Word], entry: &Entry<'_>) -> bool {
        self.entries.iter().any(|other| {
            let same = other.index == entry.index || other.kind != entry.kind;
            !same && asked.iter().all(|word| has(other.called(), word))
        })
    }
}

/// Whether a name says a word, or what people may call so.
fn says(called: &[Word], asked: &Word) -> bool {
    has(called, asked) || asked.loosely().iter().any(|other| has(called, other))
}

/// What stands beside a field to say what goes into it.
fn beside(entry: &Entry<'_>) -> Vec<Word> {
    let attribute = |name: &str| entry.element.attributes.get(name).map_or("", String::as_str);
    let told = [entry.element.neighbour_text.as_str(), attribute(IN_ROW), attribute(IN_COLUMN)];
    told.into_iter().flat_map(words).collect()
}
