//! What words mean to each other.

use super::{Word, opposed, other_operation, words, words_of_attribute};

fn stems(words: &[Word]) -> Vec<&str> {
    words.iter().map(|word| word.stem.as_str()).collect()
}

#[track_caller]
fn agree(a: &str, b: &str) {
    let (a, b) = (words(a), words(b));
    assert!(a.len() == b.len() && super::without(&a, &b).is_empty(), "{a:?} {b:?}");
}

#[test]
fn forms_of_a_word_are_one_word() {
    for (a, b) in [
        ("users", "user"),
        ("saving", "save"),
        ("saved", "save"),
        ("deleted", "delete"),
        ("adding", "add"),
        ("stopping", "stop"),
        ("categories", "category"),
        ("addresses", "address"),
        ("boxes", "box"),
        ("setting", "settings"),
        ("The administrator's", "administrator"),
        ("organisation", "organization"),
    ] {
        agree(a, b);
    }
}

#[test]
fn words_of_one_meaning_agree() {
    for (a, b) in [
        ("Log in", "Sign in"),
        ("login", "Sign on"),
        ("Log out", "Sign out"),
        ("Search", "Find"),
        ("Create", "New"),
        ("Remove", "Delete"),
        ("Submit", "Save"),
        ("Continue", "Next"),
        ("Preferences", "Settings"),
        ("E-mail address", "Email"),
        ("User name", "username"),
        ("Dismiss", "Close"),
        ("Basket", "Cart"),
        ("Change", "Edit"),
    ] {
        agree(a, b);
    }
}

#[test]
fn opposites_are_seen() {
    for (a, b) in [
        ("Log in", "Log out"),
        ("Sign out", "Sign in"),
        ("Import CSV", "Export CSV"),
        ("Follow", "Unfollow"),
        ("Activate", "Deactivate"),
        ("Add user", "Remove user"),
        ("Save", "Delete"),
        ("Apply", "Discard"),
        ("Move up", "Move down"),
        ("Zoom in", "Zoom out"),
        ("Show details", "Hide details"),
        ("Next page", "Previous page"),
        ("Old password", "New password"),
        ("Subscribe", "Unsubscribe"),
    ] {
        assert!(opposed(&words(a), &words(b)), "{a} / {b}");
        assert!(opposed(&words(b), &words(a)), "{b} / {a}");
    }
    for (a, b) in [("Save", "Submit"), ("Log in", "Sign in"), ("Users", "Groups"), ("Save", "Save")]
    {
        assert!(!opposed(&words(a), &words(b)), "{a} / {b}");
    }
}

#[test]
fn operations_without_one_in_common_are_other_operations() {
    assert!(other_operation(&words("Archive"), &words("Delete")));
    assert!(other_operation(&words("Add to basket"), &words("Buy now")));
    assert!(!other_operation(&words("Save"), &words("Save and continue")));
    assert!(!other_operation(&words("Users"), &words("Delete users")));
}

#[test]
fn attributes_fall_into_words() {
    assert_eq!(stems(&words_of_attribute("id_username")), ["usernam"]);
    assert_eq!(stems(&words_of_attribute("btnSaveDraft")), ["sav", "draft"]);
    assert_eq!(stems(&words_of_attribute("user-name")), ["usernam"]);
    assert_eq!(stems(&words_of_attribute("firstName")), ["first", "nam"]);
    assert_eq!(stems(&words_of_attribute("id_form")), [] as [&str; 0]);
}

#[test]
fn settings_are_no_setting_of_things() {
    assert!(!words("Settings")[0].is_weak());
    assert!(words("set")[0].is_weak());
}

#[test]
fn a_name_of_stop_words_keeps_them() {
    assert_eq!(stems(&words("From")), ["from"]);
    assert_eq!(stems(&words("the list of users")), ["list", "user"]);
}
