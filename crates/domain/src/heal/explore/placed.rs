//! Where the locator says that the element is, where nothing else tells.

use super::pool::{is_address, name_of, shown};
use super::rows::row_of;
use super::{Entry, Notes, Place, Pool, Query, Stage, Verdict, may_hold};
use crate::heal::kind::Kind;
use crate::heal::words::{Word, has, without, words};
use crate::snapshot::Fingerprint;

/// A path of fewer steps leads anywhere.
const SHORTEST: usize = 3;
/// How much of the path must lead there where the element is also called as the intent has it, and
/// how far behind what is nearest it may be.
const FLOOR: f64 = 0.6;
const BEHIND: f64 = 0.05;
/// The same where nothing but its place speaks for it.
const SILENT_FLOOR: f64 = 0.8;
const PLAIN_FLOOR: f64 = 0.9;
/// How far the next must be behind: less where the whole path leads there.
const MARGIN: f64 = 0.05;
const SILENT_MARGIN: f64 = 0.08;
/// Of the path to something that is elsewhere, no more leads there.
const FAR_OFF: f64 = 0.55;
const EXACT: f64 = 0.95;
const EXACT_MARGIN: f64 = 0.03;

/// Looks for what is where the element was.
pub(super) fn search(pool: &Pool<'_>, notes: &mut Notes) -> Verdict {
    if pool.wanted.action.only_looks() {
        return Verdict::Next;
    }
    let Some(place) = pool.path() else { return Verdict::Next };
    let query = Query::of_intent(pool);
    let Some(nearest) = pool.nearest(|entry| may_hold(&query, entry)) else {
        return Verdict::Next;
    };
    let speaking = pool.nearest(|entry| {
        may_hold(&query, entry) && pool.speaks_of(entry) && pool.why_not(place, entry).is_none()
    });
    if let Some(it) = speaking
        && it.score >= FLOOR.max(nearest.score - BEHIND)
        && place.is_ahead(&it, MARGIN)
    {
        return Verdict::One(it.entry.candidate(Stage::Place, it.score, it.margin));
    }
    let Leader { entry, score, margin } = nearest;
    let said = format!("where it was is {} now", shown(entry.element));
    let plain =
        entry.says_only_do_it() && (score < PLAIN_FLOOR || entry.element.tag != place.tag());
    let why = if score < SILENT_FLOOR
        || plain
        || !place.is_ahead(&nearest, if entry.says_only_do_it() { MARGIN } else { SILENT_MARGIN })
    {
        Some("nothing is where it was".to_owned())
    } else if pool.says_only_do_it() || pool.says_only_a_kind() && is_the_only_one(&nearest) {
        entry.is_no_doing(place).then_some(said)
    } else {
        let silent = pool.could_be_anything(entry);
        pool.why_not(place, entry).or_else(|| (!silent).then_some(said))
    };
    if let Some(why) = why {
        notes.say(why);
        notes.consider(entry, Stage::Place, score, margin);
        return Verdict::Next;
    }
    Verdict::One(entry.candidate(Stage::Place, score, margin))
}

/// Whether something is exactly there, and is no entry of a list.
fn is_the_only_one(it: &Leader<'_, '_>) -> bool {
    it.score >= EXACT && !it.entry.is_one_of_many()
}

/// Where an element is, beside the path to the wanted one.
pub(super) struct Near {
    /// How much of the way there is the same.
    likeness: f64,
    /// Whether it is below the id that the path starts from.
    below: bool,
}

/// What is nearest to where the element was.
pub(in crate::heal) struct Leader<'p, 'a> {
    pub(in crate::heal) entry: &'p Entry<'a>,
    /// How much of the way there is the same.
    pub(in crate::heal) score: f64,
    /// How far the next is behind.
    pub(in crate::heal) margin: f64,
}

impl Place {
    /// Whether what is nearest is far enough ahead.
    fn is_ahead(&self, it: &Leader<'_, '_>, margin: f64) -> bool {
        let exact = it.score >= EXACT && self.is_exact();
        it.margin >= if exact { EXACT_MARGIN } else { margin }
    }
}

impl<'a> Pool<'a> {
    /// The path to where the element was, if there is one that says something.
    pub(in crate::heal) fn path(&self) -> Option<&Place> {
        self.wanted.place.as_ref().filter(|place| place.depth() >= SHORTEST)
    }

    /// What is nearest to where the element was among these: below the id that the path starts from,
    /// if that is still there.
    pub(in crate::heal) fn nearest(
        &self,
        among: impl Fn(&Entry<'_>) -> bool,
    ) -> Option<Leader<'_, 'a>> {
        let near = || self.near().iter().zip(&self.entries);
        let rooted = near().any(|(near, _)| near.as_ref().is_some_and(|near| near.below));
        let mut ranked: Vec<(f64, &Entry<'a>)> = near()
            .filter_map(|(near, entry)| Some((near.as_ref()?, entry)))
            .filter(|(near, entry)| (near.below || !rooted) && among(entry))
            .map(|(near, entry)| (near.likeness, entry))
            .collect();
        ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let (score, entry) = ranked.first().copied()?;
        let next = ranked.iter().skip(1).find(|(_, other)| !other.is_twin_of(entry));
        let margin = score - next.map_or(0.0, |(score, _)| *score);
        Some(Leader { entry, score, margin })
    }

    /// How much of the path leads to each element; nothing when no path says where the element was.
    fn near(&self) -> &[Option<Near>] {
        self.near.get_or_init(|| {
            let near = |entry: &Entry<'_>| {
                let (place, here) = (self.path()?, Place::of_element(entry.element)?);
                Some(Near { likeness: place.likeness(&here), below: place.starts_with(&here) })
            };
            self.entries.iter().map(near).collect()
        })
    }

    /// What speaks against an element that is where the wanted one was.
    fn why_not(&self, place: &Place, entry: &Entry<'_>) -> Option<String> {
        let plain = entry.says_only_do_it();
        if let Some(why) = self.contradiction(entry).filter(|_| !plain) {
            return Some(why);
        }
        let nobody_named = !place.is_in_row() && self.is_of_a_row_nobody_named(entry);
        let foreign = nobody_named || self.is_of_another_row(entry);
        let leads = entry.element.tag == "a" && is_address(entry.element);
        let silent = plain || entry.says_nothing();
        let unasked = !leads && self.does_unasked_things(entry) && !self.confirms_the_goal(entry);
        let other =
            !silent && (self.lacks_the_operation(entry) || unasked || self.names_another(entry));
        let other = other || self.changes_a_row_by_its_number(place, entry);
        (foreign || other).then(|| format!("where it was is {} now", shown(entry.element)))
    }

    /// Whether nothing but its number says which row's thing is to be deleted, sent or published. Rows
    /// come and go; what was the second is the third tomorrow.
    fn changes_a_row_by_its_number(&self, place: &Place, entry: &Entry<'_>) -> bool {
        let takes_effect = self.intent.iter().any(Word::takes_effect);
        takes_effect && place.is_in_row() && row_of(entry).is_some() && self.named_row().is_none()
    }

    /// Whether an element has what is asked for only in part, and something else in its place: `Add
    /// group` for "add a user".
    fn names_another(&self, entry: &Entry<'_>) -> bool {
        // `Filter` is as often a thing as something that is done.
        let names = |word: &Word| !word.is_weak() && (!word.is_operation() || word.is_mild());
        let has_name = |words: Vec<&Word>| words.into_iter().any(names);
        let shared = entry.called().iter().any(|word| names(word) && has(&self.intent, word));
        let told = entry.kind == Kind::Press || !shared && entry.called().iter().any(names);
        told && has_name(without(&self.intent, entry.called()))
            && has_name(without(entry.called(), &self.intent))
    }

    /// Whether all that an element says it does besides is what the task is for: `Yes, delete it` to
    /// "confirm".
    fn confirms_the_goal(&self, entry: &Entry<'_>) -> bool {
        let does = entry.called().iter().filter(|word| word.is_operation() && !word.is_mild());
        let asked = self.intent.iter().filter(|word| word.is_operation());
        asked.clone().all(Word::is_confirm)
            && does.clone().all(|word| word.is_confirm() || has(&self.goal, word))
    }

    /// How much of the path leads to an element, if a path says where the wanted one was.
    pub(in crate::heal) fn likeness_of_place(&self, element: &Fingerprint) -> Option<f64> {
        Some(self.path()?.likeness(&Place::of_element(element)?))
    }

    /// Whether an element is nowhere near where the known one was.
    pub(in crate::heal) fn is_far_off(&self, entry: &Entry<'_>) -> bool {
        let near = self.likeness_of_place(entry.element);
        self.wanted.known && near.is_some_and(|near| near < FAR_OFF)
    }

    /// Whether the wanted element was in a row, this one is in none, and something is in that place.
    pub(super) fn has_left_its_row(&self, entry: &Entry<'_>) -> bool {
        self.path().is_some_and(Place::is_in_row)
            && !entry.is_in_table()
            && self.nearest(|_| true).is_some_and(|it| it.score >= SILENT_FLOOR)
    }

    /// Whether the intent does not say what is meant, not even what is done to it: "do it".
    fn says_only_do_it(&self) -> bool {
        self.intent.iter().all(|word| word.is_only_do_it() && !word.is_thing())
    }

    /// Whether the intent says what kind of thing is meant and nothing else: "open the site".
    fn says_only_a_kind(&self) -> bool {
        self.intent.iter().all(Word::is_only_do_it)
    }

    /// Whether an element is called nothing that it could be told by, and its row speaks of what is
    /// asked for.
    fn could_be_anything(&self, entry: &Entry<'_>) -> bool {
        let row = row_of(entry).map(words);
        let named = |said: &Vec<Word>| {
            self.intent
                .iter()
                .any(|word| !word.is_weak() && !word.is_operation() && has(said, word))
        };
        let typed = entry.kind == Kind::Field;
        (entry.called().is_empty() || entry.says_only_do_it())
            && (typed || row.as_ref().is_none_or(named))
    }

    /// Whether an element is called something that the intent asks for.
    fn speaks_of(&self, entry: &Entry<'_>) -> bool {
        let unread = entry.kind != Kind::Press || entry.says_nothing();
        let keys = if unread { entry.keys() } else { Vec::new() };
        let read = entry.called().iter().chain(entry.also().iter().flatten());
        let mut said = read.chain(keys.iter().flatten()).filter(|word| !word.is_weak());
        let asked: Vec<&Word> = self.intent.iter().filter(|word| !word.is_driving()).collect();
        said.any(|word| asked.iter().any(|asked| asked.agrees(word) > 0.0))
    }
}

impl Entry<'_> {
    /// Whether people read nothing on it, or no more than a number.
    fn says_nothing(&self) -> bool {
        !name_of(self.element).chars().any(char::is_alphabetic)
    }

    /// Whether it says something that nobody may mean by "do it" there: it takes back, it is a number or
    /// a sign, or it acts on a row that only its number names.
    fn is_no_doing(&self, place: &Place) -> bool {
        let mute = !self.folded.is_empty() && self.says_nothing();
        let acts = self.called().iter().any(Word::takes_effect) && row_of(self).is_some();
        let takes_back = self.called().iter().any(Word::takes_back);
        mute || acts || takes_back || self.element.tag != place.tag()
    }

    /// Whether it is a button that says no more than that it does something: `Go`, `Execute`.
    fn says_only_do_it(&self) -> bool {
        self.kind == Kind::Press
            && !self.called().is_empty()
            && self.called().iter().all(Word::is_only_do_it)
    }
}
