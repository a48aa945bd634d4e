//! How well a name answers a question, in words weighed by how rare they are on the page.

use super::super::{Entry, Pool};
use super::Query;
use crate::heal::kind::Kind;
use crate::heal::words::{Word, has, words};
use std::collections::HashMap;

/// How much of what is asked for the name must cover.
const RECALL: f64 = 0.6;
/// How much of the name must be asked for; a field may say more of what it takes, if it has all
/// that is asked for.
const PRECISION: f64 = 0.99;
const PRECISION_OF_FIELDS: f64 = 0.6;
/// What an attribute that people do not read counts for against a name that they do.
const UNREAD: f64 = 0.85;
/// What a word weighs that says only what kind of thing it is: where it is found, and where not.
const WEAK: f64 = 0.25;
const WEAK_MISSED: f64 = 0.1;
/// What a word weighs that the page is about anyway: "save the user" on the page of the user.
const EXPLAINED: f64 = 0.15;

/// An element and how well it answers.
pub(super) struct Found<'p, 'a> {
    pub(super) entry: &'p Entry<'a>,
    pub(super) score: f64,
    /// Whether it may be taken, as far as its own words go.
    pub(super) fits: bool,
    /// Whether it is called all that is asked for, and maybe more.
    pub(super) complete: bool,
    /// Whether the words are the same, word for word.
    pub(super) literal: bool,
}

/// How much the words of this page weigh.
pub(super) struct Scale<'p> {
    counts: HashMap<&'p str, usize>,
    /// What the page is about: its title, its path, what is entered in it.
    about: Vec<Word>,
    /// What the task is about.
    goal: &'p [Word],
}

impl<'p> Scale<'p> {
    pub(super) fn of(pool: &'p Pool<'_>) -> Self {
        let mut counts = HashMap::new();
        for word in pool.entries.iter().flat_map(Entry::called) {
            *counts.entry(word.key()).or_insert(0) += 1;
        }
        let values = pool.now.elements.iter().filter_map(|element| element.value.as_deref());
        let values = values.filter(|value| value.len() <= 60).collect::<Vec<_>>().join(" ");
        let about = words(&format!("{} {} {values}", pool.now.title, path_of(&pool.now.url)));
        Self { counts, about, goal: &pool.goal }
    }

    /// The best that any of an element's names says; `None` when none has a word in common.
    pub(super) fn weigh<'e, 'a>(
        &self,
        query: &Query,
        entry: &'e Entry<'a>,
    ) -> Option<Found<'e, 'a>> {
        let read = entry.also().iter().map(Vec::as_slice).chain([entry.called()]);
        // What people read goes first: a key that says `password` is no way around a label that says
        // `Confirm password`.
        let said = entry.called().iter().any(|word| !word.is_weak() && query.asks_for(word));
        let unread = !said && (entry.kind != Kind::Press || entry.called().is_empty());
        let keys = if unread { keys(entry) } else { Vec::new() };
        read.map(|name| (name, 1.0))
            .chain(keys.iter().map(|name| (name.as_slice(), UNREAD)))
            .filter_map(|(name, factor)| self.answer(query, entry, name, factor))
            .max_by(|a, b| a.score.total_cmp(&b.score))
    }

    fn answer<'e, 'a>(
        &self,
        query: &Query,
        entry: &'e Entry<'a>,
        name: &[Word],
        factor: f64,
    ) -> Option<Found<'e, 'a>> {
        let matched: Vec<&Word> = query.words.iter().filter(|word| has(name, word)).collect();
        if matched.iter().all(|word| word.is_driving()) {
            return None;
        }
        let acts = matched.iter().any(|word| word.is_operation());
        let recall = self.recall(query, entry, name, acts);
        let precision = self.precision(query, name, acts);
        if recall <= 0.0 || precision <= 0.0 {
            return None;
        }
        let quality = quality(&matched, name);
        let mean = 2.0 * recall * precision / (recall + precision);
        let all_said = precision >= PRECISION && recall >= RECALL;
        let all_asked = recall >= PRECISION && precision >= PRECISION_OF_FIELDS;
        Some(Found {
            entry,
            score: mean * quality * factor * query.factor,
            fits: all_said || all_asked && entry.kind != Kind::Press,
            complete: recall >= PRECISION && factor >= 1.0,
            literal: quality >= 1.0
                && factor >= 1.0
                && recall >= PRECISION
                && precision >= PRECISION,
        })
    }

    /// How much of what is asked for a name covers.
    fn recall(&self, query: &Query, entry: &Entry<'_>, name: &[Word], acts: bool) -> f64 {
        let (mut found, mut asked) = (0.0, 0.0);
        for word in &query.words {
            let weight = self.rarity(word);
            if has(name, word) {
                found += weight;
                asked += weight;
            } else if word.kinds().contains(&entry.kind) {
                found += WEAK;
                asked += WEAK;
            } else if is_beside_the_field(word, entry, name) {
                asked += WEAK_MISSED;
            } else if !is_done_by_hand(word, entry, acts) {
                asked += self.missed(word, query, name, acts);
            }
        }
        share(found, asked)
    }

    /// What a word weighs that is asked for and not in the name.
    fn missed(&self, word: &Word, query: &Query, name: &[Word], acts: bool) -> f64 {
        if !word.kinds().is_empty() {
            return WEAK;
        }
        if word.is_weak() {
            return WEAK_MISSED;
        }
        // What is done to the thing that the page is about need not name the thing; and "the user
        // bob" says what bob is.
        let introduces = || {
            let named = |(before, after): &(Word, Word)| {
                before == word && has(name, after) && !has(&self.about, after)
            };
            query.pairs.iter().any(named)
        };
        let explained = self.explains(word) && (acts || introduces());
        self.rarity(word) * if explained { EXPLAINED } else { 1.0 }
    }

    /// How much of a name is asked for.
    fn precision(&self, query: &Query, name: &[Word], acts: bool) -> f64 {
        let (mut meant, mut said) = (0.0, 0.0);
        for word in name {
            let weight = self.rarity(word);
            if query.asks_for(word) {
                meant += weight;
                said += weight;
            } else if !(acts && (self.explains(word) || self.is_the_goals(query, word))) {
                said += weight;
            }
        }
        share(meant, said)
    }

    /// Whether a word names what the page is about: what is done to it need not say so.
    fn explains(&self, word: &Word) -> bool {
        !word.is_operation() && has(&self.about, word)
    }

    /// Whether a word names what the task is about or what kind of thing that is, and not what is
    /// done: `Copy page 'Spring'` to "copy it".
    fn is_the_goals(&self, query: &Query, word: &Word) -> bool {
        let kind = || word.is_weak() && query.words.iter().all(Word::is_operation);
        !word.is_operation() && (has(self.goal, word) || kind())
    }

    /// A word that is all over the page tells less apart.
    fn rarity(&self, word: &Word) -> f64 {
        let count = self.counts.get(word.key()).copied().unwrap_or(1).max(1);
        let kind = if word.is_weak() { WEAK } else { 1.0 };
        #[expect(clippy::cast_precision_loss, reason = "a page has at most some hundred elements")]
        let rarity = 1.0 / (1.0 + (count as f64).ln());
        kind * rarity
    }
}

/// Whether a word of an intent is the hand's part, or what a button does whatever it is called.
fn is_done_by_hand(word: &Word, entry: &Entry<'_>, acts: bool) -> bool {
    let submits = entry.submits();
    word.is_driving() && word.kinds().is_empty()
        || submits && word.is_submit()
        || word.goes_without_saying()
        || acts && word.is_auxiliary()
}

/// Whether a word of an intent says of what is typed into a field that it is new, or what is searched
/// for with a field that is only to search.
fn is_beside_the_field(word: &Word, entry: &Entry<'_>, name: &[Word]) -> bool {
    if entry.kind != Kind::Field || word.is_driving() {
        return false;
    }
    word.is_new() || !word.is_operation() && name.iter().all(Word::is_search)
}

fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// How well the words agree that do: less where they only mean the same.
fn quality(matched: &[&Word], name: &[Word]) -> f64 {
    let best = |word: &Word| name.iter().map(|other| other.agrees(word)).fold(0.0, f64::max);
    #[expect(clippy::cast_precision_loss, reason = "an intent has at most some dozen words")]
    let count = matched.len() as f64;
    share(matched.iter().map(|word| best(word)).sum(), count)
}

/// What it is called where people do not read it, and what the kind of a field says.
fn keys(entry: &Entry<'_>) -> Vec<Vec<Word>> {
    let kind = match entry.element.input_type.as_deref() {
        Some("password") => "password",
        Some("email") => "email",
        Some("tel") => "phone",
        Some("search") => "search",
        _ => return entry.keys(),
    };
    entry.keys().into_iter().chain([words(kind)]).collect()
}

fn path_of(url: &str) -> &str {
    let after = url.split_once("://").map_or(url, |(_, after)| after);
    let path = after.split_once('/').map_or("", |(_, path)| path);
    path.split(['?', '#']).next().unwrap_or_default()
}
