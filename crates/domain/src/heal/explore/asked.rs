//! What is asked for, against what an element is called: operations, searches, labels at length.

use super::pool::{is_address, is_password};
use super::{Agreement, Entry, Pool, agreement};
use crate::heal::kind::Kind;
use crate::heal::words::{Word, has, without, words_of_attribute};

impl Pool<'_> {
    /// Whether an element that is pressed lacks what the intent asks to be done: `Users` is no answer
    /// to "add a user". What only sorts or shows things often is called by the things alone.
    pub(in crate::heal) fn lacks_the_operation(&self, entry: &Entry<'_>) -> bool {
        if entry.kind != Kind::Press {
            return false;
        }
        let asked = || self.intent.iter().filter(|word| word.is_operation());
        if asked().all(Word::is_mild) {
            return false;
        }
        let also = entry.also().iter().flatten().chain(entry.called());
        let said: Vec<Word> = also.cloned().chain(entry.keys().into_iter().flatten()).collect();
        // An icon says nothing, and where it leads does.
        let bare = entry.folded.chars().count() < 3;
        let leads = entry.element.href.as_deref().filter(|_| bare).map(words_of_attribute);
        let says = |word: &Word| {
            has(&said, word) || leads.as_ref().is_some_and(|address| has(address, word))
        };
        // "Save it as a new one" asks to save. A button that submits may be called by either.
        let first = asked().find(|word| !word.is_auxiliary());
        if first.is_some_and(Word::goes_without_saying) && asked().skip(1).all(&says) {
            return false;
        }
        let submits = entry.submits();
        !(first.is_some_and(&says) || submits && asked().any(&says))
    }

    /// Whether a link at the head of a table sorts it, and nothing is to be sorted: "open the site" is
    /// not the head of the column of sites.
    pub(in crate::heal) fn only_sorts(&self, entry: &Entry<'_>) -> bool {
        let element = entry.element;
        element.tag == "a"
            && element.xpath.contains("/thead/")
            && element.href.as_deref().is_some_and(|href| href.contains('?'))
            && !self.wanted.known
            && !self.intent.iter().any(Word::is_sort)
    }

    /// Whether a link leads to what the intent asks for at some length: `5 Pages in Magazine`. It has
    /// all of two words or more that are asked for, and does nothing.
    pub(super) fn leads_there(&self, entry: &Entry<'_>) -> bool {
        let asked: Vec<&Word> = self.intent.iter().filter(|word| !word.is_driving()).collect();
        let harmless = |word: &Word| has(&self.intent, word) || !word.does_something();
        entry.element.tag == "a"
            && is_address(entry.element)
            && asked.len() >= 2
            && asked.iter().any(|word| !word.is_weak())
            && asked.iter().all(|word| !word.is_operation() && has(entry.called(), word))
            && entry.called().iter().all(harmless)
    }

    /// Whether a field of the same role has all of the known label and says more: `City or fjord`
    /// where `City` was, and nothing else on the page is about cities.
    pub(in crate::heal) fn is_said_at_more_length(&self, entry: &Entry<'_>) -> bool {
        let role = self.wanted.clues.role.is_some() && self.wanted.clues.role == entry.element.role;
        role && self.kind == entry.kind && self.is_lone_answer(&self.called, entry)
    }

    /// Whether a field is called what is asked for and more, nothing of which makes it another
    /// thing, and no other field shares a word with the question.
    pub(super) fn is_lone_answer(&self, asked: &[Word], entry: &Entry<'_>) -> bool {
        let asked: Vec<&Word> = asked.iter().filter(|word| !word.is_weak()).collect();
        if asked.is_empty() || !entry.kind.is_filled_in() || is_password(entry.element) {
            return false;
        }
        let harmless = |word: &Word| {
            let same = asked.iter().any(|asked| asked.agrees(word) > 0.0);
            same || !word.is_operation() && !word.has_opposite()
        };
        let shares = |other: &Entry<'_>| {
            let read = other.called().iter().chain(other.also().iter().flatten());
            let unread = other.keys();
            let mut said = read.chain(unread.iter().flatten());
            said.any(|word| asked.iter().any(|asked| asked.agrees(word) > 0.0))
        };
        let others = self.entries.iter().filter(|other| other.index != entry.index);
        asked.iter().all(|word| has(entry.called(), word))
            && entry.called().iter().all(harmless)
            && !others.into_iter().any(shares)
    }

    /// Whether a field is one to search in, and nothing is to be searched.
    pub(in crate::heal) fn only_searches(&self, entry: &Entry<'_>) -> bool {
        let says = |words: &[Word]| words.iter().any(Word::is_search);
        entry.is_to_search_in() && !self.wanted.known && !says(&self.intent) && !says(&self.called)
    }

    /// Whether an element does what nobody asked for, or does what was asked for to something else.
    pub(in crate::heal) fn is_something_else(&self, entry: &Entry<'_>) -> bool {
        let reference = if self.called.is_empty() { &self.intent } else { &self.called };
        if agreement(reference, entry.called(), &self.intent) == Agreement::Opposed {
            return entry.kind == Kind::Press || !self.called.is_empty();
        }
        let content = |words: Vec<&Word>| words.iter().any(|word| !word.is_weak());
        let shared = entry.called().iter().any(|word| !word.is_weak() && has(reference, word));
        let replaced = content(without(reference, entry.called()))
            && content(without(entry.called(), reference));
        shared && replaced || self.does_unasked_things(entry)
    }

    /// Whether an element is in the bar that every page has, and is called nothing like what a locator
    /// calls the wanted one. Bars are full of things that sound right on any page.
    pub(in crate::heal) fn is_of_the_bar(&self, entry: &Entry<'_>) -> bool {
        let path = &entry.element.xpath;
        let called = entry.called();
        !self.called.is_empty()
            && ["/header", "/nav"].iter().any(|bar| path.contains(bar))
            && !self.called.iter().any(|word| has(called, word))
    }

    /// Whether an element that is pressed says that it does something that nobody asked for.
    pub(super) fn does_unasked_things(&self, entry: &Entry<'_>) -> bool {
        let asked = |word: &Word| has(&self.intent, word) || has(&self.called, word);
        let does = |word: &Word| word.is_operation() && !word.is_mild() && !asked(word);
        entry.kind == Kind::Press && entry.called().iter().any(does)
    }
}
