//! Finding an element again, in stages of unique matches.
//!
//! Each stage answers with one element, or with none and the next one is asked:
//!
//! 1. **Unique matches**: id, test id, accessible name and role, visible text and tag. They are all
//!    looked at together. Where they point at different elements nothing is taken: the page tells
//!    two stories, and no rule knows which is true.
//! 2. **Rows** of a list: where the intent names what only one of them is about, what it asks for
//!    there.
//! 3. **Similarity**, if a whole element is known or a locator gives away enough: the best must be
//!    ahead of the next by a margin and still say the same. Being the next thing of the same make
//!    is how the wrong element is found.
//! 4. **Words** of the intent, or of the locator, against what elements are called; then what the page
//!    calls otherwise than people do.
//! 5. **Place**: what the path of the locator leads to, boxes that came and went aside, if it is called
//!    as the intent has it, or says nothing at all that could be against it.
//!
//! In all of them an element is out whose name says the opposite of what is wanted, or that does
//! another thing (`archive` and `delete`), however much else is the same. Where the element is gone
//! the answer is none.

mod agreement;
mod alike;
mod asked;
mod hinted;
mod loose;
mod placed;
mod pool;
mod rows;
mod spoken;
mod unique;

use crate::heal::Place;
use crate::plan::ActionName;
use crate::snapshot::{Fingerprint, Snapshot};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use hinted::hinted;

pub(super) use agreement::{Agreement, agreement};
pub(super) use pool::{Entry, Pool, is_address, is_password, name_of, shown};
pub(super) use rows::{IN_COLUMN, IN_ROW};
pub(super) use spoken::{Query, may_hold};

/// What an element was recognised by.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Its id, and nothing that speaks against it.
    Id,
    /// Its test id.
    TestId,
    /// Its role and accessible name.
    Name,
    /// Its visible text and tag.
    Text,
    /// Everything it looks like, ahead of every other by a margin.
    Similarity,
    /// The words of the intent in its name.
    Words,
    /// Where it is on the page, and nothing that speaks against it.
    Place,
    /// The meaning of the intent, by embedding.
    Meaning,
}

/// What is looked for.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// What is to be done with it.
    pub action: ActionName,
    /// What the step is for, in words, placeholders filled in.
    pub intent: &'a str,
    /// What the whole task is for.
    pub goal: &'a str,
    /// What is known of it: the element of an earlier success, or what the locator gives away.
    pub clues: Fingerprint,
    /// Whether the clues are a whole element that was acted upon before.
    pub known: bool,
    /// Where it was, as far as a locator or an earlier success says.
    pub place: Option<Place>,
    /// The URL of the frame that is acted in, unless that is the page itself.
    pub frame: Option<&'a str>,
}

/// An element that may be meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    /// The element.
    pub fingerprint: Fingerprint,
    /// What it was recognised by.
    pub stage: Stage,
    /// From 0 to 1, within its stage.
    pub score: f64,
    /// How far it is ahead of the next one, on the same scale.
    pub margin: f64,
}

/// What a search for the element came to.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one is made per search and taken apart at once")]
pub enum Explored {
    /// This one is meant.
    One(Candidate),
    /// No telling: what was considered, best first (at most five), and why none was taken.
    None {
        /// Why none was taken.
        why: String,
        /// What was considered.
        considered: Vec<Candidate>,
        /// Two stories contradicted each other, and no further search settles that.
        torn: bool,
    },
}

/// Looks for an element: unique id, test id, name and role, text and tag; then similarity; then the
/// words of the intent.
///
/// Two links of one name that lead to one address are one control drawn twice, and the first of
/// them is taken. Buttons and fields never are: what they do cannot be seen.
#[must_use]
pub fn explore(wanted: &Wanted<'_>, now: &Snapshot) -> Explored {
    let pool = Pool::of(wanted, now);
    if pool.entries.is_empty() {
        return Explored::None { why: why_nothing(&pool), considered: Vec::new(), torn: false };
    }
    let mut notes = Notes::default();
    for stage in
        [unique::search, rows::search, alike::search, spoken::search, loose::search, placed::search]
    {
        match stage(&pool, &mut notes) {
            Verdict::One(candidate) => return Explored::One(candidate),
            Verdict::Torn => return notes.none(wanted, true),
            Verdict::Next => {}
        }
    }
    notes.none(wanted, false)
}

/// How many links to another site are named.
const NAMED: usize = 3;

/// Why there is nothing to choose from.
fn why_nothing(pool: &Pool<'_>) -> String {
    let action = pool.wanted.action.as_str();
    if pool.leading_off.is_empty() {
        return format!("nothing on the page can take the action {action}");
    }
    let links: Vec<String> = pool.leading_off.iter().take(NAMED).map(|it| shown(it)).collect();
    let more = match pool.leading_off.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let links = links.join(", ");
    format!("all that can take the action {action} here leads to another site: {links}{more}")
}

/// The element that unique matches alone point at.
pub(super) fn by_unique_match(wanted: &Wanted<'_>, now: &Snapshot) -> Option<Candidate> {
    match unique::search(&Pool::of(wanted, now), &mut Notes::default()) {
        Verdict::One(candidate) => Some(candidate),
        Verdict::Torn | Verdict::Next => None,
    }
}

/// The element that the words of the intent alone point at.
pub(super) fn by_words(wanted: &Wanted<'_>, now: &Snapshot) -> Option<Candidate> {
    match spoken::search(&Pool::of(wanted, now), &mut Notes::default()) {
        Verdict::One(candidate) => Some(candidate),
        Verdict::Torn | Verdict::Next => None,
    }
}

/// What a stage came to.
#[expect(clippy::large_enum_variant, reason = "one is made per search and taken apart at once")]
enum Verdict {
    One(Candidate),
    /// None here; the next stage may know.
    Next,
    /// Two stories that contradict each other: no stage after this one settles that.
    Torn,
}

/// What there is to say when none is taken.
#[derive(Default)]
struct Notes {
    why: Vec<String>,
    considered: Vec<Candidate>,
}

const CONSIDERED: usize = 5;

impl Notes {
    fn say(&mut self, why: String) {
        if !self.why.contains(&why) {
            self.why.push(why);
        }
    }

    fn consider(&mut self, entry: &Entry<'_>, stage: Stage, score: f64, margin: f64) {
        let fingerprint = entry.element;
        let known = |other: &Candidate| other.fingerprint.xpath == fingerprint.xpath;
        if self.considered.iter().any(|other| known(other) && other.fingerprint == *fingerprint) {
            return;
        }
        let fingerprint = fingerprint.clone();
        self.considered.push(Candidate { fingerprint, stage, score, margin });
    }

    fn none(self, wanted: &Wanted<'_>, torn: bool) -> Explored {
        let mut considered = self.considered;
        // Surer stages first, as they were asked; within one the better first.
        considered.sort_by(|a, b| a.stage.cmp(&b.stage).then(b.score.total_cmp(&a.score)));
        considered.truncate(CONSIDERED);
        let why = if self.why.is_empty() {
            format!("nothing on the page is called what \"{}\" asks for", wanted.intent.trim())
        } else {
            self.why.join("; ")
        };
        Explored::None { why, considered, torn }
    }
}

#[cfg(test)]
mod tests;
