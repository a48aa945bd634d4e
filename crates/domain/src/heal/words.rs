//! The words of names and intents: what they have in common, and what they must never be taken for.
//!
//! Plain English of user interfaces, and no application's vocabulary. Where a page speaks another
//! language its words still match literally.

mod stem;
mod tables;
mod vocabulary;

use crate::heal::kind::Kind;
use std::borrow::Cow;
use stem::stem;
use tables::{Known, Place, TABLES, UNKNOWN};
use vocabulary::{CONCEPTS, LOOSELY, PHRASES};

/// A word, reduced to its stem, and the concept that it is one name of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    stem: String,
    known: Known,
    /// Whether it was written as what was done: `created`.
    done: bool,
}

impl Word {
    fn of(token: &str) -> Self {
        let stem = stem(token);
        let known = TABLES.known.get(&stem).copied().unwrap_or(UNKNOWN);
        let done = token.ends_with("ed") && token.len() > stem.len() && !token.ends_with("eed");
        Self { stem, known, done }
    }

    /// The key under which words of one meaning are counted together.
    pub(super) fn key(&self) -> &str {
        self.known.concept.map_or(self.stem.as_str(), |at| CONCEPTS[at].name)
    }

    /// How well two words agree: 1 for the same word, less for another word of one meaning and for
    /// another spelling, 0 otherwise.
    pub(super) fn agrees(&self, other: &Self) -> f64 {
        if self.stem == other.stem {
            return 1.0;
        }
        if self.known.concept.is_some() && self.known.concept == other.known.concept {
            return SYNONYM;
        }
        if same_but_for_a_letter(&self.stem, &other.stem) { SYNONYM } else { 0.0 }
    }

    /// Whether it names an operation, something that is done to things: `delete`, `export`.
    pub(super) fn is_operation(&self) -> bool {
        self.known.concept.is_some_and(|at| CONCEPTS[at].operation)
    }

    /// Whether an operation of this name takes nothing away and gives nothing out of hand.
    pub(super) fn is_mild(&self) -> bool {
        self.known.concept.is_some_and(|at| CONCEPTS[at].mild)
    }

    /// Whether it names an operation that cannot be looked at first: not one that opens a form.
    pub(super) fn takes_effect(&self) -> bool {
        self.is_operation() && !self.is_mild() && self.key() != "edit"
    }

    /// Whether it takes away what is there, or what was entered.
    pub(super) fn takes_back(&self) -> bool {
        matches!(self.key(), "delete" | "cancel" | "reset" | "clear" | "undo" | "logout" | "leave")
    }

    /// Whether it says that something is done, and not only that it was.
    pub(super) fn does_something(&self) -> bool {
        self.is_operation() && !self.is_mild() && !self.done
    }

    /// Whether it is a word for sorting.
    pub(super) fn is_sort(&self) -> bool {
        matches!(self.stem.as_str(), "sort" | "order" | "column")
    }

    /// Whether it is a word for searching.
    pub(super) fn is_search(&self) -> bool {
        self.key() == "search"
    }

    /// What else a field may be called that people call so.
    pub(super) fn loosely(&self) -> Vec<Self> {
        let found = LOOSELY.iter().filter(|(word, _)| stem(word) == self.stem);
        found.flat_map(|(_, others)| others.iter().map(|other| Self::of(other))).collect()
    }

    /// Whether there is a word that says the opposite.
    pub(super) const fn has_opposite(&self) -> bool {
        self.known.has_opposite
    }

    /// Whether it says only what kind of thing is meant.
    pub(super) fn is_weak(&self) -> bool {
        self.known.place != Place::Content
    }

    /// Whether it says only what the hand does.
    pub(super) fn is_driving(&self) -> bool {
        self.known.place == Place::Driving
    }

    /// Whether it is what the button of a form does, whatever it is called.
    pub(super) fn is_submit(&self) -> bool {
        self.stem == "submit"
    }

    /// Whether what it does is often called by its object alone: the head of a column sorts by it, and
    /// a filter shows it.
    pub(super) fn goes_without_saying(&self) -> bool {
        matches!(self.stem.as_str(), "sort" | "order" | "show")
    }

    /// Whether it says that it was done before; to a field it says that it is the second of its kind.
    pub(super) fn is_again(&self) -> bool {
        self.stem == "again"
    }

    /// Whether it says of a value that it was another one before.
    pub(super) fn is_new(&self) -> bool {
        self.stem == "new"
    }

    /// Whether it says what kind of thing is meant, other than what things are done with.
    pub(super) fn is_thing(&self) -> bool {
        self.known.place == Place::Structure && !matches!(self.stem.as_str(), "form" | "button")
    }

    /// Whether it is a word on what opens the rest of what can be done: `More`, `Actions`.
    pub(super) fn is_of_the_rest(&self) -> bool {
        ["more", "action", "option", "menu", "other", "select"]
            .iter()
            .any(|word| stem(word) == self.stem)
    }

    /// Whether it is a number that is no count: a year, the number of an order.
    pub(super) fn is_long_number(&self) -> bool {
        self.stem.len() >= 3 && self.stem.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Whether it says that something is opened.
    pub(super) fn is_open(&self) -> bool {
        self.stem == "open"
    }

    /// Whether it is what the button of a form that makes something may say: `Create`, `Upload`.
    pub(super) fn is_making(&self) -> bool {
        matches!(self.key(), "add" | "upload" | "save")
    }

    /// Whether it says yes.
    pub(super) fn is_yes(&self) -> bool {
        matches!(self.stem.as_str(), "yes" | "confirm" | "sur")
    }

    /// Whether it is a word for confirming.
    pub(super) fn is_confirm(&self) -> bool {
        matches!(self.key(), "confirm" | "accept")
    }

    /// Whether it says no more than that something is to be done: `go`, `submit`, `execute`.
    pub(super) fn is_only_do_it(&self) -> bool {
        self.is_weak() || self.is_submit() || self.is_auxiliary()
    }

    /// Whether it only sets going what another word names: `start the search`.
    pub(super) fn is_auxiliary(&self) -> bool {
        matches!(self.stem.as_str(), "start" | "begin" | "run" | "execut" | "perform" | "do")
    }

    /// The kinds of elements that a word such as `button` or `field` names.
    pub(super) fn kinds(&self) -> &'static [Kind] {
        match self.stem.as_str() {
            "button" | "link" | "tab" | "icon" => &[Kind::Press],
            "field" | "textbox" | "input" => &[Kind::Field],
            "box" => &[Kind::Field, Kind::Check],
            "checkbox" => &[Kind::Check],
            "dropdown" => &[Kind::Choose],
            _ => &[],
        }
    }

    fn opposes(&self, other: &Self) -> bool {
        if prefixed(&self.stem, &other.stem) || prefixed(&other.stem, &self.stem) {
            return true;
        }
        self.known.has_opposite
            && other.known.has_opposite
            && self.names().any(|name| {
                let opposites = TABLES.opposites.get(&*name).into_iter().flatten();
                opposites.into_iter().any(|opposite| other.names().any(|name| name == *opposite))
            })
    }

    /// The stems that it goes by: its own, and that of its concept.
    fn names(&self) -> impl Iterator<Item = Cow<'_, str>> {
        let concept = self.known.concept.map(|at| Cow::Owned(stem(CONCEPTS[at].name)));
        [Cow::Borrowed(self.stem.as_str())].into_iter().chain(concept)
    }
}

const SYNONYM: f64 = 0.9;

/// `unfollow` and `follow`, `deactivate` and `activate`.
fn prefixed(word: &str, bare: &str) -> bool {
    bare.len() >= 3
        && matches!(word.len().checked_sub(bare.len()), Some(2 | 3))
        && ["un", "de", "dis", "non"]
            .iter()
            .any(|prefix| word.strip_prefix(prefix).is_some_and(|rest| rest == bare))
}

/// `organisation` and `organization`: long words that differ in one letter, no digits.
fn same_but_for_a_letter(a: &str, b: &str) -> bool {
    let long = |text: &str| text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_lowercase());
    if !long(a) || a.len() != b.len() || !long(b) {
        return false;
    }
    a.bytes().zip(b.bytes()).filter(|(x, y)| x != y).count() == 1
}

/// The words of a text that a person reads. A text of nothing but stop words keeps them.
pub(super) fn words(text: &str) -> Vec<Word> {
    of_tokens(tokens(text))
}

/// The words of a text that stand next to each other: `user` and `bob` in "open the user bob".
pub(super) fn pairs(text: &str) -> Vec<(Word, Word)> {
    let tokens = merge_phrases(tokens(text));
    tokens.windows(2).map(|two| (Word::of(&two[0]), Word::of(&two[1]))).collect()
}

/// The words inside an attribute: `id_user-name`, `btnSaveDraft`.
pub(super) fn words_of_attribute(text: &str) -> Vec<Word> {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    for char in text.chars() {
        let turns = (before.is_lowercase() && char.is_uppercase())
            || (before.is_alphabetic() && char.is_ascii_digit());
        if turns {
            spaced.push(' ');
        }
        spaced.push(char);
        before = char;
    }
    let mut tokens = tokens(&spaced);
    tokens.retain(|token| !AFFIXES.contains(&token.as_str()) && token.len() > 1);
    of_tokens(tokens).into_iter().filter(|word| !word.is_weak()).collect()
}

/// What attributes put before or after the word that counts.
const AFFIXES: &[&str] = &[
    "id",
    "btn",
    "txt",
    "lbl",
    "inp",
    "chk",
    "ddl",
    "frm",
    "js",
    "ui",
    "el",
    "elem",
    "wrapper",
    "container",
    "control",
    "ctrl",
    "main",
    "form",
];

fn tokens(text: &str) -> Vec<String> {
    // Typographic apostrophes too; what follows one is an ending.
    let mut lower = text.to_lowercase();
    if lower.contains(['\'', '\u{2019}']) {
        lower = lower.replace('\u{2019}', "'").replace("'s", "");
    }
    let separates = |char: char| !char.is_alphanumeric();
    lower.split(separates).filter(|token| !token.is_empty()).map(str::to_owned).collect()
}

fn of_tokens(tokens: Vec<String>) -> Vec<Word> {
    let merged = merge_phrases(tokens);
    let last = merged.len().saturating_sub(1);
    let says = |(at, token): &(usize, &String)| {
        // `Zoom in` is about `in`, and `log in to the shop` is not about `to`.
        let particle = *at == last && last > 0 && matches!(token.as_str(), "in" | "on");
        particle || !TABLES.stop.contains(token.as_str())
    };
    let kept: Vec<&String> =
        merged.iter().enumerate().filter(says).map(|(_, token)| token).collect();
    let chosen = if kept.is_empty() { merged.iter().collect() } else { kept };
    let mut words: Vec<Word> = Vec::with_capacity(chosen.len());
    for token in chosen {
        let word = Word::of(token);
        if !words.iter().any(|other| other.stem == word.stem) {
            words.push(word);
        }
    }
    words
}

/// `log in` and `login` are one word, and so on.
fn merge_phrases(tokens: Vec<String>) -> Vec<String> {
    let mut merged: Vec<String> = Vec::with_capacity(tokens.len());
    for token in tokens {
        let phrase = merged.last().and_then(|before| {
            PHRASES.iter().find(|(first, second, _)| first == before && *second == token)
        });
        match (phrase, merged.last_mut()) {
            (Some((.., word)), Some(last)) => (*word).clone_into(last),
            _ => merged.push(token),
        }
    }
    merged
}

/// Whether a word says what one of these says.
pub(super) fn has(words: &[Word], wanted: &Word) -> bool {
    words.iter().any(|word| word.agrees(wanted) > 0.0)
}

/// The words of the first that are not among the second.
pub(super) fn without<'a>(words: &'a [Word], others: &[Word]) -> Vec<&'a Word> {
    words.iter().filter(|word| !has(others, word)).collect()
}

/// Whether one says the opposite of the other: `log in` and `log out`, `show` and `hide`.
pub(super) fn opposed(a: &[Word], b: &[Word]) -> bool {
    let mine = without(a, b);
    let theirs = without(b, a);
    mine.iter().any(|word| theirs.iter().any(|other| word.opposes(other)))
}

/// Whether both name operations and none in common: `archive` and `delete`.
pub(super) fn other_operation(a: &[Word], b: &[Word]) -> bool {
    let operations = |words: &[Word]| -> Vec<Word> {
        words.iter().filter(|word| word.is_operation()).cloned().collect()
    };
    let (mine, theirs) = (operations(a), operations(b));
    !mine.is_empty() && !theirs.is_empty() && !mine.iter().any(|word| has(&theirs, word))
}

#[cfg(test)]
mod tests;
