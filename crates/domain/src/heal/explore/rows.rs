//! Lists, where every row has the same `Edit` and the same `Delete`.

use super::{Agreement, Entry, Notes, Place, Pool, Stage, Verdict, may_hold};
use crate::heal::explore::Query;
use crate::heal::kind::Kind;
use crate::heal::words::{Word, has, words};
use crate::plan::ActionName;
use crate::snapshot::Fingerprint;
use percent_encoding::percent_decode_str;

/// The attribute under which an element carries what its row says.
pub(in crate::heal) const IN_ROW: &str = "in-row";

/// The attribute under which an element carries what the head of its column says.
pub(in crate::heal) const IN_COLUMN: &str = "in-column";

/// How sure it is that the one thing of its kind in the row that the intent names is meant.
const SCORE: f64 = 0.9;
const MARGIN: f64 = 0.5;

/// Looks in the row that the intent names for what it asks for: "edit alan" among as many `Edit` as
/// there are users.
pub(super) fn search(pool: &Pool<'_>, _: &mut Notes) -> Verdict {
    if pool.wanted.action.only_looks() {
        return Verdict::Next;
    }
    let Some(row) = pool.named_row() else { return Verdict::Next };
    let query = Query::of_intent(pool);
    let within: Vec<&Entry<'_>> = pool
        .entries
        .iter()
        .filter(|entry| row_of(entry) == Some(row))
        .filter(|entry| may_hold(&query, entry) && pool.veto(entry).is_none())
        .filter(|entry| !pool.lacks_the_operation(entry))
        .collect();
    let known = |entry: &Entry<'_>| pool.agreement(entry) == Agreement::Same;
    let asked = |entry: &Entry<'_>| pool.is_asked_for_in_its_row(entry, row);
    let rest = pool.asks_for_more_than(row);
    let alone = |entry: &Entry<'_>| !rest && pool.is_plain(entry);
    let ways: [&dyn Fn(&Entry<'_>) -> bool; 3] = [&known, &asked, &alone];
    for way in ways {
        let found: Vec<&&Entry<'_>> = within.iter().filter(|entry| way(entry)).collect();
        let Some(first) = found.first() else { continue };
        if found[1..].iter().any(|other| !other.is_twin_of(first)) {
            return Verdict::Next;
        }
        return Verdict::One(first.candidate(Stage::Words, SCORE, MARGIN));
    }
    Verdict::Next
}

pub(super) fn row_of<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    entry.element.attributes.get(IN_ROW).map(String::as_str)
}

impl<'a> Pool<'a> {
    /// What the one row says that the intent names: all words of the intent that any row has are in
    /// it, and in no other are as many.
    pub(super) fn named_row(&self) -> Option<&'a str> {
        *self.row.get_or_init(|| {
            let mut rows: Vec<&'a str> = self.entries.iter().filter_map(row_of).collect();
            rows.sort_unstable();
            rows.dedup();
            let asked = self.naming(&self.intent);
            // "Delete it", in a row: which one, the goal may say.
            let in_row = || self.wanted.place.as_ref().is_some_and(Place::is_in_row);
            if asked.is_empty() && in_row() {
                return row_named_by(&self.naming(&self.goal), &rows);
            }
            row_named_by(&asked, &rows)
        })
    }

    /// The words that may name a row.
    fn naming<'w>(&self, said: &'w [Word]) -> Vec<&'w Word> {
        said.iter()
            .filter(|word| !word.is_weak() && !word.is_operation())
            .filter(|word| !self.is_column(word))
            .collect()
    }

    /// Whether a word names what fields in rows hold, and is no data of one row.
    fn is_column(&self, word: &Word) -> bool {
        self.columns().iter().any(|said| said.agrees(word) > 0.0)
    }

    /// What the heads of columns say, and the keys of the fields below them.
    fn columns(&self) -> &[Word] {
        self.columns.get_or_init(|| {
            let mut heads: Vec<&str> = self
                .entries
                .iter()
                .filter_map(|entry| entry.element.attributes.get(IN_COLUMN))
                .map(String::as_str)
                .collect();
            heads.sort_unstable();
            heads.dedup();
            let said = heads.into_iter().flat_map(words);
            let listed = self.entries.iter().flat_map(|entry| {
                let field = entry.kind.is_filled_in() && row_of(entry).is_some();
                let keys = if field { entry.keys() } else { Vec::new() };
                let head = entry.element.xpath.contains("/thead/");
                let called = if head { entry.called() } else { &[] };
                keys.into_iter().flatten().chain(called.iter().cloned())
            });
            said.chain(listed).collect()
        })
    }

    /// Whether an element is called what the intent asks for besides what the row is about: the
    /// operation, the column.
    fn is_asked_for_in_its_row(&self, entry: &Entry<'_>, row: &str) -> bool {
        let about = words(row);
        let rest: Vec<&Word> = self
            .intent
            .iter()
            .filter(|word| {
                word.is_operation() || !about.iter().any(|said| said.agrees(word) >= 1.0)
            })
            .collect();
        let keys = entry.keys();
        let said: Vec<&Word> = entry
            .called()
            .iter()
            .chain(entry.also().iter().flatten())
            .chain(keys.iter().flatten())
            .collect();
        // "Delete ada smith" is not what is done to the only other ada.
        let told = |word: &&Word| said.iter().any(|said| said.agrees(word) > 0.0);
        said.iter().any(|word| rest.iter().any(|asked| asked.agrees(word) > 0.0) && says_much(word))
            && self.left_over(row).iter().all(told)
    }

    /// Whether the intent asks for more than the row says: "mark Ursula as living".
    fn asks_for_more_than(&self, row: &str) -> bool {
        !self.left_over(row).is_empty()
    }

    /// What the intent names that neither the row nor the page is about.
    fn left_over(&self, row: &str) -> Vec<&Word> {
        let about = words(&format!("{row} {} {}", self.now.title, self.now.url));
        let names = |word: &&Word| !word.is_weak() && !word.is_operation();
        let said = |word: &&Word| about.iter().any(|said| said.agrees(word) > 0.0);
        self.intent.iter().filter(names).filter(|word| !said(word)).collect()
    }

    /// Whether an element says nothing of its own and is there for the row: the box that chooses it,
    /// the one thing to press in it.
    fn is_plain(&self, entry: &Entry<'_>) -> bool {
        let says_nothing = entry.called().is_empty() || is_generic(entry.called());
        let unasked = entry
            .called()
            .iter()
            .any(|word| word.is_operation() && !word.is_mild() && !has(&self.intent, word));
        let action = matches!(
            self.wanted.action,
            ActionName::Check | ActionName::Uncheck | ActionName::Click | ActionName::DoubleClick
        );
        action && says_nothing && !unasked && matches!(entry.kind, Kind::Press | Kind::Check)
    }
}

/// The row that these words name: all of them that any row has are in it, and in no other are as
/// many.
fn row_named_by<'a>(asked: &[&Word], rows: &[&'a str]) -> Option<&'a str> {
    if asked.is_empty() || rows.len() < 2 {
        return None;
    }
    let matched = |row: &str| -> Vec<bool> {
        let said = words(row);
        asked.iter().map(|word| said.iter().any(|other| other.agrees(word) >= 1.0)).collect()
    };
    let matched: Vec<(&str, Vec<bool>)> = rows.iter().map(|row| (*row, matched(row))).collect();
    let count = |found: &[bool]| found.iter().filter(|found| **found).count();
    let (row, best) = matched.iter().max_by_key(|(_, found)| count(found))?;
    let rivals = matched.iter().filter(|(other, found)| {
        let more = found.iter().zip(best).any(|(theirs, mine)| *theirs && !mine);
        other != row && (more || count(found) == count(best))
    });
    (count(best) > 0 && rivals.count() == 0).then_some(*row)
}

/// Whether an element is at the foot of a form that is written as a list.
fn is_foot_of_a_form(entry: &Entry<'_>) -> bool {
    let path = &entry.element.xpath;
    let form = path.rfind("/form");
    let row = ["/tr", "/li"].iter().filter_map(|step| path.rfind(step)).max();
    entry.submits() && !entry.is_in_table() && form.zip(row).is_some_and(|(form, row)| form < row)
}

/// Whether an element says that it opens a menu.
pub(super) fn opens_a_menu(entry: &Entry<'_>) -> bool {
    let says = |name: &str, value: &str| {
        entry.element.attributes.get(name).is_some_and(|said| said.eq_ignore_ascii_case(value))
    };
    says("aria-haspopup", "true")
        || says("aria-haspopup", "menu")
        || says("data-toggle", "dropdown")
        || says("data-bs-toggle", "dropdown")
}

/// Whether a word tells things in a row apart: `View` does beside `Edit`, and `record` does not.
fn says_much(word: &Word) -> bool {
    !word.is_weak() || word.is_driving()
}

impl Pool<'_> {
    /// Whether a `Remove` is that of a row, where the intent names none and nothing else is known:
    /// "delete it" means the thing of the page, and not one of its parts.
    pub(super) fn is_of_a_row_nobody_named(&self, entry: &Entry<'_>) -> bool {
        let Some(row) = row_of(entry) else { return false };
        let was_in_row = || {
            let place = self.wanted.place.as_ref();
            self.wanted.clues.attributes.contains_key(IN_ROW) || place.is_none_or(Place::is_in_row)
        };
        let other = entry.kind != Kind::Press || !is_generic(entry.called());
        if other || self.wanted.known && was_in_row() {
            return false;
        }
        if self.is_menu_of_the_page(row, entry) || is_foot_of_a_form(entry) {
            return false;
        }
        let said = words(row);
        let named = |word: &Word| !word.is_weak() && !word.is_operation() && has(&said, word);
        let by_the_goal =
            || self.named_row() == Some(row) && !self.is_in_a_row_of_another_number(entry);
        !self.intent.iter().any(named) && !by_the_goal()
    }

    /// Whether an entry of a list is a menu of the page: it opens one, and nothing in it is in another
    /// entry too, as what belongs to the things of a list is.
    fn is_menu_of_the_page(&self, row: &str, entry: &Entry<'_>) -> bool {
        let inside = |other: &&Entry<'_>| row_of(other) == Some(row);
        let again = |other: &Entry<'_>| {
            other.folded == entry.folded && row_of(other).is_some_and(|other| other != row)
        };
        !entry.is_in_table()
            && self.entries.iter().filter(inside).any(opens_a_menu)
            && !self.entries.iter().any(again)
    }

    /// Whether an element does what is wanted to something else: the only `Edit` that is left may
    /// be that of another row. Only where the name says what is done and not to what.
    pub(super) fn is_of_another_row(&self, entry: &Entry<'_>) -> bool {
        // Where the intent says which row is meant, no other one is, and this one is.
        let generic = entry.called().is_empty() || is_generic(entry.called());
        if let (Some(named), Some(row)) = (self.named_row(), row_of(entry)) {
            let of_row = matches!(entry.kind, Kind::Press | Kind::Check);
            return of_row && generic && named != row;
        }
        if generic && self.is_in_a_row_of_another_number(entry) {
            return true;
        }
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

    /// Whether the locator counts rows, and this is not the one.
    fn is_in_a_row_of_another_number(&self, entry: &Entry<'_>) -> bool {
        let place = self.wanted.place.as_ref();
        place
            .zip(Place::of_element(entry.element))
            .is_some_and(|(place, here)| place.is_of_another_row(&here))
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
