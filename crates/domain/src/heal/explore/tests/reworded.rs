//! What is exactly where it was and is called otherwise by people.

use super::{abstains, finds};
use crate::heal::testing::{button, field, intent, link, page, with_attribute, xpath};
use crate::heal::{Place, Stage, Wanted, clues};
use crate::plan::ActionName::{self, Click, Fill};
use crate::snapshot::{Fingerprint, Snapshot};

/// Where the plan has it: the page has got another frame since.
const WAS: &str = "/html/body/div/section/div[2]/div[2]";
const IS: &str = "/html/body/div/section/div/div[2]";

fn at(path: &str, element: Fingerprint) -> Fingerprint {
    Fingerprint { xpath: format!("{IS}{path}"), ..element }
}

fn wanted<'a>(action: ActionName, words: &'a str, path: &str) -> Wanted<'a> {
    let target = xpath(&format!("{WAS}{path}"));
    let place = Place::of_target(&target);
    Wanted { clues: clues(&target), place, ..intent(action, words) }
}

/// A form in which the first of two buttons is called so.
fn form(first: &str) -> Snapshot {
    page(
        "",
        vec![
            at("/section/form/div[1]/input", field("text", "Remark")),
            at("/section/form/div[2]/button[1]", button(first)),
            at("/section/form/div[2]/button[2]", button("Close")),
            at("/aside/ul/li/a", link("Help", "/help/")),
        ],
    )
}

const BUTTON: &str = "/section/form/div[2]/button[1]";

#[test]
fn what_says_it_in_other_words_is_the_one_in_its_place() {
    for (words, called) in [
        ("use the key", "Apply credentials"),
        ("forget the key", "Remove authorization"),
        ("open the form for the key", "Authorize"),
        ("use the theme", "Activate theme"),
    ] {
        finds(&wanted(Click, words, BUTTON), &form(called), 1, Stage::Place);
    }
}

#[test]
fn what_does_something_else_there_is_not_it() {
    for (words, called) in [
        ("use the key", "Show credentials"),
        ("use the key", "Copy credentials"),
        ("use the key", "Delete credentials"),
        ("use the key", "Apply filter"),
        ("forget the key", "Apply credentials"),
        ("add a user", "Add group"),
        ("open the form for the key", "Options"),
        ("use the theme", "Activate account"),
    ] {
        abstains(&wanted(Click, words, BUTTON), &form(called));
    }
}

#[test]
fn other_words_alone_prove_nothing() {
    let now = form("Authorize");
    abstains(&wanted(Click, "open the form for the key", "/section/p/span[3]/button[4]"), &now);
    abstains(&intent(Click, "open the form for the key"), &now);
}

#[test]
fn what_is_called_so_elsewhere_goes_before_what_is_called_otherwise_there() {
    let mut now = form("Authorize");
    let key = button("Public key");
    let path = format!("{IS}/aside/div/button");
    now.elements[3].fingerprint = Fingerprint { xpath: path, ..key };
    abstains(&wanted(Click, "open the form for the key", BUTTON), &now);
}

/// A field in a row that says what it is for.
fn row(number: &str, called: &str, says: &str) -> Fingerprint {
    let path = format!("/section/table/tbody/tr{number}/td[2]/input");
    with_attribute("in-row", says, at(&path, field("text", called)))
}

#[test]
fn a_field_is_what_its_row_says_that_it_is_for() {
    let path = "/section/table/tbody/tr/td[2]/input";
    let words = "type the number of the part";
    let now = page("", vec![row("", "id", "id * integer Which part")]);
    finds(&wanted(Fill, words, path), &now, 0, Stage::Place);
    let now = page("", vec![row("", "id", "id * integer Which order")]);
    abstains(&wanted(Fill, words, path), &now);
    let now = page("", vec![row("", "Last name", "Last name of the author")]);
    abstains(&wanted(Fill, "type the first name of the author", path), &now);
}

#[test]
fn of_several_rows_the_one_is_meant_that_is_named() {
    let path = "/section/table/tbody/tr[2]/td[2]/input";
    let rows = |second: &str| {
        page("", vec![row("[1]", "qty", "bolt in stock"), row("[2]", "qty", second)])
    };
    let words = "type the stock of the nut";
    finds(&wanted(Fill, words, path), &rows("nut in stock"), 1, Stage::Place);
    abstains(&wanted(Fill, words, path), &rows("washer in stock"));
    abstains(&wanted(Fill, "type the stock", path), &rows("washer in stock"));
}

#[test]
fn a_field_that_takes_any_value_is_the_one_in_its_place() {
    let path = "/section/form/div[1]/input";
    let now = |called: &str| page("", vec![at(path, field("text", called))]);
    finds(&wanted(Fill, "type the key", path), &now("Value:"), 0, Stage::Place);
    abstains(&wanted(Fill, "type the key", path), &now("Site"));
}
