//! The vocabulary by stems, made once.

use super::stem::stem;
use super::vocabulary::{CONCEPTS, DRIVING, OPPOSITES, STOP, STRUCTURE};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// What a word does in an intent or a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// It says what is meant.
    Content,
    /// It says what kind of thing is meant: `button`, `list`.
    Structure,
    /// It says what the hand does: `click`, `enter`.
    Driving,
}

/// What is known of a stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) concept: Option<usize>,
    pub(super) place: Place,
    /// Whether it has an opposite of another stem.
    pub(super) has_opposite: bool,
}

pub(super) const UNKNOWN: Known =
    Known { concept: None, place: Place::Content, has_opposite: false };

pub(super) struct Tables {
    pub(super) stop: HashSet<&'static str>,
    pub(super) known: HashMap<String, Known>,
    /// The stems that a stem is the opposite of.
    pub(super) opposites: HashMap<String, Vec<String>>,
}

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut known: HashMap<String, Known> = HashMap::new();
    let places = [(STRUCTURE, Place::Structure), (DRIVING, Place::Driving)];
    for (word, place) in
        places.iter().flat_map(|(all, place)| all.iter().map(|word| (word, *place)))
    {
        known.entry(stem(word)).or_insert(UNKNOWN).place = place;
    }
    let mut opposites: HashMap<String, Vec<String>> = HashMap::new();
    for (a, b) in OPPOSITES {
        for (word, other) in [(a, b), (b, a)] {
            known.entry(stem(word)).or_insert(UNKNOWN).has_opposite = true;
            opposites.entry(stem(word)).or_default().push(stem(other));
        }
    }
    for (at, concept) in CONCEPTS.iter().enumerate() {
        for word in concept.words {
            let known = known.entry(stem(word)).or_insert(UNKNOWN);
            known.concept = Some(at);
            known.has_opposite |= opposites.contains_key(&stem(concept.name));
        }
    }
    Tables { stop: STOP.iter().copied().collect(), known, opposites }
});
