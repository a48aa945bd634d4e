//! What the page calls otherwise than people do: fields ("type the name" where it says `Username`),
//! links that say more than where they lead, the menu of what else can be done, the answer to a
//! question (`Yes, delete it`), the button of a form.

use super::pool::is_password;
use super::rows::{opens_a_menu, row_of};
use super::{Entry, Notes, Place, Pool, Stage, Verdict};
use crate::heal::kind::Kind;
use crate::heal::words::{Word, has, words};
use crate::plan::ActionName;

/// How sure it is: nothing but the lack of anything nearer speaks for it.
const SCORE: f64 = 0.6;

/// Looks for the only field that may be called so, where nothing on the page is.
pub(super) fn search(pool: &Pool<'_>, _: &mut Notes) -> Verdict {
    if pool.wanted.action == ActionName::Click {
        return pressed(pool);
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

/// The only thing to press that may be meant: by the first of these that any fits.
fn pressed(pool: &Pool<'_>) -> Verdict {
    let nameless = pool.called.is_empty() && !pool.wanted.known;
    let made = pool.called.iter().all(Word::is_making);
    let ways: [&dyn Fn(&Entry<'_>) -> bool; 5] = [
        // A link that has all that is asked for, and more.
        &|entry| {
            nameless
                && pool.leads_there(entry)
                && !pool.only_sorts(entry)
                && pool.veto(entry).is_none()
        },
        &|entry| nameless && pool.leads_to_the_number(entry) && pool.veto(entry).is_none(),
        &|entry| pool.opens_the_rest(entry),
        &|entry| nameless && pool.answers_yes(entry),
        &|entry| made && pool.makes_it(entry),
    ];
    for way in ways {
        let mut found = pool.entries.iter().filter(|entry| way(entry));
        match (found.next(), found.next()) {
            (Some(only), None) => return Verdict::One(only.candidate(Stage::Words, SCORE, SCORE)),
            (Some(_), Some(_)) => return Verdict::Next,
            (None, _) => {}
        }
    }
    Verdict::Next
}

impl Pool<'_> {
    /// Whether an element opens the menu of what else can be done, and the intent names nothing but
    /// opening: "open what else can be done".
    fn opens_the_rest(&self, entry: &Entry<'_>) -> bool {
        let opening = self.intent.iter().any(Word::is_open)
            && self.intent.iter().all(|word| word.is_driving() || word.is_of_the_rest());
        let across = || {
            let here = Place::of_element(entry.element);
            self.path().zip(here).is_some_and(|(place, here)| place.is_across(&here))
        };
        let of_a_row = self.path().is_some_and(Place::is_in_row) && !entry.is_in_table();
        opening
            && !across()
            && !of_a_row
            && (opens_a_menu(entry) || is_closed(entry))
            && !entry.called().is_empty()
            && entry.called().iter().all(Word::is_of_the_rest)
    }

    /// Whether a link is called nothing but a number that the intent has: `2021` to "show the year
    /// 2021".
    fn leads_to_the_number(&self, entry: &Entry<'_>) -> bool {
        let number = |word: &Word| word.is_long_number() && has(&self.intent, word);
        entry.element.tag == "a"
            && row_of(entry).is_none()
            && !entry.called().is_empty()
            && entry.called().iter().all(number)
    }

    /// Whether an element answers the page's question with yes, and the intent is to confirm. What it
    /// says besides is what was asked.
    fn answers_yes(&self, entry: &Entry<'_>) -> bool {
        let confirms = |words: &[Word]| words.iter().any(Word::is_confirm);
        confirms(&self.intent)
            && self.intent.iter().all(|word| word.is_weak() || word.is_confirm())
            && entry.called().iter().any(Word::is_yes)
            && entry.submits()
            && !self.goes_against_the_goal(entry)
    }

    /// Whether an element does something that the goal, which says what is to be done, does not say.
    fn goes_against_the_goal(&self, entry: &Entry<'_>) -> bool {
        let mut does = entry.called().iter().filter(|it| it.is_operation() && !it.is_confirm());
        self.goal.iter().any(Word::takes_effect) && does.any(|word| !has(&self.goal, word))
    }

    /// Whether an element is the only button of a form with fields, which makes what the form is
    /// about, and the intent is to save it: `Create` to "save the redirect".
    fn makes_it(&self, entry: &Entry<'_>) -> bool {
        // What is saved is what the page is about.
        let about = words(&format!("{} {}", self.now.title, self.now.url));
        let named = |word: &Word| word.is_weak() || word.is_operation() || has(&about, word);
        if !self.intent.iter().all(named) {
            return false;
        }
        let saving = self.intent.iter().filter(|word| word.is_operation());
        let saves = saving.clone().count() > 0 && saving.into_iter().all(Word::is_making);
        if !saves || entry.called().is_empty() || !entry.called().iter().all(Word::is_making) {
            return false;
        }
        let Some(form) = form_of(entry) else { return false };
        let mut inside = self.entries.iter().filter(|other| other.element.xpath.starts_with(form));
        let fields = self.now.elements.iter().any(|element| {
            let field = Kind::of(&element.fingerprint).is_filled_in();
            field && element.fingerprint.xpath.starts_with(form)
        });
        fields && inside.all(|other| other.index == entry.index || !other.submits())
    }
}

fn is_closed(entry: &Entry<'_>) -> bool {
    entry.element.attributes.get("aria-expanded").is_some_and(|open| open == "false")
}

/// The path of the form that an element submits.
fn form_of<'a>(entry: &Entry<'a>) -> Option<&'a str> {
    let path = entry.element.xpath.as_str();
    let begin = path.rfind("/form").filter(|_| entry.submits())?;
    let end = path[begin + 1..].find('/')? + begin + 1;
    Some(&path[..=end])
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
