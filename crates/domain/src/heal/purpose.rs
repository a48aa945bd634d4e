//! Whether two steps are for the same thing.

use super::explore::{Agreement, agreement, name_of};
use super::text::folded;
use super::words::{Word, has, opposed, words};
use crate::snapshot::Fingerprint;

/// Whether two intents ask for the same, in the same words or in others of the same meaning.
/// `add the user` is not `add a post`, however alike the two read to a model.
#[must_use]
pub fn same_purpose(one: &str, other: &str) -> bool {
    if folded(one) == folded(other) {
        return true;
    }
    let (one, other) = (words(one), words(other));
    agreement(&one, &other, &one) == Agreement::Same
}

/// Whether what is asked rules out that it is what was done: one is the opposite of the other, or what
/// was done takes something away, and another operation is asked for that does not. Where words are
/// unknown, nothing is ruled out.
#[must_use]
pub fn rules_out(asked: &str, done: &str) -> bool {
    let (asked, done) = (words(asked), words(done));
    let takes = |words: &[Word]| words.iter().any(Word::takes_back);
    let operates = asked.iter().any(Word::is_operation);
    opposed(&asked, &done) || (takes(&done) && operates && !takes(&asked))
}

/// Whether an intent speaks of what an element is called: then the name is what the step goes by,
/// and not something that stands there today and something else tomorrow.
#[must_use]
pub fn speaks_of(intent: &str, called: &Fingerprint) -> bool {
    let intent = words(intent);
    words(name_of(called)).iter().any(|word| !word.is_weak() && has(&intent, word))
}

#[cfg(test)]
mod tests {
    use super::{rules_out, same_purpose};

    #[test]
    fn the_same_thing_may_be_said_in_other_words() {
        assert!(same_purpose("log in", "sign in"));
        assert!(same_purpose("Save the page", "save the page"));
        assert!(same_purpose("open the settings", "open the preferences"));
    }

    #[test]
    fn opposites_and_what_takes_away_are_ruled_out_and_unknown_words_rule_out_nothing() {
        assert!(rules_out("publish the post", "delete the post"));
        assert!(rules_out("log in", "log out"));
        assert!(!rules_out("remove this article", "delete the post"));
        assert!(!rules_out("throw this piece away", "delete the post"));
        assert!(!rules_out("register one more person", "add a user"));
    }

    #[test]
    fn another_object_or_another_operation_is_another_thing() {
        for (one, other) in [
            ("add a user", "add a post"),
            ("edit the number of words", "choose the number of words"),
            ("delete them", "publish them"),
            ("choose the post on paths", "choose the post on machines"),
        ] {
            assert!(!same_purpose(one, other), "{one} / {other}");
        }
    }
}
