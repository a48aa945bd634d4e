//! The last stage without a model: the words of the intent, or of the locator, against what
//! elements are called.

mod scale;

use super::pool::{is_password, shown};
use super::unique::counted;
use super::{Agreement, Entry, IN_ROW, Notes, Place, Pool, Stage, Verdict};
use crate::heal::clues::generated::is_generated;
use crate::heal::kind::Kind;
use crate::heal::words::{Word, has, opposed, other_operation, pairs, words, words_of_attribute};
use crate::plan::ActionName;
use scale::{Found, Scale};

/// How far the best must be ahead.
const MARGIN: f64 = 0.15;
/// How sure it is that a field is meant that is called word for word what is to be read.
const SCORE_OF_FIELD: f64 = 0.9;
/// What the words of a locator count for against those of the intent.
const OF_LOCATOR: f64 = 0.85;

/// Looks for what is called as the intent has it.
///
/// What is read or waited for is not guessed by words: nothing would come of it that shows the
/// mistake. What is in a field is read from the one that is called just so.
pub(super) fn search(pool: &Pool<'_>, notes: &mut Notes) -> Verdict {
    if pool.wanted.action.only_looks() {
        return field_to_read(pool).map_or(Verdict::Next, |field| {
            Verdict::One(field.candidate(Stage::Words, SCORE_OF_FIELD, SCORE_OF_FIELD))
        });
    }
    let scale = Scale::of(pool);
    let by_intent = Ranking::of(pool, &scale, &Query::of_intent(pool));
    let by_locator = Ranking::of(pool, &scale, &Query::of_locator(pool));
    for ranking in [&by_intent, &by_locator] {
        for (at, found) in ranking.found.iter().take(3).enumerate() {
            let margin = if at == 0 { ranking.margin() } else { 0.0 };
            notes.consider(found.entry, Stage::Words, found.score, margin);
        }
    }
    let chosen = match (by_intent.choice(), by_locator.choice()) {
        (Some(a), Some(b)) if a.entry.index == b.entry.index || a.entry.is_twin_of(b.entry) => {
            fits_what_is_known(pool, a).then(|| (a, by_intent.margin()))
        }
        (Some(a), Some(b)) => {
            let (a, b) = (shown(a.entry.element), shown(b.entry.element));
            notes.say(format!("the intent names {a}, the locator names {b}"));
            None
        }
        (Some(a), None) if by_locator.leaves_open(a) && fits_what_is_known(pool, a) => {
            Some((a, by_intent.margin()))
        }
        (None, Some(b))
            if by_intent.leaves_open(b)
                && fits_the_intent(pool, b)
                && fits_what_is_known(pool, b) =>
        {
            Some((b, by_locator.margin()))
        }
        _ => None,
    };
    if let Some((found, margin)) = chosen.filter(|(found, _)| !pool.has_left_its_row(found.entry)) {
        return Verdict::One(found.entry.candidate(Stage::Words, found.score, margin));
    }
    by_intent.explain(notes);
    Verdict::Next
}

/// The only field that is called what the intent asks to read, no more and no less, where a locator
/// says that it is a field.
fn field_to_read<'p, 'a>(pool: &'p Pool<'a>) -> Option<&'p Entry<'a>> {
    let tag = pool.wanted.place.as_ref().map_or("", Place::tag);
    let reads = pool.wanted.action == ActionName::Extract && !pool.wanted.known;
    if !reads || !matches!(tag, "input" | "textarea" | "select") {
        return None;
    }
    let asked: Vec<&Word> = pool.intent.iter().filter(|word| !word.is_driving()).collect();
    let called_so = |entry: &&Entry<'_>| {
        let called = entry.called();
        entry.kind.is_filled_in()
            && entry.element.tag == tag
            && !is_password(entry.element)
            && !called.is_empty()
            && asked.iter().all(|word| has(called, word))
            && called.iter().all(|word| asked.iter().any(|asked| asked.agrees(word) >= 1.0))
    };
    let mut found = pool.entries.iter().filter(called_so);
    found.next().filter(|_| found.next().is_none())
}

/// What only the intent names must still be what the wanted element was called; or the intent says
/// its name word for word, as after a renaming towards what people call it anyway.
fn fits_what_is_known(pool: &Pool<'_>, found: &Found<'_, '_>) -> bool {
    match pool.agreement(found.entry) {
        Agreement::Same | Agreement::Near | Agreement::Unknown => true,
        Agreement::Opposed => false,
        Agreement::Differs => {
            found.literal && pool.wanted.known && !pool.is_far_off(found.entry)
                || pool.is_said_at_more_length(found.entry)
        }
    }
}

/// What only the locator names must not go against the intent.
fn fits_the_intent(pool: &Pool<'_>, found: &Found<'_, '_>) -> bool {
    let called = found.entry.called();
    let other = found.entry.kind == Kind::Press && other_operation(&pool.intent, called);
    !opposed(&pool.intent, called) && !other
}

/// Words that ask for an element.
pub(in crate::heal) struct Query {
    words: Vec<Word>,
    /// Those that stand next to each other.
    pairs: Vec<(Word, Word)>,
    factor: f64,
}

impl Query {
    pub(in crate::heal) fn of_intent(pool: &Pool<'_>) -> Self {
        let pairs = pairs(pool.wanted.intent);
        Self { words: pool.intent.clone(), pairs, factor: 1.0 }
    }

    /// What the known element was called, or what a locator without a name calls it.
    fn of_locator(pool: &Pool<'_>) -> Self {
        let clues = &pool.wanted.clues;
        if !pool.called.is_empty() {
            return Self::of_words(pool.called.clone());
        }
        let mut words: Vec<Word> = Vec::new();
        for key in [&clues.name_attribute, &clues.test_id, &clues.id].into_iter().flatten() {
            if words.is_empty() && !is_generated(key) {
                words = words_of_attribute(key);
            }
        }
        Self::of_words(words)
    }

    const fn of_words(words: Vec<Word>) -> Self {
        Self { words, pairs: Vec::new(), factor: OF_LOCATOR }
    }

    fn asks_for(&self, word: &Word) -> bool {
        has(&self.words, word)
    }
}

/// Whether it is pressed, and stands in a row of a list.
fn is_in_row(entry: &Entry<'_>) -> bool {
    entry.kind == Kind::Press && entry.element.attributes.contains_key(IN_ROW)
}

struct Ranking<'p, 'a> {
    found: Vec<Found<'p, 'a>>,
}

impl<'p, 'a> Ranking<'p, 'a> {
    fn of(pool: &'p Pool<'a>, scale: &Scale<'_>, query: &Query) -> Self {
        let mut found: Vec<Found<'_, '_>> = pool
            .entries
            .iter()
            .filter(|entry| may_hold(query, entry) && pool.veto(entry).is_none())
            .filter(|entry| !pool.lacks_the_operation(entry) && !pool.only_searches(entry))
            .filter(|entry| !pool.only_sorts(entry))
            .filter_map(|entry| scale.weigh(query, entry))
            .collect();
        // What stands in no row of a list goes before its likes that do: which row is not said.
        let rank = |found: &Found<'_, '_>| is_in_row(found.entry);
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then(rank(a).cmp(&rank(b))));
        if let [only] = &mut found[..]
            && only.complete
            && pool.is_lone_answer(&query.words, only.entry)
        {
            only.fits = true;
        }
        Self { found }
    }

    fn margin(&self) -> f64 {
        let Some(best) = self.found.first() else { return 0.0 };
        let apart = !is_in_row(best.entry);
        let next = self.found[1..]
            .iter()
            .find(|other| !(other.entry.is_twin_of(best.entry) || apart && is_in_row(other.entry)));
        best.score - next.map_or(0.0, |next| next.score)
    }

    fn choice(&self) -> Option<&Found<'p, 'a>> {
        self.found.first().filter(|best| best.fits && self.margin() >= MARGIN)
    }

    /// Those that are not clearly behind the best.
    fn front(&self) -> impl Iterator<Item = &Found<'p, 'a>> {
        let best = self.found.first().map_or(0.0, |best| best.score);
        let apart = self.found.first().is_some_and(|found| !is_in_row(found.entry));
        self.found.iter().filter(move |found| {
            found.fits && best - found.score < MARGIN && !(apart && is_in_row(found.entry))
        })
    }

    /// Whether this ranking, which chose none, does not choose among others.
    fn leaves_open(&self, found: &Found<'_, '_>) -> bool {
        let mut front = self.front().peekable();
        front.peek().is_none() || front.any(|other| other.entry.index == found.entry.index)
    }

    fn explain(&self, notes: &mut Notes) {
        let front: Vec<String> = self.front().map(|found| shown(found.entry.element)).collect();
        if front.len() > 1 {
            let all = front.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
            notes.say(format!("the intent fits {} elements: {all}", counted(front.len())));
        }
    }
}

/// Nothing but what asks for a password goes into the field for one.
pub(in crate::heal) fn may_hold(query: &Query, entry: &Entry<'_>) -> bool {
    !is_password(entry.element)
        || words("password passcode pin secret code again").iter().any(|word| query.asks_for(word))
}
