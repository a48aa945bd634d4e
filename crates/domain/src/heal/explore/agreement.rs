//! Whether two names say the same.

use crate::heal::words::{Word, has, opposed, other_operation, without};

/// How one name stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::heal) enum Agreement {
    /// One of them says nothing.
    Unknown,
    /// The same words, or others of the same meaning.
    Same,
    /// One says more than the other, and nothing that makes it another thing.
    Near,
    /// They say different things.
    Differs,
    /// One does the opposite of the other, or something else altogether.
    Opposed,
}

/// How the name that an element has now stands to the one it had, in the light of what the step is
/// for.
///
/// A word more is harmless if the intent has it (`Save` → `Save draft` to "save the draft") or if
/// it names only the kind of thing (`Save changes`); a word less is harmless if the intent does not
/// ask for it. An operation more or less never is: `Save and publish` is not `Save`. A word in
/// place of another is another thing: `Add user` is not `Add group`.
pub(in crate::heal) fn agreement(before: &[Word], now: &[Word], intent: &[Word]) -> Agreement {
    if before.is_empty() || now.is_empty() {
        return Agreement::Unknown;
    }
    if opposed(before, now) || other_operation(before, now) {
        return Agreement::Opposed;
    }
    let lost = without(before, now);
    let new = without(now, before);
    match (lost.is_empty(), new.is_empty()) {
        (true, true) => Agreement::Same,
        (true, false) if new.iter().all(|word| word.is_weak() || has(intent, word)) => {
            Agreement::Near
        }
        (false, true) if lost.iter().all(|word| may_go(word, intent)) => Agreement::Near,
        _ => Agreement::Differs,
    }
}

fn may_go(word: &Word, intent: &[Word]) -> bool {
    !word.is_operation() && (word.is_weak() || !has(intent, word))
}

#[cfg(test)]
mod tests {
    use super::{Agreement, agreement};
    use crate::heal::words::words;

    #[track_caller]
    fn check(before: &str, now: &str, intent: &str, wanted: Agreement) {
        assert_eq!(agreement(&words(before), &words(now), &words(intent)), wanted);
    }

    #[test]
    fn names_of_one_meaning_are_the_same() {
        check("Log in", "Sign in", "", Agreement::Same);
        check("Preferences", "Settings", "", Agreement::Same);
        check("", "Settings", "", Agreement::Unknown);
    }

    #[test]
    fn a_word_more_must_be_asked_for() {
        check("Save", "Save changes", "save the user", Agreement::Near);
        check("Save", "Save draft", "save the draft", Agreement::Near);
        check("Save", "Save draft", "save the article", Agreement::Differs);
        check("Save", "Save and publish", "save the article", Agreement::Differs);
        check("Password", "Confirm password", "type the password", Agreement::Differs);
        check("Users", "Users list", "open the users", Agreement::Near);
    }

    #[test]
    fn a_word_less_must_not_be_asked_for() {
        check("Save draft", "Save", "keep what was written", Agreement::Near);
        check("Save draft", "Save", "save the draft", Agreement::Differs);
        check("Save and publish", "Save", "publish it", Agreement::Differs);
        check("Export CSV", "CSV", "get the list", Agreement::Differs);
        check("First name", "Name", "type the first name", Agreement::Differs);
    }

    #[test]
    fn a_word_in_place_of_another_is_another_thing() {
        check("Add user", "Add group", "add the user", Agreement::Differs);
        check("First name", "Last name", "type the first name", Agreement::Opposed);
        check("Export CSV", "Import CSV", "export", Agreement::Opposed);
        check("Archive", "Delete", "archive it", Agreement::Opposed);
        check("Log out", "Log in", "log out", Agreement::Opposed);
        check("Learn more about IE11 alternatives", "Skip to main content", "", Agreement::Differs);
    }
}
