//! Lists: one thing in each row, and the same buttons in all of them.

use super::{abstains, finds};
use crate::heal::Stage;
use crate::heal::testing::{button, field, intent, known, link, page, select, with_attribute};
use crate::plan::ActionName::{Check, Click, Fill, Select};
use crate::snapshot::{Fingerprint, Snapshot};

const ROWS: [&str; 3] = ["ada ada@site.example", "bob bob@site.example", "On bob and time"];

fn in_row(row: &str, element: Fingerprint) -> Fingerprint {
    with_attribute("in-row", row, element)
}

/// In each row a box, `View record`, `Edit record` and `Delete record`.
fn list() -> Snapshot {
    let row = |(at, row): (usize, &&str)| {
        [
            in_row(row, field("checkbox", "Select record")),
            in_row(row, link("View record", &format!("/view/{at}/"))),
            in_row(row, link("Edit record", &format!("/edit/{at}/"))),
            in_row(row, button("Delete record")),
        ]
    };
    page("Users", ROWS.iter().enumerate().flat_map(row).collect())
}

#[test]
fn what_is_done_to_what_one_row_is_about_is_done_there() {
    finds(&intent(Click, "edit ada"), &list(), 2, Stage::Words);
    finds(&intent(Click, "look at ada"), &list(), 1, Stage::Words);
    finds(&intent(Click, "delete the one on time"), &list(), 11, Stage::Words);
    finds(&intent(Check, "choose ada"), &list(), 0, Stage::Words);
}

#[test]
fn the_row_of_the_intent_goes_before_that_of_old_data() {
    let before = in_row(ROWS[1], link("Edit record", "/edit/1/"));
    finds(
        &known(Click, "edit the one on time", link("Edit record", "/edit/7/")),
        &list(),
        10,
        Stage::Words,
    );
    let now = list();
    finds(&known(Click, "edit ada", Fingerprint { href: None, ..before }), &now, 2, Stage::Words);
    abstains(&known(Click, "edit it", in_row(ROWS[1], link("Edit record", "/edit/7/"))), &now);
}

#[test]
fn what_no_row_or_more_than_one_is_about_is_in_none() {
    abstains(&intent(Click, "edit bob"), &list());
    abstains(&intent(Check, "choose bob"), &list());
    abstains(&intent(Click, "edit grace"), &list());
    abstains(&intent(Click, "edit ada and bob"), &list());
}

#[test]
fn what_the_row_of_the_intent_cannot_do_is_not_done_in_it() {
    let now = page(
        "",
        vec![
            in_row("ada", button("Delete")),
            in_row("bob", button("Delete")),
            in_row("bob", button("Edit")),
        ],
    );
    abstains(&intent(Click, "edit ada"), &now);
    abstains(&intent(Click, "open ada"), &now);
}

#[test]
fn a_field_in_a_row_must_be_asked_for() {
    let key = |name: &str, element: Fingerprint| Fingerprint {
        name_attribute: Some(name.into()),
        label: None,
        name: String::new(),
        ..element
    };
    let now = page(
        "",
        vec![
            in_row("Lem", key("form-0-country", select(""))),
            in_row("Le Guin", key("form-1-country", select(""))),
            in_row("Confirm password", key("p2", field("password", ""))),
        ],
    );
    finds(&intent(Select, "choose the country of Lem"), &now, 0, Stage::Words);
    abstains(&intent(Select, "choose the status of Lem"), &now);
    abstains(&intent(Fill, "type the password of Lem"), &now);
}

#[test]
fn what_the_fields_of_all_rows_hold_names_no_row() {
    let stars = |at: usize| Fingerprint {
        name_attribute: Some(format!("reviews-{at}-stars")),
        label: None,
        ..field("number", "")
    };
    let now = page("", vec![in_row("ada: 3 stars", stars(0)), in_row("new", stars(1))]);
    abstains(&intent(Fill, "type the stars"), &now);
}

#[test]
fn what_is_done_first_is_what_is_asked_for() {
    let rows = ["Books Add", "Authors Add"].map(|row| in_row(row, link("Add", row)));
    abstains(&intent(Click, "save it as a new book"), &page("", rows.into()));
}

#[test]
fn the_lone_button_of_a_row_is_not_that_of_the_page() {
    let remove = in_row("Chapter one 12 pages", link("Remove", "#"));
    abstains(&intent(Click, "delete it"), &page("Book", vec![remove]));
}

#[test]
fn the_others_of_one_name_are_not_the_one_that_is_gone() {
    let row = |at: usize, name: &str| {
        let edit = in_row(name, link("Edit", &format!("/edit/{at}/")));
        [edit, in_row(name, button("Delete"))]
    };
    let rows = [row(0, "ada jones"), row(1, "bob ross")];
    let now = page("Users", rows.into_iter().flatten().collect());
    finds(&intent(Click, "delete ada jones"), &now, 1, Stage::Words);
    abstains(&intent(Click, "delete ada smith"), &now);
}

#[test]
fn a_button_in_an_entry_of_a_list_is_not_that_of_the_page() {
    let at = |path: &str, element: Fingerprint| Fingerprint { xpath: path.into(), ..element };
    let part = |element: Fingerprint| in_row("Chapter one Open Remove", element);
    let open = part(at("/html/body/main/ul/li/a", link("Open", "/chapters/1/")));
    let remove = part(at("/html/body/main/ul/li/button", button("Remove")));
    abstains(&intent(Click, "delete it"), &page("The book", vec![open, remove]));
    // The foot of a form that is written as a list is no entry of one.
    let foot = |element: Fingerprint| in_row("Save Delete", element);
    let save = foot(at("/html/body/main/form/ul/li[3]/input[1]", button("Save")));
    let delete = foot(at("/html/body/main/form/ul/li[3]/input[2]", button("Delete")));
    finds(&intent(Click, "delete it"), &page("The book", vec![save, delete]), 1, Stage::Words);
}
