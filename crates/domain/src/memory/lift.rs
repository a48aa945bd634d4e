//! Lifting: the values of inputs replaced by their placeholders, and put back.
//!
//! What is remembered of a run must fit the next one, and must not tell what somebody typed. A
//! value that came from an input becomes its placeholder. A value that a plan types literally has
//! no name to come back under, so a text that says it is not kept at all: half of it would make
//! an element look like a stranger to the next run. Values are found as whole words, written as
//! they were typed or as an address writes them. Values shorter than three characters occur by
//! chance everywhere and stay. So do words of the address the run began at, inside addresses,
//! ids and classes: nothing had been typed when they were there.

mod elements;
mod forms;

use crate::memory::RunFacts;
use crate::plan::{ActionName, StepForm, Values};
use crate::site::{page_of_text, path_of};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::collections::{BTreeMap, BTreeSet};

/// The shortest value that is lifted.
const SHORTEST: usize = 3;

/// Stands in a sentence for what somebody typed.
const TYPED: &str = "…";

/// Replaces the values of one task's inputs by placeholders, and the other way round.
#[derive(Clone, Default)]
pub struct Lifter {
    needles: Vec<Needle>,
    values: Values,
    /// Words of the address the run began at.
    address: BTreeSet<String>,
}

/// A value to look for.
#[derive(Clone)]
struct Needle {
    value: String,
    /// What stands for it; `None` for what was typed literally.
    mark: Option<String>,
    /// Whether it is the value as an address writes it.
    encoded: bool,
}

/// Where a text stands: in words for people, or in an address, an id, a class.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Words,
    Structure,
}

/// A text after lifting.
struct Lifted {
    text: String,
    /// Whether it said something that was typed literally.
    typed: bool,
}

impl std::fmt::Debug for Lifter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lifter({} values)", self.needles.len())
    }
}

impl Lifter {
    /// Prepares for the inputs of one task.
    #[must_use]
    pub fn new(inputs: &BTreeMap<String, String>) -> Self {
        Self::with(inputs, &BTreeSet::new(), BTreeSet::new())
    }

    /// Prepares for what a plan types, with these inputs: before the run as after it.
    #[must_use]
    pub fn of_plan<'a>(
        inputs: &BTreeMap<String, String>,
        plan: impl IntoIterator<Item = &'a StepForm>,
    ) -> Self {
        let typed = plan_types(plan).map(str::to_owned).collect();
        Self::with(inputs, &typed, BTreeSet::new())
    }

    /// Prepares for everything that was typed in a run.
    #[must_use]
    pub fn of_run(run: &RunFacts) -> Self {
        Self::with(&run.inputs, &typed_in(run), began_at(run))
    }

    pub(super) fn with(
        inputs: &BTreeMap<String, String>,
        typed: &BTreeSet<String>,
        address: BTreeSet<String>,
    ) -> Self {
        // Pages fold the white space around what was typed.
        let trimmed = inputs.iter().map(|(name, value)| (name.clone(), value.trim().to_owned()));
        let values = Values { inputs: trimmed.collect(), secrets: BTreeMap::new() };
        let mut needles = Vec::new();
        let mut add = |value: &str, mark: Option<String>| {
            if value.chars().count() < SHORTEST {
                return;
            }
            needles.push(Needle { value: value.to_owned(), mark, encoded: false });
            for encoded in encodings(value) {
                needles.push(Needle { value: encoded, mark: None, encoded: true });
            }
        };
        for (name, value) in &values.inputs {
            add(value, Some(format!("{{{{inputs.{name}}}}}")));
        }
        for text in typed {
            match (text.contains("{{"), values.fill_open(text)) {
                (false, _) => add(text.trim(), None),
                // Part placeholder, part literal: the plan's own format for the value.
                (true, Ok(filled)) => add(filled.trim(), Some(text.clone())),
                (true, Err(_)) => {}
            }
        }
        // Stable: of two with the same value the first input by name stands, then what was typed.
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.value.len()));
        Self { needles, values, address }
    }

    /// Replaces values by placeholders in a text; `…` stands for what was typed literally.
    #[must_use]
    pub fn lift_text(&self, text: &str) -> String {
        self.rewrite(text, Place::Words).text
    }

    /// Puts the values of this task in place of placeholders; `None` when one has no value.
    #[must_use]
    pub fn fill_text(&self, text: &str) -> Option<String> {
        self.values.fill_open(text).ok()
    }

    /// The page a step led to, its values taken for ids: they are other ones in the next run.
    pub(crate) fn lift_page(&self, page: &str) -> String {
        let (path, query) = page.split_once('?').unwrap_or((page, ""));
        let segment = |text: &str| {
            let lifted = self.rewrite(text, Place::Structure);
            if lifted.typed || lifted.text != text { "{id}".to_owned() } else { text.to_owned() }
        };
        let path = path.split('/').map(segment).collect::<Vec<_>>().join("/");
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    fn rewrite(&self, text: &str, place: Place) -> Lifted {
        let mut lifted = Lifted { text: String::with_capacity(text.len()), typed: false };
        let mut at = 0;
        while let Some(char) = text[at..].chars().next() {
            let rest = &text[at..];
            let placeholder = rest.starts_with("{{").then(|| rest.find("}}")).flatten();
            if let Some(end) = placeholder {
                lifted.text.push_str(&rest[..end + 2]);
                at += end + 2;
            } else if let Some(needle) = self.needle_at(text, at, place) {
                lifted.text.push_str(needle.mark.as_deref().unwrap_or(TYPED));
                lifted.typed |= needle.mark.is_none();
                at += needle.value.len();
            } else {
                lifted.text.push(char);
                at += char.len_utf8();
            }
        }
        lifted
    }

    /// The longest value that stands here as a whole word.
    fn needle_at(&self, text: &str, at: usize, place: Place) -> Option<&Needle> {
        let before = text[..at].chars().next_back();
        self.needles.iter().find(|needle| {
            text[at..].starts_with(&needle.value)
                && !joined(before, needle.value.chars().next())
                && !joined(
                    needle.value.chars().next_back(),
                    text[at + needle.value.len()..].chars().next(),
                )
                && match place {
                    Place::Words => !needle.encoded,
                    Place::Structure => !self.address.contains(&needle.value),
                }
        })
    }
}

/// Whether two neighbours belong to one word.
fn joined(left: Option<char>, right: Option<char>) -> bool {
    left.is_some_and(char::is_alphanumeric) && right.is_some_and(char::is_alphanumeric)
}

/// A value as addresses write it, where that differs.
fn encodings(value: &str) -> BTreeSet<String> {
    let percent = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    let gentle = value.replace(' ', "%20");
    let form: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
    BTreeSet::from([percent, gentle, form]).into_iter().filter(|text| text != value).collect()
}

/// The words of the address a run began at.
pub(super) fn began_at(run: &RunFacts) -> BTreeSet<String> {
    let began = run.steps.first().map(|step| page_of_text(&step.observation.url));
    address_words(&began.unwrap_or_default())
}

fn address_words(page: &str) -> BTreeSet<String> {
    path_of(page).split(|char: char| !char.is_alphanumeric()).map(str::to_owned).collect()
}

/// What the plan, or a human, had typed word by word.
pub(super) fn typed_in(run: &RunFacts) -> BTreeSet<String> {
    let done = run.steps.iter().filter_map(|step| typed(&step.action));
    plan_types(&run.plan.steps).chain(done).map(str::to_owned).collect()
}

/// What a plan types, by itself or in a fallback.
fn plan_types<'a>(plan: impl IntoIterator<Item = &'a StepForm>) -> impl Iterator<Item = &'a str> {
    let forms = plan.into_iter().flat_map(|step| std::iter::once(step).chain(&step.fallbacks));
    forms.filter_map(typed)
}

/// What a step types. Options of a `select` are the page's words, not somebody's.
pub(super) fn typed(form: &StepForm) -> Option<&str> {
    match form.action {
        ActionName::Fill | ActionName::HandleDialog => form.value.as_deref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
