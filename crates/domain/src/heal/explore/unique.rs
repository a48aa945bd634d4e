//! The first stage: what only one element has.

use super::pool::{is_password, shown};
use super::{Agreement, Entry, Notes, Pool, Stage, Verdict, alike};
use crate::heal::clues::generated::is_generated;
use crate::heal::kind::Kind;
use crate::heal::text::{folded, words_in_common};
use crate::heal::words::{has, words_of_attribute};

/// From this lead on, an element that looks more like the known one than the unique match does
/// speaks against the match.
const OUTSHONE: f64 = 0.2;

/// How much of the path leads to what is where the known element was, and at most to another match;
/// and how much of what stood around the known one stands around it.
const THERE: f64 = 0.9;
const ELSEWHERE: f64 = 0.7;
const SAME_AROUND: f64 = 0.6;
/// From this lead on, the place settles which of two matches is meant.
const PLACED: f64 = 0.15;

/// Looks for what only one element has.
pub(super) fn search(pool: &Pool<'_>, notes: &mut Notes) -> Verdict {
    let mut picks: Vec<Pick<'_, '_>> = [by_id, by_test_id, by_name, by_text]
        .into_iter()
        .filter_map(|stage| stage(pool, notes))
        .collect();
    picks.retain(|pick| is_sound(pool, pick, notes));
    settle_by_place(pool, &mut picks);
    let Some(first) = picks.first() else { return Verdict::Next };
    if let Some(other) = picks.iter().find(|pick| !is_one(pick.entry, first.entry)) {
        notes.say(format!(
            "its {} says {}, its {} says {}",
            spoken(first.stage),
            shown(first.entry.element),
            spoken(other.stage),
            shown(other.entry.element)
        ));
        for pick in &picks {
            notes.consider(pick.entry, pick.stage, 1.0, 0.0);
        }
        return Verdict::Torn;
    }
    if let Some(better) = alike::outshines(pool, first.entry, OUTSHONE) {
        notes.say(format!(
            "its {} says {}, and {} looks far more like it",
            spoken(first.stage),
            shown(first.entry.element),
            shown(better.element)
        ));
        notes.consider(first.entry, first.stage, 1.0, 0.0);
        notes.consider(better, Stage::Similarity, 1.0, 0.0);
        return Verdict::Torn;
    }
    if let Some(other) = displaced(pool, first.entry) {
        notes.say(format!(
            "{} is somewhere else, and where it was is {}",
            shown(first.entry.element),
            shown(other.element)
        ));
        notes.consider(first.entry, first.stage, 1.0, 0.0);
        notes.consider(other, Stage::Place, 1.0, 0.0);
        return Verdict::Torn;
    }
    Verdict::One(first.entry.candidate(first.stage, 1.0, first.margin))
}

/// Leaves of picks that differ those at the exact place of the known element, if some are.
fn settle_by_place(pool: &Pool<'_>, picks: &mut Vec<Pick<'_, '_>>) {
    if !pool.wanted.known {
        return;
    }
    let likeness =
        |pick: &Pick<'_, '_>| pool.likeness_of_place(pick.entry.element).unwrap_or_default();
    let best = picks.iter().map(likeness).fold(0.0, f64::max);
    if best >= THERE {
        picks.retain(|pick| likeness(pick) > best - PLACED);
    }
}

/// What is exactly where the known element was, among what stood around it, where the match is
/// neither: there were two of that name, and this is the other one.
fn displaced<'p, 'a>(pool: &'p Pool<'a>, found: &Entry<'_>) -> Option<&'p Entry<'a>> {
    if !pool.wanted.known {
        return None;
    }
    let there = pool.nearest(|entry| entry.kind == found.kind)?;
    let around = |entry: &Entry<'_>| {
        words_in_common(&pool.wanted.clues.neighbour_text, &entry.element.neighbour_text)
    };
    let elsewhere = pool.likeness_of_place(found.element)? < ELSEWHERE;
    (there.entry.index != found.index
        && there.score >= THERE
        && elsewhere
        && around(there.entry) >= SAME_AROUND.max(around(found)))
    .then_some(there.entry)
}

struct Pick<'p, 'a> {
    stage: Stage,
    entry: &'p Entry<'a>,
    /// 1 for the only one that has it; less where something else had to tell it from its likes.
    margin: f64,
}

const TOLD_APART: f64 = 0.5;

fn spoken(stage: Stage) -> &'static str {
    match stage {
        Stage::Id => "id",
        Stage::TestId => "test id",
        Stage::Name => "name",
        Stage::Text => "text",
        Stage::Similarity => "look",
        Stage::Words | Stage::Meaning => "purpose",
        Stage::Place => "place",
    }
}

fn is_one(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    a.index == b.index || a.is_twin_of(b)
}

fn by_id<'p, 'a>(pool: &'p Pool<'a>, _: &mut Notes) -> Option<Pick<'p, 'a>> {
    let id = pool.wanted.clues.id.as_deref().filter(|id| !id.is_empty())?;
    let entry = only(pool, |entry| entry.element.id.as_deref() == Some(id))?;
    Some(Pick { stage: Stage::Id, entry, margin: 1.0 })
}

fn by_test_id<'p, 'a>(pool: &'p Pool<'a>, _: &mut Notes) -> Option<Pick<'p, 'a>> {
    let id = pool.wanted.clues.test_id.as_deref().filter(|id| !id.is_empty())?;
    let entry = only(pool, |entry| entry.element.test_id.as_deref() == Some(id))?;
    Some(Pick { stage: Stage::TestId, entry, margin: 1.0 })
}

fn by_name<'p, 'a>(pool: &'p Pool<'a>, notes: &mut Notes) -> Option<Pick<'p, 'a>> {
    let name = folded(&pool.name);
    if name.is_empty() {
        return None;
    }
    let mut named: Vec<&Entry<'_>> =
        pool.entries.iter().filter(|entry| entry.folded == name).collect();
    if named.is_empty() {
        named = pool.entries.iter().filter(|entry| is_also_called(entry, &name)).collect();
    }
    if let Some(entry) = first_of_twins(&named) {
        return Some(Pick { stage: Stage::Name, entry, margin: 1.0 });
    }
    let told_apart = told_apart(pool, &named);
    if told_apart.is_none() && named.len() > 1 {
        notes.say(format!("{} elements are named \"{}\"", counted(named.len()), pool.name.trim()));
        for entry in &named {
            notes.consider(entry, Stage::Name, 1.0, 0.0);
        }
    }
    Some(Pick { stage: Stage::Name, entry: told_apart?, margin: TOLD_APART })
}

fn by_text<'p, 'a>(pool: &'p Pool<'a>, _: &mut Notes) -> Option<Pick<'p, 'a>> {
    let clues = &pool.wanted.clues;
    let text = folded(&clues.text);
    if text.is_empty() {
        return None;
    }
    let entry = only(pool, |entry| {
        let tag = clues.tag.is_empty() || entry.element.tag == clues.tag;
        tag && folded(&entry.element.text) == text
    })?;
    Some(Pick { stage: Stage::Text, entry, margin: 1.0 })
}

fn only<'p, 'a>(pool: &'p Pool<'a>, fits: impl Fn(&Entry<'_>) -> bool) -> Option<&'p Entry<'a>> {
    let found: Vec<&Entry<'_>> = pool.entries.iter().filter(|entry| fits(entry)).collect();
    first_of_twins(&found)
}

/// The only one of these, or the first if they are one control drawn more than once.
fn first_of_twins<'p, 'a>(found: &[&'p Entry<'a>]) -> Option<&'p Entry<'a>> {
    let first = found.first()?;
    found[1..].iter().all(|other| other.is_twin_of(first)).then_some(*first)
}

/// Of elements of one name the one that has the keys of the known one, or its role.
fn told_apart<'p, 'a>(pool: &Pool<'_>, named: &[&'p Entry<'a>]) -> Option<&'p Entry<'a>> {
    let keys = |entry: &Entry<'_>| pool.same_keys(entry);
    let most = named.iter().map(|entry| keys(entry)).max().filter(|most| *most > 0);
    if let Some(most) = most {
        let kept: Vec<&Entry<'_>> =
            named.iter().copied().filter(|entry| keys(entry) == most).collect();
        return first_of_twins(&kept);
    }
    let role = pool.wanted.clues.role.as_ref()?;
    let kept: Vec<&Entry<'_>> =
        named.iter().copied().filter(|entry| entry.element.role.as_ref() == Some(role)).collect();
    first_of_twins(&kept)
}

fn is_also_called(entry: &Entry<'_>, name: &str) -> bool {
    let element = entry.element;
    let title = element.attributes.get("title");
    let others = [element.label.as_ref(), element.placeholder.as_ref(), title];
    others.into_iter().flatten().any(|other| folded(other) == name)
}

/// Whether nothing speaks against a unique match.
///
/// A name that says something else does, for an id is reused more easily than a name: unless more
/// than the id is the same, or it is the id of a field (labels are reworded, and what a field is
/// for is in its id), or the id itself says what the element is called now.
fn is_sound(pool: &Pool<'_>, pick: &Pick<'_, '_>, notes: &mut Notes) -> bool {
    let entry = pick.entry;
    if let Some(why) = pool.veto(entry) {
        notes.say(why);
        return false;
    }
    let agreement = pool.agreement(entry);
    let sound = match pick.stage {
        Stage::Id => {
            let id = entry.element.id.as_deref().unwrap_or_default();
            let keys = pool.same_keys(entry);
            match agreement {
                Agreement::Same | Agreement::Near => true,
                _ if is_generated(id) => is_spoken_of(pool, entry) && !pool.wanted.known,
                Agreement::Unknown => true,
                _ => keys >= 2 || is_named_by_its_id(entry, id) || is_steady_field(entry),
            }
        }
        Stage::Text => agreement != Agreement::Differs || pool.same_keys(entry) > 0,
        _ => true,
    };
    if !sound {
        notes.say(format!("its {} is now that of {}", spoken(pick.stage), shown(entry.element)));
        notes.consider(entry, pick.stage, 0.5, 0.0);
    }
    sound
}

fn is_steady_field(entry: &Entry<'_>) -> bool {
    matches!(entry.kind, Kind::Field | Kind::Choose | Kind::Check | Kind::File)
        && !is_password(entry.element)
}

fn is_named_by_its_id(entry: &Entry<'_>, id: &str) -> bool {
    words_of_attribute(id).iter().any(|word| has(entry.called(), word))
}

fn is_spoken_of(pool: &Pool<'_>, entry: &Entry<'_>) -> bool {
    entry.called().iter().any(|word| !word.is_weak() && has(&pool.intent, word))
}

pub(super) fn counted(number: usize) -> String {
    const NAMES: [&str; 10] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    NAMES.get(number).map_or_else(|| number.to_string(), |name| (*name).to_owned())
}
