//! The elements of a page that could be meant, each with what it is called.

use super::placed::Near;
use super::{Agreement, IN_COLUMN, Stage, Wanted, agreement};
use crate::heal::Candidate;
use crate::heal::clues::generated::is_generated;
use crate::heal::kind::{Kind, eligible};
use crate::heal::text::folded;
use crate::heal::words::{Word, opposed, other_operation, words, words_of_attribute};
use crate::plan::ActionName;
use crate::site::led_off;
use crate::snapshot::{Fingerprint, Snapshot};
use std::cell::OnceCell;

/// What is looked for, and the elements among which.
pub(in crate::heal) struct Pool<'a> {
    pub(super) wanted: &'a Wanted<'a>,
    pub(super) now: &'a Snapshot,
    /// What the step is for.
    pub(in crate::heal) intent: Vec<Word>,
    /// What the wanted element was called.
    pub(in crate::heal) called: Vec<Word>,
    /// The same, as it was written.
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(in crate::heal) entries: Vec<Entry<'a>>,
    /// What could take the action, and leads to another site.
    pub(super) leading_off: Vec<&'a Fingerprint>,
    /// What the whole task is for.
    pub(super) goal: Vec<Word>,
    /// How much each of them looks like the known one, once somebody asked.
    pub(super) likeness: OnceCell<Vec<f64>>,
    /// How near each of them is to where the wanted one was, once somebody asked.
    pub(super) near: OnceCell<Vec<Option<Near>>>,
    /// What the heads of columns say, once somebody asked.
    pub(super) columns: OnceCell<Vec<Word>>,
    /// What the only row says that the intent names, once somebody asked.
    pub(super) row: OnceCell<Option<&'a str>>,
}

/// An element that the action can be carried out on.
pub(in crate::heal) struct Entry<'a> {
    /// Its place in the snapshot.
    pub(in crate::heal) index: usize,
    pub(in crate::heal) element: &'a Fingerprint,
    pub(in crate::heal) kind: Kind,
    /// Its name for people, for comparison.
    pub(super) folded: String,
    /// The words of its name for people, once somebody asked.
    called: OnceCell<Vec<Word>>,
    /// The words of what else people read on it.
    also: OnceCell<Vec<Vec<Word>>>,
}

impl<'a> Pool<'a> {
    pub(in crate::heal) fn of(wanted: &'a Wanted<'a>, now: &'a Snapshot) -> Self {
        let name = name_of(&wanted.clues).to_owned();
        let mut pool = Self {
            wanted,
            now,
            intent: words(wanted.intent),
            called: words(&name),
            name,
            kind: Kind::of(&wanted.clues),
            entries: Vec::new(),
            leading_off: Vec::new(),
            goal: words(wanted.goal),
            likeness: OnceCell::new(),
            near: OnceCell::new(),
            columns: OnceCell::new(),
            row: OnceCell::new(),
        };
        if !matches!(wanted.action, ActionName::Fill | ActionName::Clear) {
            pool.intent.retain(|word| !word.is_again());
        }
        let (leading_off, entries) = now
            .elements
            .iter()
            .enumerate()
            .filter(|(_, element)| element.interactive || wanted.action.only_looks())
            .map(|(index, element)| (index, &element.fingerprint))
            .filter(|(_, element)| element.frame.as_deref() == wanted.frame)
            .filter(|(_, element)| eligible(wanted.action, element))
            .map(|(index, element)| Entry::of(index, element))
            .filter(|entry| pool.may_be(entry))
            .partition::<Vec<_>, _>(|entry| pool.leads_off(entry));
        pool.leading_off = leading_off.into_iter().map(|entry| entry.element).collect();
        pool.entries = entries;
        pool
    }

    /// Whether an element is a link to another site, and the known one was not. What led there once
    /// may have been put there by anybody, and what follows would be typed there.
    fn leads_off(&self, entry: &Entry<'_>) -> bool {
        let led_off = |element: &Fingerprint| {
            let href = element.href.as_deref().filter(|_| !self.wanted.action.only_looks())?;
            led_off(&self.now.url, href)
        };
        let before = led_off(&self.wanted.clues).filter(|_| self.wanted.known);
        led_off(entry.element).is_some_and(|there| before != Some(there))
    }

    /// Whether an element is of a kind that may be meant. A click means something that is pressed
    /// unless the locator or the intent says that it was a field; only then is a field clicked.
    fn may_be(&self, entry: &Entry<'_>) -> bool {
        if !self.kind.can_become(entry.kind) {
            return false;
        }
        let says = |wanted: &[&str]| {
            let intent = self.wanted.intent.to_lowercase();
            wanted.iter().any(|word| intent.contains(word))
        };
        match self.wanted.action {
            ActionName::Click | ActionName::DoubleClick if self.kind == Kind::Other => {
                match entry.kind {
                    Kind::Field | Kind::Choose => says(&["field", "box", "input", "focus"]),
                    Kind::File => says(&["file", "upload"]),
                    _ => true,
                }
            }
            ActionName::Press if self.wanted.clues.tag == "input" => entry.element.tag == "input",
            ActionName::Upload if self.kind == Kind::Other => entry.kind == Kind::File,
            _ => true,
        }
    }

    /// What speaks against an element whatever else speaks for it.
    pub(in crate::heal) fn veto(&self, entry: &Entry<'_>) -> Option<String> {
        let another = self.is_of_another_row(entry) || self.is_of_a_row_nobody_named(entry);
        let row = || another.then(|| format!("{} belongs to something else", shown(entry.element)));
        self.contradiction(entry).or_else(row)
    }

    /// What in an element itself speaks against it.
    pub(super) fn contradiction(&self, entry: &Entry<'_>) -> Option<String> {
        let known = &self.wanted.clues;
        if known.input_type.is_some() && is_password(known) != is_password(entry.element) {
            return Some(format!("{} is not the same kind of field", shown(entry.element)));
        }
        let opposite = opposed(&self.called, entry.called())
            || self.called.is_empty() && opposed(&self.intent, entry.called());
        if opposite {
            return Some(format!("{} says the opposite", shown(entry.element)));
        }
        if entry.kind == Kind::Press && self.does_another_thing(entry) {
            return Some(format!("{} does another thing", shown(entry.element)));
        }
        None
    }

    fn does_another_thing(&self, entry: &Entry<'_>) -> bool {
        if self.called.is_empty() {
            other_operation(&self.intent, entry.called())
        } else {
            other_operation(&self.called, entry.called())
        }
    }

    /// Whether an element is called what the wanted one was called.
    pub(super) fn agreement(&self, entry: &Entry<'_>) -> Agreement {
        agreement(&self.called, entry.called(), &self.intent)
    }

    /// How many things that people do not read are the same on both: the `name`, the test id, an
    /// id that was not made up, the address.
    pub(super) fn same_keys(&self, entry: &Entry<'_>) -> usize {
        let (known, other) = (&self.wanted.clues, entry.element);
        let same = |a: Option<&String>, b: Option<&String>| a.is_some() && a == b;
        let value = |element: &Fingerprint| element.attributes.get("value").cloned();
        // Buttons of one name that differ in their value do different things.
        let name = same(known.name_attribute.as_ref(), other.name_attribute.as_ref())
            && (matches!(entry.kind, Kind::Field | Kind::Choose) || value(known) == value(other));
        let id = same(known.id.as_ref(), other.id.as_ref())
            && !known.id.as_deref().is_some_and(is_generated);
        let test_id = same(known.test_id.as_ref(), other.test_id.as_ref());
        let address = same(known.href.as_ref(), other.href.as_ref()) && is_address(other);
        [name, id, test_id, address].into_iter().filter(|same| *same).count()
    }
}

impl<'a> Entry<'a> {
    fn of(index: usize, element: &'a Fingerprint) -> Self {
        let name = name_of(element);
        Self {
            index,
            element,
            kind: Kind::of(element),
            folded: folded(name),
            called: OnceCell::new(),
            also: OnceCell::new(),
        }
    }

    /// The words of its name for people.
    pub(in crate::heal) fn called(&self) -> &[Word] {
        self.called.get_or_init(|| words(name_of(self.element)))
    }

    /// The words of what else people read on it: label, placeholder, title, column, and its text
    /// where its name is another one.
    pub(super) fn also(&self) -> &[Vec<Word>] {
        self.also.get_or_init(|| {
            let title = self.element.attributes.get("title");
            // A field in a table has its label at the head of the column.
            let column =
                self.element.attributes.get(IN_COLUMN).filter(|_| self.kind.is_filled_in());
            let text = Some(&self.element.text);
            [self.element.label.as_ref(), self.element.placeholder.as_ref(), title, column, text]
                .into_iter()
                .flatten()
                .filter(|name| name.as_str() != name_of(self.element))
                .map(|name| words(name))
                .filter(|name| !name.is_empty())
                .collect()
        })
    }

    /// Whether it sends a form.
    pub(super) fn submits(&self) -> bool {
        self.element.input_type.as_deref() == Some("submit")
    }

    /// Whether it is in a row of a table.
    pub(super) fn is_in_table(&self) -> bool {
        self.element.xpath.contains("/tr")
    }

    /// Whether it is in one of several rows or entries.
    pub(in crate::heal) fn is_one_of_many(&self) -> bool {
        ["/tr[", "/li[", "/dd["].iter().any(|step| self.element.xpath.contains(step))
    }

    /// Whether it is a field to search in.
    pub(super) fn is_to_search_in(&self) -> bool {
        let says_so = self.element.input_type.as_deref() == Some("search")
            || self.element.role.as_deref() == Some("searchbox");
        self.kind == Kind::Field && (says_so || self.keys().iter().flatten().any(Word::is_search))
    }

    pub(in crate::heal) fn candidate(&self, stage: Stage, score: f64, margin: f64) -> Candidate {
        Candidate { fingerprint: self.element.clone(), stage, score, margin }
    }

    /// The other things it is called: by attributes that people do not read.
    pub(super) fn keys(&self) -> Vec<Vec<Word>> {
        let element = self.element;
        [&element.name_attribute, &element.id, &element.test_id]
            .into_iter()
            .flatten()
            .filter(|key| !is_generated(key))
            .map(|key| words_of_attribute(key))
            .filter(|words| !words.is_empty())
            .collect()
    }

    /// Whether both are one control, drawn twice: links of one name to one address.
    pub(in crate::heal) fn is_twin_of(&self, other: &Self) -> bool {
        is_address(self.element)
            && self.element.href == other.element.href
            && self.element.role == other.element.role
            && self.element.tag == "a"
            && other.element.tag == "a"
            && self.folded == other.folded
            && !self.folded.is_empty()
    }
}

/// What people call an element: its accessible name, else its label, its text, its placeholder.
pub(in crate::heal) fn name_of(element: &Fingerprint) -> &str {
    let attribute = |name: &str| element.attributes.get(name).map(String::as_str);
    [
        Some(element.name.as_str()),
        element.label.as_deref(),
        Some(element.text.as_str()),
        element.placeholder.as_deref(),
        attribute("title"),
        attribute("aria-label"),
    ]
    .into_iter()
    .flatten()
    .find(|name| !name.trim().is_empty())
    .unwrap_or_default()
}

/// Whether a link leads somewhere else than to a script or to where one is.
pub(in crate::heal) fn is_address(element: &Fingerprint) -> bool {
    element.href.as_deref().is_some_and(|href| {
        let href = href.trim();
        !href.is_empty() && !href.starts_with('#') && !href.to_lowercase().starts_with("javascript")
    })
}

pub(in crate::heal) fn is_password(element: &Fingerprint) -> bool {
    element.input_type.as_deref() == Some("password")
}

/// An element in a few words, for people.
pub(in crate::heal) fn shown(element: &Fingerprint) -> String {
    let what = element.role.as_deref().unwrap_or(&element.tag);
    match name_of(element) {
        "" => format!("a {what} without a name"),
        name => format!("{what} \"{}\"", name.trim()),
    }
}
