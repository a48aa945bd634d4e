//! The element that helped where the same locator had failed for other words.

use crate::heal::hinted;
use crate::heal::testing::{button, css, field, intent, known, link, page, with_attribute};
use crate::heal::{Wanted, clues};
use crate::plan::ActionName::{self, Click, Extract, Fill};
use crate::snapshot::{Fingerprint, Snapshot};

/// What comes of the first element of a page, found for a step of other words.
fn found(
    action: ActionName,
    asked: &str,
    other: &str,
    elements: Vec<Fingerprint>,
) -> Result<(), String> {
    let now = page("", elements);
    let clues = clues(&css(".btn.btn-default"));
    let wanted = Wanted { clues, ..intent(action, asked) };
    hinted(&wanted, other, &now.elements[0].fingerprint, &now)
}

#[track_caller]
fn taken(asked: &str, other: &str, elements: Vec<Fingerprint>) {
    assert_eq!(found(Click, asked, other, elements), Ok(()), "{asked} / {other}");
}

#[track_caller]
fn doubted(asked: &str, other: &str, elements: Vec<Fingerprint>) {
    assert!(found(Click, asked, other, elements).is_err(), "{asked} / {other}");
}

#[test]
fn another_wording_of_the_same_purpose_is_the_same_purpose() {
    let other = "press the search button";
    taken("search", other, vec![button("Search"), button("Reset")]);
    taken("search", other, vec![button("Go"), button("Reset")]);
    taken(other, "search", vec![button("Go"), link("Help", "/help/")]);
    taken("find it", other, vec![button("Go")]);
    taken("use the key", "press the button to use the key", vec![button("Authorize")]);
    assert_eq!(
        found(Fill, "enter the town", "type the town", vec![field("text", "Place")]),
        Ok(())
    );
}

#[test]
fn one_dead_locator_serves_two_purposes() {
    let both = || vec![button("Delete"), button("Save")];
    doubted("save the draft", "delete the draft", both());
    doubted("save", "delete", both());
    doubted("save the draft", "delete the draft", vec![button("Delete")]);
    doubted("delete the draft", "save the draft", vec![button("Save")]);
    doubted("publish it", "save it", vec![button("Go")]);
    doubted("archive the post", "delete the post", vec![button("Remove")]);
    doubted("add a user", "add a group", vec![button("Add group")]);
    doubted("open the user form", "open the user list", vec![link("Users", "/users/")]);
    doubted("open the second page", "open the first page", vec![link("Go", "/p/")]);
}

#[test]
fn what_was_remembered_wrongly_is_found_out_by_its_name() {
    doubted("save", "press save", vec![button("Delete")]);
    doubted("save", "press save", vec![button("Save and publish")]);
    doubted("log in", "press the log in button", vec![button("Log out")]);
    doubted("search", "press the search button", vec![button("Delete")]);
    doubted("delete the draft", "press delete for the draft", vec![button("Go")]);
}

#[test]
fn words_that_say_nothing_are_the_same_as_none() {
    for (asked, other) in [("click it", "press it"), ("open it", "open it now"), ("go", "press go")]
    {
        doubted(asked, other, vec![button("Continue")]);
    }
}

#[test]
fn what_the_page_calls_by_these_words_goes_before_what_others_found() {
    doubted("search", "press the search button", vec![button("Go"), button("Search")]);
    doubted("use the key", "press use the key", vec![button("Authorize"), button("Use key")]);
}

#[test]
fn a_namesake_is_told_apart_only_where_no_harm_is_done() {
    let twice = |name: &str| vec![button(name), button(name)];
    taken("search", "press the search button", twice("Search"));
    doubted("save", "press save", twice("Save"));
    doubted("search the users", "search the groups", twice("Search"));
}

#[test]
fn what_is_called_just_so_may_have_been_found_for_something_else() {
    taken("save", "delete", vec![button("Save"), button("Delete")]);
    doubted("save", "delete", vec![button("Save"), button("Save")]);
    doubted("save the draft", "save", vec![button("Save"), button("Save draft")]);
}

#[test]
fn the_row_that_the_step_names_is_the_only_one() {
    let edit = |who: &str, row: u32| Fingerprint {
        xpath: format!("/html/body/table/tbody/tr[{row}]/td[2]/a"),
        ..with_attribute("in-row", who, link("Edit", &format!("/{row}/")))
    };
    let rows = || vec![edit("bob", 1), edit("ada", 2)];
    doubted("edit ada", "press edit for ada", rows());
    taken("edit bob", "press edit for bob", rows());
    doubted("edit it", "press edit", rows());
}

#[test]
fn nothing_is_read_and_no_secret_is_typed_on_a_hint() {
    let total = || vec![button("Total")];
    assert!(found(Extract, "read the total", "get the total", total()).is_err());
    let password = || vec![field("password", "Password")];
    assert!(found(Fill, "type the name", "enter the name", password()).is_err());
}

#[test]
fn what_is_known_of_the_element_is_believed_first() {
    let now: Snapshot = page("", vec![button("Find"), button("Go")]);
    let element = |at: usize| &now.elements[at].fingerprint;
    let wanted = known(Click, "search", button("Search"));
    assert_eq!(hinted(&wanted, "press the search button", element(0), &now), Ok(()));
    assert!(hinted(&wanted, "press the search button", element(1), &now).is_err());
    let elsewhere = Fingerprint { xpath: "/html/body/b".into(), ..button("Find") };
    assert!(hinted(&wanted, "press the search button", &elsewhere, &now).is_err());
}
