//! What the intent alone says: what is done, which one it is, what is typed.

use super::{abstains, finds};
use crate::heal::testing::{button, field, intent, known, link, page, with_attribute, xpath};
use crate::heal::{Place, Stage, Wanted, spoken_names};
use crate::plan::ActionName::{Click, Extract, Fill};
use crate::snapshot::Fingerprint;

fn named(name: &str, element: Fingerprint) -> Fingerprint {
    Fingerprint { name_attribute: Some(name.into()), ..element }
}

#[test]
fn what_does_not_do_what_is_asked_is_no_answer() {
    let now = page("", vec![link("Posts", "/posts/"), link("Users", "/users/")]);
    let wanted = intent(Click, "add a post");
    abstains(&wanted, &now);
    assert_eq!(spoken_names(&wanted, &now), []);
    let now = page("Posts", vec![link("Posts", "/posts/"), link("Create", "/posts/new/")]);
    finds(&wanted, &now, 1, Stage::Words);
    // The heads of a table are called by what they sort.
    let now = page("", vec![link("Words", "?sort=3"), link("Title", "?sort=1")]);
    finds(&intent(Click, "sort by words"), &now, 0, Stage::Words);
}

#[test]
fn an_ordinal_is_a_number() {
    let now = page("", ["1", "2", "3", "»"].map(|name| link(name, "?page")).into());
    finds(&intent(Click, "go to the second page"), &now, 1, Stage::Words);
    finds(&intent(Click, "open the first page"), &now, 0, Stage::Words);
    abstains(&intent(Click, "go to the fifth page"), &now);
}

#[test]
fn the_field_to_search_in_is_called_so_by_its_key() {
    let hint = |hint: &str| Fingerprint {
        name: hint.into(),
        label: None,
        placeholder: Some(hint.into()),
        ..named("search", field("text", ""))
    };
    let now = page("", vec![hint("title, body"), button("Go")]);
    let words = "type what to search for";
    finds(&intent(Fill, words), &now, 0, Stage::Words);
    finds(&known(Fill, words, hint("Search")), &now, 0, Stage::Similarity);
    let wanted = intent(Fill, "type the title");
    abstains(&wanted, &now);
    assert_eq!(spoken_names(&wanted, &now), []);
}

#[test]
fn a_label_that_says_more_is_near_enough_where_nothing_else_comes_near() {
    let now = page("", vec![field("text", "City or fjord"), field("text", "Street")]);
    finds(&intent(Fill, "type the city"), &now, 0, Stage::Words);
    let now = page("", vec![field("text", "Full name"), field("text", "Street")]);
    let before = field("text", "Name");
    finds(&known(Fill, "type the name", before.clone()), &now, 0, Stage::Similarity);
    for others in [["Last name", "Street"], ["Full name", "Name of the dog"]] {
        let now = page("", others.map(|label| field("text", label)).into());
        abstains(&known(Fill, "type the name", before.clone()), &now);
        abstains(&intent(Fill, "type the name"), &now);
    }
    let now = page("", vec![field("text", "Confirm email")]);
    abstains(&known(Fill, "type the email", field("text", "Email")), &now);
}

#[test]
fn what_is_typed_again_goes_into_the_second_field() {
    let now = page(
        "",
        vec![field("password", "New password"), field("password", "New password confirmation")],
    );
    finds(&intent(Fill, "type the new password"), &now, 0, Stage::Words);
    finds(&intent(Fill, "type the new password again"), &now, 1, Stage::Words);
    let now = page("", vec![field("password", "Password"), field("text", "Name")]);
    abstains(&intent(Fill, "type the password again"), &now);
    finds(&intent(Fill, "type the new password"), &now, 0, Stage::Words);
}

#[test]
fn a_new_value_goes_into_the_field_for_the_value() {
    let now = page("", vec![field("text", "Title:"), field("text", "Summary")]);
    finds(&intent(Fill, "type the new title"), &now, 0, Stage::Words);
    let now = page("", vec![field("password", "Old password")]);
    abstains(&intent(Fill, "type the new password"), &now);
}

#[test]
fn what_is_searched_for_is_no_part_of_what_the_field_is_called() {
    let now = page("", vec![field("search", "Search"), field("search", "Filter navigation items")]);
    finds(&intent(Fill, "type the title to search for"), &now, 0, Stage::Words);
}

#[test]
fn what_stands_in_no_row_goes_before_what_some_row_has() {
    let row = |name: &str| with_attribute("in-row", "ada 5 stars", link(name, "#"));
    let now = page("Change book", vec![row("Delete"), row("Remove"), link("Delete", "/5/delete/")]);
    finds(&intent(Click, "delete it"), &now, 2, Stage::Words);
    finds(
        &intent(Click, "confirm"),
        &page("", vec![button("Yes, I\u{2019}m sure"), button("No")]),
        0,
        Stage::Words,
    );
}

#[test]
fn a_field_may_be_called_otherwise_where_nothing_comes_nearer() {
    let now = page("", ["Username *", "Email *", "Body"].map(|label| field("text", label)).into());
    finds(&intent(Fill, "type the name"), &now, 0, Stage::Words);
    finds(&intent(Fill, "type the address"), &now, 1, Stage::Words);
    finds(&intent(Fill, "type the text"), &now, 2, Stage::Words);
    abstains(&intent(Fill, "type the family name"), &now);
    let now = page("", ["Email", "URL"].map(|label| field("text", label)).into());
    abstains(&intent(Fill, "type the address"), &now);
    let now = page("", ["Email", "Street address"].map(|label| field("text", label)).into());
    abstains(&intent(Fill, "type the web address"), &now);
}

#[test]
fn what_had_no_name_may_have_one_now_if_all_else_is_the_same() {
    let control = |name: &str, place: &str| Fingerprint {
        neighbour_text: place.into(),
        role: Some("button".into()),
        ..with_attribute("data-kind", place, link(name, "javascript:void(0)"))
    };
    let now = page("", vec![control("__None", "Author"), control("published", "Status")]);
    finds(&known(Click, "open the list", control("", "Author")), &now, 0, Stage::Similarity);
    abstains(&known(Click, "open the list", control("", "Tag")), &now);
}

#[test]
fn a_link_may_say_more_than_where_it_leads() {
    let counts = ["5 Pages created in Magazine", "0 Images created in Magazine", "Pages"];
    let now = page("", counts.map(|name| link(name, "/x/")).into());
    finds(&intent(Click, "look at the pages of the magazine"), &now, 0, Stage::Words);
    abstains(&intent(Click, "look at the images of the shop"), &now);
    let now = page("", vec![link("Delete the pages of the magazine", "/x/")]);
    abstains(&intent(Click, "look at the pages of the magazine"), &now);
}

#[test]
fn the_head_of_a_column_is_for_sorting() {
    let head = |name: &str| Fingerprint {
        xpath: format!("/html/body/table/thead/tr/th[{}]/a", name.len()),
        ..link(name, "?ordering=x")
    };
    let now = page("", vec![head("Site"), head("Port"), link("localhost", "/sites/1/")]);
    abstains(&intent(Click, "open the site"), &now);
    finds(&intent(Click, "sort by site"), &now, 0, Stage::Words);
}

#[test]
fn the_menu_of_what_else_can_be_done_is_opened_where_there_is_one() {
    let closed = |name: &str| with_attribute("aria-expanded", "false", button(name));
    let opening = intent(Click, "open what else can be done");
    let now = page("", vec![button("More"), closed("Actions"), closed("Toggle sidebar")]);
    finds(&opening, &now, 1, Stage::Words);
    abstains(&opening, &page("", vec![closed("Actions"), closed("More options")]));
    abstains(&opening, &page("", vec![closed("Settings")]));
    abstains(&intent(Click, "open the settings"), &page("", vec![closed("Actions")]));
}

#[test]
fn a_known_menu_may_be_called_otherwise() {
    let closed = |name: &str| with_attribute("aria-expanded", "false", button(name));
    let old = link("View more options for 'Summer'", "#");
    let now = page("", vec![closed("Actions"), closed("Toggle sidebar"), button("Save")]);
    finds(&known(Click, "open what else can be done", old.clone()), &now, 0, Stage::Words);
    abstains(&known(Click, "open the settings", old), &now);
}

#[test]
fn a_link_to_another_site_is_no_candidate_whatever_it_is_called() {
    let there = link("Sign in", "https://evil.example/login");
    let now = page("", vec![there.clone(), link("Help", "/help/")]);
    abstains(&intent(Click, "sign in"), &now);
    abstains(&known(Click, "sign in", link("Sign in", "/login/")), &now);
    // Where it has always led there, that is the way.
    finds(&known(Click, "sign in", there), &now, 0, Stage::Name);
}

#[test]
fn a_year_is_where_a_link_of_that_number_leads() {
    let now = page("", vec![link("2020", "?year=2020"), link("2021", "?year=2021")]);
    finds(&intent(Click, "show the year 2021"), &now, 1, Stage::Words);
    abstains(&intent(Click, "show the year 2023"), &now);
    let in_row = |row: &str| with_attribute("in-row", row, link("2021", "/delete/"));
    abstains(&intent(Click, "show the year 2021"), &page("", vec![in_row("a"), in_row("b")]));
}

#[test]
fn what_is_below_something_is_its_child() {
    let add = |name: &str| link(&format!("Add a child page to '{name}'"), "/add/");
    let listed = |name: &str| with_attribute("in-row", name, add(name));
    let now =
        page("Root", vec![link("Add child page", "/add/"), listed("Autumn"), listed("Spring")]);
    finds(&intent(Click, "add a page below it"), &now, 0, Stage::Words);
}

#[test]
fn a_field_is_read_that_is_called_word_for_word_what_is_to_be_read() {
    let reading = |said: &'static str| {
        let place = Place::of_target(&xpath("/html/body/form/ul/li[2]/div/input"));
        Wanted { place, ..intent(Extract, said) }
    };
    let now = page("", vec![field("text", "Title"), field("text", "Intro")]);
    finds(&reading("read its intro"), &now, 1, Stage::Words);
    abstains(&reading("read its body"), &now);
    abstains(&reading("read the intro of the parent"), &now);
    let two = page("", vec![field("text", "Intro"), field("text", "Intro")]);
    abstains(&reading("read its intro"), &two);
    let secret = page("", vec![field("password", "Intro")]);
    abstains(&reading("read its intro"), &secret);
    abstains(&intent(Extract, "read its intro"), &now);
}

#[test]
fn a_question_is_answered_with_yes_whatever_the_button_says_besides() {
    let now = page("", vec![button("Yes, unpublish it"), link("No, leave it", "/pages/")]);
    finds(&intent(Click, "confirm"), &now, 0, Stage::Words);
    let publishing = Wanted { goal: "publish the post", ..intent(Click, "confirm") };
    abstains(&publishing, &page("", vec![button("Yes, delete 40 posts")]));
    abstains(&intent(Click, "confirm"), &page("", vec![button("Accept all")]));
    abstains(&intent(Click, "confirm"), &page("", vec![button("Unpublish it")]));
    abstains(&intent(Click, "save it"), &page("", vec![button("Yes, unpublish it")]));
}

#[test]
fn the_only_button_of_a_form_saves_by_making() {
    let at = |path: &str, element: Fingerprint| Fingerprint { xpath: path.into(), ..element };
    let form = |buttons: &[&str]| {
        let field = at("/html/body/main/form/div[1]/input", field("text", "From"));
        let place = |number| format!("/html/body/main/form/div[2]/button[{number}]");
        let buttons =
            buttons.iter().enumerate().map(|(at_, name)| at(&place(at_ + 1), button(name)));
        page("Redirects", [field].into_iter().chain(buttons).collect())
    };
    finds(&intent(Click, "save the redirect"), &form(&["Create"]), 1, Stage::Words);
    finds(&known(Click, "save it", button("Save")), &form(&["Create"]), 1, Stage::Words);
    abstains(&known(Click, "save it", button("Go on")), &form(&["Create"]));
    abstains(&intent(Click, "save the settings"), &form(&["Create"]));
    abstains(&intent(Click, "save the redirect"), &form(&["Create", "Preview"]));
    abstains(&intent(Click, "save the redirect"), &form(&["Send"]));
    abstains(&intent(Click, "save the redirect"), &page("", vec![button("Create")]));
}
