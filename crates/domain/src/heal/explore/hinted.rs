//! The element that another wording of the same trouble was healed with, held against this step's
//! own words.
//!
//! One dead locator may have served two purposes, as `.btn` does for `Save` and for `Delete`: what
//! was found for the one is no answer for the other. So the element is taken only where both wordings
//! ask for the same, and it says nothing against that; or where it is called just what this step asks
//! for, and is the only one that is.

use super::pool::shown;
use super::{Agreement, Entry, Pool, Query, Wanted, may_hold};
use crate::heal::kind::Kind;
use crate::heal::words::{Word, has, words};
use crate::plan::ActionName;
use crate::snapshot::{Fingerprint, Snapshot};

/// Whether an element of this page may be what a step means, where it is what healed a step of
/// other words (`other`) for which the same locator had failed on the same page.
///
/// # Errors
/// What speaks against it; doubt does.
pub fn hinted(
    wanted: &Wanted<'_>,
    other: &str,
    element: &Fingerprint,
    now: &Snapshot,
) -> Result<(), String> {
    if wanted.action.only_looks() {
        return Err("what is read has no name that the step's words could be held against".into());
    }
    let pool = Pool::of(wanted, now);
    let is_it = |entry: &&Entry<'_>| {
        let here = entry.element;
        here.xpath == element.xpath
            && here.css_path == element.css_path
            && here.frame == element.frame
    };
    let Some(found) = pool.entries.iter().find(is_it) else {
        return Err(format!("{} cannot take this action", shown(element)));
    };
    let against = pool.veto(found).or_else(|| pool.speaks_against(found));
    if let Some(why) = against {
        return Err(why);
    }
    let asked = Asked { pool: &pool, intent: content(&pool.intent, found, wanted.action) };
    let there = content(&words(other), found, wanted.action);
    asked.allows(found, &there)
}

impl Pool<'_> {
    /// What the name of an element says against its being meant.
    fn speaks_against(&self, entry: &Entry<'_>) -> Option<String> {
        let known = matches!(self.agreement(entry), Agreement::Differs | Agreement::Opposed);
        let other = self.wanted.known && known
            || self.is_something_else(entry)
            || self.lacks_the_operation(entry)
            || self.only_searches(entry)
            || self.only_sorts(entry)
            || !may_hold(&Query::of_intent(self), entry);
        other.then(|| format!("{} is not called what the step asks for", shown(entry.element)))
    }
}

/// What a step asks for, less what the hand does.
struct Asked<'p, 'a> {
    pool: &'p Pool<'a>,
    intent: Vec<Word>,
}

impl Asked<'_, '_> {
    /// Whether what was found for a step with these words may be taken for this one.
    fn allows(&self, found: &Entry<'_>, there: &[Word]) -> Result<(), String> {
        let called = shown(found.element);
        let says_it = self.is_said_by(found);
        let says_all = says_it && self.says_what_kind(found);
        let others = || self.pool.entries.iter().filter(|it| it.index != found.index);
        let better =
            |it: &&Entry<'_>| !says_it && self.is_said_by(it) && self.pool.veto(it).is_none();
        if let Some(better) = others().find(better) {
            let better = shown(better.element);
            return Err(format!("{called} was found for other words, and {better} says these"));
        }
        if !is_the_same(&self.intent, there) && !says_all {
            return Err(format!("{called} was found for something else, and does not say that"));
        }
        let namesake = |it: &&Entry<'_>| {
            !it.folded.is_empty() && it.folded == found.folded && !it.is_twin_of(found)
        };
        let settled = is_the_same(&self.intent, there) && !self.takes_effect(found);
        match others().find(namesake) {
            Some(_) if !settled => {
                Err(format!("{called} was found for other words, and has a namesake"))
            }
            _ => Ok(()),
        }
    }

    /// Whether an element is called all that is asked for, and nothing else.
    fn is_said_by(&self, entry: &Entry<'_>) -> bool {
        let strong = |word: &&Word| !word.is_weak();
        let mut called = entry.called().iter().filter(strong).peekable();
        called.peek().is_some()
            && called.all(|word| has(&self.intent, word))
            && self.intent.iter().filter(strong).all(|word| has(entry.called(), word))
    }

    /// Whether a name says what kind of thing is meant, where the intent does: `list` or `form`.
    fn says_what_kind(&self, entry: &Entry<'_>) -> bool {
        let mut kinds = self.intent.iter().filter(|word| word.is_weak() && !word.is_driving());
        kinds.all(|word| has(entry.called(), word))
    }

    /// Whether it does something that cannot be looked at first.
    fn takes_effect(&self, entry: &Entry<'_>) -> bool {
        self.intent.iter().chain(entry.called()).any(Word::takes_effect)
    }
}

/// Whether both ask for the same thing, and say what it is.
fn is_the_same(asked: &[Word], there: &[Word]) -> bool {
    asked.iter().any(|word| !word.is_weak())
        && asked.iter().all(|word| has(there, word))
        && there.iter().all(|word| has(asked, word))
}

/// The words that say what is meant: not how the hand does it, nor what kind of thing it is done to.
fn content(said: &[Word], entry: &Entry<'_>, action: ActionName) -> Vec<Word> {
    let by_hand = words(match action {
        ActionName::Click | ActionName::DoubleClick | ActionName::Press => {
            "click press tap hit push"
        }
        ActionName::Fill | ActionName::Clear => "type enter fill input write put",
        ActionName::Select => "choose select pick",
        ActionName::Check => "check tick",
        ActionName::Uncheck => "uncheck untick",
        _ => return said.to_vec(),
    });
    let kind = |word: &Word| {
        let kinds = word.kinds();
        kinds.contains(&entry.kind) || kinds.contains(&Kind::Press) && entry.submits()
    };
    let counts = |word: &&Word| !has(&by_hand, word) && !kind(word) && !word.is_again();
    said.iter().filter(counts).cloned().collect()
}
