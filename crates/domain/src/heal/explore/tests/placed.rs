//! What is still where the locator counted to, and what is not.

use super::{abstains, finds};
use crate::heal::testing::{
    button, css, field, intent, known, link, page, with_attribute, with_id, xpath,
};
use crate::heal::{Place, Stage, Wanted, clues};
use crate::plan::ActionName::{Click, Fill};
use crate::plan::Target;
use crate::snapshot::{Fingerprint, Snapshot};

fn at(xpath: &str, element: Fingerprint) -> Fingerprint {
    Fingerprint { xpath: xpath.into(), ..element }
}

fn counted<'a>(words: &'a str, goal: &'a str, target: &Target) -> Wanted<'a> {
    let wanted = Wanted { clues: clues(target), goal, ..intent(Click, words) };
    Wanted { place: Place::of_target(target), ..wanted }
}

/// A form with two buttons, and a search at the top.
fn form(first: &str, second: &str) -> Snapshot {
    page(
        "",
        vec![
            at("/html/body/header/form/input", field("search", "Search")),
            at("/html/body/header/form/button", button("Search")),
            at("/html/body/main/form/div[1]/input", field("text", "Title")),
            at("/html/body/main/form/div[2]/button[1]", button(first)),
            at("/html/body/main/form/div[2]/button[2]", button(second)),
        ],
    )
}

#[test]
fn a_button_that_says_no_more_than_do_it_is_the_one_in_its_place() {
    let target = xpath("/html/body/div/form/div[2]/button[1]");
    finds(&counted("do it", "", &target), &form("Go", "Reset"), 3, Stage::Place);
    finds(&counted("send the request", "", &target), &form("Execute", "Reset"), 3, Stage::Place);
}

#[test]
fn what_says_something_else_in_that_place_is_not_it() {
    let target = xpath("/html/body/div/form/div[2]/button[1]");
    for name in ["Delete", "Archive", "Print the page"] {
        abstains(&counted("send the request", "", &target), &form(name, "Reset"));
    }
    for name in ["Delete", "Cancel", "Reset"] {
        abstains(&counted("do it", "", &target), &form(name, "Go"));
    }
    // The wanted one is gone and the next one moved up.
    abstains(&counted("save the article", "", &target), &form("Publish", "Delete"));
}

#[test]
fn a_name_that_many_have_is_told_apart_by_its_place() {
    let now = page(
        "",
        vec![
            at("/html/body/main/form/div[1]/div/a[3]", link("Delete", "/author/delete/")),
            at("/html/body/main/form/div[2]/a", link("Delete", "/book/delete/")),
        ],
    );
    let target = xpath("/html/body/div/form/div[2]/p/a");
    finds(&counted("delete it", "", &target), &now, 1, Stage::Place);
    abstains(&counted("delete it", "", &xpath("/html/body/div/ul/li/a")), &now);
}

/// A list in which every row has a `Delete`.
fn rows() -> Snapshot {
    let row = |(at_row, name): (usize, &&str)| {
        let path = format!("/html/body/main/table/tbody/tr[{}]/td[2]/form/button", at_row + 1);
        at(&path, with_attribute("in-row", name, button("Delete record")))
    };
    let names = ["On names", "On machines", "On trees"];
    page("Posts", names.iter().enumerate().map(row).collect())
}

#[test]
fn which_row_is_meant_may_be_said_by_the_goal() {
    let target = xpath("/html/body/div[4]/table/tbody/tr[2]/td[2]/form/button");
    let goal = "delete the post about machines";
    finds(&counted("delete it", goal, &target), &rows(), 1, Stage::Words);
    // Also where the path leads nowhere any more.
    let far = xpath("/html/body/div[1]/ul/li[3]/section/table/tbody/tr[2]/td[1]/span/ul/li/a");
    finds(&counted("delete it", goal, &far), &rows(), 1, Stage::Words);
    // Where the goal names another row than the number does, there are two stories.
    let other = xpath("/html/body/div[4]/table/tbody/tr[3]/td[2]/form/button");
    abstains(&counted("delete it", goal, &other), &rows());
}

#[test]
fn nothing_is_deleted_because_it_is_the_second() {
    let target = xpath("/html/body/div[4]/table/tbody/tr[2]/td[2]/form/button");
    abstains(&counted("delete it", "tidy up", &target), &rows());
    abstains(&counted("delete it", "delete the post about frost", &target), &rows());
}

#[test]
fn nobody_means_a_row_by_do_it() {
    let row = |number: usize| {
        let path = format!("/html/body/main/table/tbody/tr[{number}]/td[4]/button");
        at(&path, with_attribute("in-row", &format!("post {number}"), button("Publish")))
    };
    let now = page("Posts", vec![row(1), row(2), row(3)]);
    let target = xpath("/html/body/div/table/tbody/tr[2]/td[4]/button");
    abstains(&counted("click the button", "", &target), &now);
}

#[test]
fn a_password_is_never_what_something_else_is_typed_into() {
    let bare = Fingerprint { name: String::new(), label: None, ..field("password", "") };
    let now = page("", vec![at("/html/body/main/form/div[1]/input", bare)]);
    let target = xpath("/html/body/div/form/div[1]/input");
    abstains(&Wanted { action: Fill, ..counted("type the name", "", &target) }, &now);
}

#[test]
fn a_field_without_a_name_is_the_one_in_its_place() {
    let bare = || Fingerprint { name: String::new(), label: None, ..field("text", "") };
    let now = page(
        "",
        vec![
            at("/html/body/main/form/table/tr/td[2]/input", bare()),
            at("/html/body/main/form/table/tr/td[3]/input", bare()),
        ],
    );
    let target = xpath("/html/body/div/form/table/tr/td[3]/input");
    let wanted = Wanted { action: Fill, ..counted("type the number", "", &target) };
    finds(&wanted, &now, 1, Stage::Place);
    let moved = xpath("/html/body/div/form/table/tr/td[4]/input");
    abstains(&Wanted { action: Fill, ..counted("type the number", "", &moved) }, &now);
}

#[test]
fn only_what_is_below_the_id_that_a_path_starts_from_is_there() {
    let below = |root: &str, path: &str| Fingerprint {
        css_path: format!("#{root} > div:nth-of-type(1) > div:nth-of-type(2) > button"),
        ..at(path, button("Execute"))
    };
    let now = page(
        "",
        vec![
            below("first", "/html/body/div[1]/div[1]/div[2]/button"),
            below("second", "/html/body/div[2]/div[1]/div[2]/button"),
        ],
    );
    let target = css("#second > div:nth-child(1) > div:nth-child(2) > button:nth-child(1)");
    finds(&counted("send the request", "", &target), &now, 1, Stage::Place);
}

#[test]
fn the_other_one_of_two_of_one_name_is_not_taken_for_the_one_that_was_renamed() {
    let around =
        |text: &str, element: Fingerprint| Fingerprint { neighbour_text: text.into(), ..element };
    let before = at(
        "/html/body/div/form/div[2]/button",
        around("Key Name: X-Key In: header", button("Authorize")),
    );
    let now = page(
        "",
        vec![
            at("/html/body/header/button", around("Servers", button("Authorize"))),
            at(
                "/html/body/main/form/div[2]/button",
                around("Key Name: X-Key In: header", button("Apply credentials")),
            ),
        ],
    );
    let why = abstains(&known(Click, "use the key", before), &now);
    assert!(why.contains("somewhere else"), "{why}");
}

#[test]
fn a_path_too_short_to_lead_anywhere_is_not_followed() {
    let now = page("", vec![with_id("a", button("Go")), button("Other")]);
    abstains(&counted("do it", "", &css("div > button")), &now);
}
