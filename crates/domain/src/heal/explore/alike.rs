//! The second stage: what looks most like the known element, if it still says the same.

use super::pool::shown;
use super::{Agreement, Entry, Notes, Pool, Stage, Verdict};
use crate::heal::similarity::{similarity, weight_of};
use crate::heal::words::has;

/// What the best must reach, and by how much it must be ahead of the next. A margin of 0.10 of the
/// self-score answered 88 % of Similo's frozen pairs at 96.8 % precision, and separates better than
/// the score.
const FLOOR: f64 = 0.5;
const MARGIN: f64 = 0.10;

/// The same where only the properties that a locator names are known: fewer, so that each says
/// more by chance.
const FLOOR_OF_CLUES: f64 = 0.7;
const MARGIN_OF_CLUES: f64 = 0.15;

/// How much a locator must give away to be compared at all: two of the properties that weigh most,
/// and more.
const ENOUGH: f64 = 6.0;

/// Where neither has a name, only a likeness beyond doubt counts.
const NAMELESS_FLOOR: f64 = 0.8;
const NAMELESS_MARGIN: f64 = 0.2;

/// A field keeps the key under which its value is sent: one with the same key that nothing comes
/// near may have lost most of how it looked.
const KEYED_FLOOR: f64 = 0.4;
const KEYED_MARGIN: f64 = 0.3;

/// One that had no name and has one now must be the same in nearly all else.
const NAMED_SINCE: f64 = 0.9;

/// What is worth showing to whoever is asked.
const WORTH_A_LOOK: f64 = 0.3;

/// Looks for what looks most like the known element.
pub(super) fn search(pool: &Pool<'_>, notes: &mut Notes) -> Verdict {
    let wanted = pool.wanted;
    if !wanted.known && weight_of(&wanted.clues) < ENOUGH {
        return Verdict::Next;
    }
    let ranked = ranked(pool);
    explain_refused(pool, &ranked, notes);
    let mut ranked = ranked.into_iter().filter(|(_, entry)| pool.veto(entry).is_none());
    let Some((score, best)) = ranked.next() else { return Verdict::Next };
    let next = ranked.find(|(_, entry)| !entry.is_twin_of(best));
    let margin = score - next.map_or(0.0, |(score, _)| score);
    let shown_too = next.into_iter().chain(ranked.next());
    for (score, entry, margin) in [(score, best, margin)]
        .into_iter()
        .chain(shown_too.map(|(score, entry)| (score, entry, 0.0)))
    {
        if score >= WORTH_A_LOOK {
            notes.consider(entry, Stage::Similarity, score, margin);
        }
    }
    let (floor, enough) =
        if wanted.known { (FLOOR, MARGIN) } else { (FLOOR_OF_CLUES, MARGIN_OF_CLUES) };
    let keyed = wanted.known
        && best.kind.is_filled_in()
        && score >= KEYED_FLOOR
        && margin >= KEYED_MARGIN
        && pool.same_keys(best) > 0;
    if score < floor && !keyed {
        notes.say(format!("the most alike, {}, is not alike enough", shown(best.element)));
        return Verdict::Next;
    }
    if margin < enough {
        let other = next.map_or_else(String::new, |(_, entry)| shown(entry.element));
        notes.say(format!("{} and {other} are about equally alike", shown(best.element)));
        return Verdict::Next;
    }
    if !is_still_itself(pool, best, score, margin) {
        notes.say(format!("the most alike, {}, says something else", shown(best.element)));
        return Verdict::Next;
    }
    Verdict::One(best.candidate(Stage::Similarity, score, margin))
}

/// The element that looks more like the known one than a unique match does, by this much, and could
/// itself be it.
pub(super) fn outshines<'p, 'a>(
    pool: &'p Pool<'a>,
    found: &Entry<'_>,
    lead: f64,
) -> Option<&'p Entry<'a>> {
    if !pool.wanted.known {
        return None;
    }
    let to_beat = similarity(&pool.wanted.clues, found.element) + lead;
    if to_beat > 1.0 {
        return None;
    }
    let mut ranked = ranked(pool).into_iter().take_while(|(score, _)| *score >= to_beat);
    let (score, best) = ranked.find(|(_, entry)| pool.veto(entry).is_none())?;
    let better = best.index != found.index && !best.is_twin_of(found);
    (better && is_still_itself(pool, best, score, lead)).then_some(best)
}

/// Everything, most alike first.
fn ranked<'p, 'a>(pool: &'p Pool<'a>) -> Vec<(f64, &'p Entry<'a>)> {
    let likeness = pool.likeness.get_or_init(|| {
        pool.entries.iter().map(|entry| similarity(&pool.wanted.clues, entry.element)).collect()
    });
    let mut ranked: Vec<(f64, &Entry<'_>)> =
        likeness.iter().copied().zip(pool.entries.iter()).collect();
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    ranked
}

/// Says of what looks most like the known one why it may not be meant, if it may not.
fn explain_refused(pool: &Pool<'_>, ranked: &[(f64, &Entry<'_>)], notes: &mut Notes) {
    let Some((score, entry)) = ranked.first().filter(|(score, _)| *score >= WORTH_A_LOOK) else {
        return;
    };
    if let Some(why) = pool.veto(entry) {
        notes.say(why);
        notes.consider(entry, Stage::Similarity, *score, 0.0);
    }
}

/// Whether the most alike is more than the next thing of the same make: its name still says the
/// same, or a key is still the same; where nobody ever called it anything, all else must be.
fn is_still_itself(pool: &Pool<'_>, entry: &Entry<'_>, score: f64, margin: f64) -> bool {
    let has_key = || pool.same_keys(entry) > 0;
    match pool.agreement(entry) {
        Agreement::Same | Agreement::Near => true,
        Agreement::Opposed => false,
        Agreement::Differs => has_key() || pool.is_said_at_more_length(entry),
        Agreement::Unknown => {
            let spoken_of =
                entry.called().iter().any(|word| !word.is_weak() && has(&pool.intent, word));
            let nameless = pool.called.is_empty() && entry.called().is_empty();
            has_key()
                || pool.called.is_empty() && spoken_of
                || pool.called.is_empty() && score >= NAMED_SINCE && margin >= NAMELESS_MARGIN
                || nameless && score >= NAMELESS_FLOOR && margin >= NAMELESS_MARGIN
        }
    }
}
