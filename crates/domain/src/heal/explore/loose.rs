//! What the page calls otherwise than people do: fields ("type the name" where it says `Username`),
//! and links that say more than where they lead.

use super::pool::is_password;
use super::{Entry, Notes, Pool, Stage, Verdict};
use crate::heal::words::{Word, has};
use crate::plan::ActionName;

/// How sure it is: nothing but the lack of anything nearer speaks for it.
const SCORE: f64 = 0.6;

/// Looks for the only field that may be called so, where nothing on the page is.
pub(super) fn search(pool: &Pool<'_>, _: &mut Notes) -> Verdict {
    if pool.wanted.action == ActionName::Click && !pool.wanted.known && pool.called.is_empty() {
        return leading_there(pool);
    }
    if pool.wanted.action != ActionName::Fill || pool.wanted.known || !pool.called.is_empty() {
        return Verdict::Next;
    }
    let asked: Vec<&Word> = pool.intent.iter().filter(|word| !word.is_driving()).collect();
    let [asked] = asked[..] else { return Verdict::Next };
    let loosely = asked.loosely();
    if pool.entries.iter().any(|entry| says(entry, std::slice::from_ref(asked))) {
        return Verdict::Next;
    }
    let mut found = pool.entries.iter().filter(|entry| says(entry, &loosely));
    match (found.next(), found.next()) {
        (Some(only), None) if is_called(only, &loosely) && pool.veto(only).is_none() => {
            Verdict::One(only.candidate(Stage::Words, SCORE, SCORE))
        }
        _ => Verdict::Next,
    }
}

/// The only link that has all that is asked for, and more.
fn leading_there(pool: &Pool<'_>) -> Verdict {
    let mut found = pool.entries.iter().filter(|entry| {
        pool.leads_there(entry) && !pool.only_sorts(entry) && pool.veto(entry).is_none()
    });
    match (found.next(), found.next()) {
        (Some(only), None) => Verdict::One(only.candidate(Stage::Words, SCORE, SCORE)),
        _ => Verdict::Next,
    }
}

/// Whether an element has one of these words anywhere.
fn says(entry: &Entry<'_>, words: &[Word]) -> bool {
    let keys = entry.keys();
    let read = entry.called().iter().chain(entry.also().iter().flatten());
    read.chain(keys.iter().flatten()).any(|word| has(words, word))
}

/// Whether it is called so and nothing else.
fn is_called(entry: &Entry<'_>, words: &[Word]) -> bool {
    let mut called = entry.called().iter().filter(|word| !word.is_weak()).peekable();
    called.peek().is_some()
        && called.all(|word| has(words, word))
        && !is_password(entry.element)
        && !entry.is_to_search_in()
}
