//! The element is there and has changed.

use super::{abstains, finds};
use crate::heal::testing::{
    button, css, field, intent, known, link, page, select, submit, target, with_attribute, with_id,
    xpath,
};
use crate::heal::{Stage, Wanted, clues};
use crate::plan::ActionName::{Check, Click, Fill, Select};
use crate::plan::{Locator, Target};
use crate::snapshot::{Fingerprint, Snapshot};

/// What is looked for with nothing but a locator and an intent.
fn fresh<'a>(action: crate::plan::ActionName, words: &'a str, target: &Target) -> Wanted<'a> {
    Wanted { clues: clues(target), ..intent(action, words) }
}

fn named(name: &str, element: Fingerprint) -> Fingerprint {
    Fingerprint { name_attribute: Some(name.into()), ..element }
}

/// A login page after an upgrade: new ids, new classes, other words.
fn login() -> Snapshot {
    page(
        "Sign in | Shop",
        vec![
            link("Skip to main content", "#main"),
            named("username", with_id("login-username", field("text", "User name"))),
            named("password", with_id("login-password", field("password", "Password"))),
            named("remember", field("checkbox", "Remember me")),
            button("Sign in"),
            link("Forgotten your password?", "/reset/"),
            link("Sign up", "/register/"),
        ],
    )
}

#[test]
fn a_login_is_found_by_what_its_fields_are_called() {
    let now = login();
    finds(&fresh(Fill, "type the user name", &css("#id_username")), &now, 1, Stage::Words);
    finds(&fresh(Fill, "type the password", &css("#id_password")), &now, 2, Stage::Words);
    finds(
        &fresh(Fill, "type the administrator's name", &css("#id_username")),
        &now,
        1,
        Stage::Words,
    );
    finds(&fresh(Check, "stay logged in", &css("input[name=remember_me]")), &now, 3, Stage::Words);
}

#[test]
fn a_button_is_found_by_words_of_the_same_meaning() {
    let now = login();
    let role = Locator::Role { role: "button".into(), name: Some("Log in".into()) };
    let found = finds(&fresh(Click, "submit the login form", &target(role)), &now, 4, Stage::Words);
    assert!(found.score < 1.0 && found.margin >= 0.15);
    let path = xpath("/html/body/div/form/div[3]/button");
    finds(&fresh(Click, "submit the login form", &path), &now, 4, Stage::Words);
    finds(&fresh(Click, "log in", &css(".btn-primary")), &now, 4, Stage::Words);
}

#[test]
fn a_known_field_is_found_by_its_id_under_a_new_label() {
    let before = named("username", with_id("id_username", field("text", "User name")));
    let now = page(
        "",
        vec![
            named("username", with_id("id_username", field("text", "Staff number"))),
            named("password", with_id("id_password", field("password", "Password"))),
        ],
    );
    finds(&known(Fill, "type the name", before), &now, 0, Stage::Id);
}

#[test]
fn a_link_that_became_a_button_is_found_by_its_name() {
    let before = link("Log out", "/admin/logout/");
    let now =
        page("", vec![link("View site", "/"), button("Log out"), link("Change password", "/pw/")]);
    finds(&known(Click, "log out", before), &now, 1, Stage::Name);
}

#[test]
fn the_one_of_the_known_role_is_taken_among_those_of_one_name() {
    let now = page("", vec![link("Add user", "/users/add/"), button("Add user")]);
    let before = Fingerprint { href: Some("/admin/users/new".into()), ..link("Add user", "") };
    finds(&known(Click, "add a user", before), &now, 0, Stage::Name);
}

#[test]
fn several_save_buttons_are_told_apart_by_their_names() {
    let now = page(
        "Change user | Site administration",
        vec![
            submit("Save", "_save"),
            submit("Save and add another", "_addanother"),
            submit("Save and continue editing", "_continue"),
            link("Delete", "/users/1/delete/"),
        ],
    );
    finds(&known(Click, "save the user", submit("Save", "_save")), &now, 0, Stage::Name);
    finds(&fresh(Click, "save the user", &css("#old-save")), &now, 0, Stage::Words);
    let stay = "save the user and continue editing";
    finds(&fresh(Click, stay, &css(".submit-row > input")), &now, 2, Stage::Words);
}

#[test]
fn rows_of_one_name_are_told_apart_by_their_address() {
    let now = page(
        "Users",
        vec![
            link("ada", "/users/1/"),
            link("Edit", "/users/1/edit/"),
            link("bob", "/users/2/"),
            link("Edit", "/users/2/edit/"),
        ],
    );
    let before = link("Edit", "/users/2/edit/");
    finds(&known(Click, "edit the user", before), &now, 3, Stage::Name);
    finds(&fresh(Click, "open the user bob", &css("tr:nth-child(2) a")), &now, 2, Stage::Words);
}

#[test]
fn a_link_drawn_twice_is_taken_once() {
    let now = page(
        "",
        vec![link("Pages", "/pages/"), link("Images", "/images/"), link("Pages", "/pages/")],
    );
    let before = Fingerprint { href: Some("/cms/pages".into()), ..link("Pages", "") };
    finds(&known(Click, "open the pages", before), &now, 0, Stage::Name);
    let other = page("", vec![link("Pages", "/pages/"), link("Pages", "/all-pages/")]);
    abstains(&known(Click, "open the pages", link("Pages", "/cms/pages")), &other);
    abstains(
        &known(Click, "save", button("Save")),
        &page("", vec![button("Save"), button("Save")]),
    );
}

#[test]
fn a_renamed_button_is_found_by_all_else() {
    let before = named("op", with_id("edit-submit", button("Save")));
    let now = page(
        "",
        vec![
            named("op", button("Save changes")),
            named("cancel", button("Cancel")),
            button("Search"),
        ],
    );
    finds(&known(Click, "store what was typed", before), &now, 0, Stage::Similarity);
}

#[test]
fn a_menu_entry_is_found_under_another_word() {
    let now = page(
        "",
        vec![link("Dashboard", "/"), link("Preferences", "/prefs/"), link("Help", "/help/")],
    );
    finds(
        &known(Click, "open the settings", link("Settings", "/settings/")),
        &now,
        1,
        Stage::Words,
    );
    finds(&fresh(Click, "open the settings", &css("nav li:nth-child(4) a")), &now, 1, Stage::Words);
}

#[test]
fn a_rename_towards_what_the_intent_says_word_for_word_is_followed() {
    let now = page("", vec![link("Users", "/users/"), link("Groups", "/groups/")]);
    finds(&known(Click, "open the users", link("Members", "/m/")), &now, 0, Stage::Words);
}

#[test]
fn a_field_is_found_by_its_placeholder() {
    let search = Fingerprint {
        name: "Search users by name".into(),
        label: None,
        placeholder: Some("Search users by name".into()),
        ..field("search", "")
    };
    let now = page("", vec![search, button("Search"), field("text", "Tag")]);
    finds(&fresh(Fill, "search the users", &css("#searchbar")), &now, 0, Stage::Words);
    finds(&fresh(Click, "start the search", &css("#go")), &now, 1, Stage::Words);
}

#[test]
fn a_select_is_found_by_its_label() {
    let now = page("", vec![select("Country"), select("Currency"), field("text", "Country code")]);
    finds(&fresh(Select, "choose the country", &css("#id_3")), &now, 0, Stage::Words);
}

#[test]
fn two_stories_are_none() {
    // The id says one field, the name another: either may have been moved.
    let before = named("email", with_id("contact", field("text", "Email")));
    let now = page(
        "",
        vec![
            with_id("contact", field("text", "Contact person")),
            with_id("email", field("text", "Email")),
        ],
    );
    let why = abstains(&known(Fill, "type the email", before), &now);
    assert!(why.contains("its id says") && why.contains("its name says"), "{why}");
}

#[test]
fn a_made_up_id_on_something_else_counts_for_nothing() {
    let before = with_id("ember123", button("Save"));
    let now =
        page("", vec![with_id("ember123", button("Menu")), with_id("ember7", button("Save"))]);
    finds(&known(Click, "save it", before), &now, 1, Stage::Name);
}

#[test]
fn a_nameless_icon_is_found_by_where_it_leads() {
    let icon = |class: &str, href: &str| {
        with_attribute("class", class, Fingerprint { text: String::new(), ..link("", href) })
    };
    let now = page("", vec![icon("i a", "/cart/"), icon("i b", "/profile/")]);
    finds(&known(Click, "open the basket", icon("icon", "/cart/")), &now, 0, Stage::Similarity);
}

#[test]
fn the_search_button_is_pressed_and_not_the_search_field() {
    let now = page("", vec![field("search", "Search"), button("Search")]);
    finds(&fresh(Click, "search", &css("#x")), &now, 1, Stage::Words);
    finds(&fresh(Fill, "type into the search box", &css("#x")), &now, 0, Stage::Words);
    finds(&fresh(Click, "click into the search field", &css("input.x")), &now, 0, Stage::Words);
}
