//! The element is gone: the right answer is none, however near the nearest thing is.

use super::abstains;
use crate::heal::testing::{
    button, css, field, intent, known, link, page, submit, target, with_attribute, with_id,
};
use crate::heal::{Wanted, clues, explore};
use crate::plan::ActionName::{Check, Click, Extract, Fill, WaitFor};
use crate::plan::Locator;
use crate::snapshot::{Fingerprint, Snapshot};

/// A thing that is gone, the intent, and what is there instead.
const GONE: &[(&str, &str, &str)] = &[
    (
        "Learn more about IE11 alternatives",
        "learn about alternatives to IE11",
        "Skip to main content",
    ),
    ("Export CSV", "export the list as CSV", "Import CSV"),
    ("Archive", "archive the article", "Delete"),
    ("Save draft", "save the draft", "Save and publish"),
    ("Save draft", "save the draft", "Save"),
    ("Log out", "log out", "Log in"),
    ("Sign out", "end the session", "Sign up"),
    ("Publish", "publish the article", "Unpublish"),
    ("Delete", "delete the user", "Save"),
    ("Save", "save the user", "Delete"),
    ("Save", "save the user", "Save and add another"),
    ("Add user", "add a user", "Add group"),
    ("Add user", "add a user", "Delete user"),
    ("Users", "open the users", "User groups"),
    ("Download", "download the report", "Upload"),
    ("Next", "go to the next page", "Previous"),
    ("Follow", "follow the author", "Unfollow"),
    ("Approve", "approve the request", "Reject"),
    ("Preview", "preview the page", "Publish"),
    ("Move up", "move the item up", "Move down"),
    ("Show password", "show the password", "Forgotten your password?"),
    ("Edit", "edit the page", "Delete"),
    ("Duplicate", "duplicate the page", "Delete"),
    ("Page 2", "go to page 2", "Page 3"),
    ("Change password", "change the password", "Change email"),
    ("Cancel", "cancel the order", "Submit"),
];

fn others() -> Vec<Fingerprint> {
    vec![link("Home", "/"), button("Search"), link("Help", "/help/")]
}

fn page_with(element: Fingerprint) -> Snapshot {
    page("Site", others().into_iter().chain([element]).collect())
}

#[test]
fn what_is_gone_is_not_replaced_by_the_nearest_thing() {
    for (gone, words, near) in GONE {
        let now = page_with(button(near));
        abstains(&known(Click, words, button(gone)), &now);
        let now = page_with(link(near, "/somewhere/"));
        abstains(&known(Click, words, link(gone, "/elsewhere/")), &now);
    }
}

#[test]
fn nor_where_only_the_locator_tells_what_it_was() {
    for (gone, words, near) in GONE {
        let role = target(Locator::Role { role: "button".into(), name: Some((*gone).into()) });
        let text = target(Locator::Text { text: (*gone).into() });
        let id = css(&format!("#{}", gone.to_lowercase().replace([' ', '?'], "-")));
        for target in [role, text, id] {
            let wanted = Wanted { clues: clues(&target), ..intent(Click, words) };
            abstains(&wanted, &page_with(button(near)));
        }
    }
}

#[test]
fn nor_where_nothing_but_the_intent_does() {
    for (_, words, near) in GONE {
        // A link to user groups may well be what "open the users" means; this page cannot say.
        let wanted = Wanted {
            clues: clues(&css("div > div > div > a:nth-child(3)")),
            ..intent(Click, words)
        };
        abstains(&wanted, &page_with(link(near, "/x/")));
    }
}

#[test]
fn the_same_place_and_class_make_no_other_button_the_same() {
    let styled = |name: &str| {
        let element = with_attribute("class", "btn btn-primary", button(name));
        with_attribute("data-kind", "action", element)
    };
    let place = |element: Fingerprint| Fingerprint {
        xpath: "/html/body/main/div[2]/button[1]".into(),
        css_path: "#main > div:nth-of-type(2) > button:nth-of-type(1)".into(),
        neighbour_text: "Article".into(),
        ..element
    };
    let before = place(styled("Archive"));
    let now = page_with(place(styled("Print")));
    let why = abstains(&known(Click, "archive the article", before), &now);
    assert!(why.contains("another thing") || why.contains("something else"), "{why}");
}

#[test]
fn the_same_id_on_the_opposite_is_not_the_same() {
    let before = with_id("toggle", submit("Enable", "toggle"));
    let now = page_with(with_id("toggle", submit("Disable", "toggle")));
    let why = abstains(&known(Click, "enable the plugin", before), &now);
    assert!(why.contains("says the opposite"), "{why}");
}

#[test]
fn the_edit_of_another_row_is_not_the_edit() {
    let before = link("Edit", "/users/5/edit/");
    let now = page_with(link("Edit", "/users/7/edit/"));
    let why = abstains(&known(Click, "edit the user", before), &now);
    assert!(why.contains("belongs to something else"), "{why}");
    let before = Fingerprint { neighbour_text: "ada".into(), ..button("Delete") };
    let now = page_with(Fingerprint { neighbour_text: "bob".into(), ..button("Delete") });
    abstains(&known(Click, "delete the user ada", before.clone()), &now);
    let now = page_with(Fingerprint { neighbour_text: "ada".into(), ..button("Delete") });
    assert!(matches!(
        explore(&known(Click, "delete the user ada", before), &now),
        crate::heal::Explored::One(_)
    ));
}

#[test]
fn equal_buttons_are_none_and_the_answer_says_how_many() {
    let now = page("", vec![button("Save"), button("Save"), button("Save")]);
    let why = abstains(&known(Click, "save it", button("Save")), &now);
    assert!(why.contains("three elements are named \"Save\""), "{why}");
    let rows: Vec<_> = (1..9).map(|row| link("Delete", &format!("/users/{row}/delete/"))).collect();
    let why = abstains(&intent(Click, "delete the user"), &page("Users", rows));
    assert!(why.contains("fits eight elements"), "{why}");
}

#[test]
fn a_field_is_not_the_next_field() {
    let now = page(
        "",
        vec![
            field("text", "Last name"),
            field("text", "Email"),
            field("password", "Confirm password"),
        ],
    );
    for (gone, words) in [("First name", "type the first name"), ("Phone", "type the phone number")]
    {
        abstains(&known(Fill, words, field("text", gone)), &now);
        abstains(&intent(Fill, words), &now);
    }
    abstains(&known(Fill, "type the password", field("password", "Password")), &now);
    abstains(&intent(Check, "accept the terms"), &now);
}

#[test]
fn a_password_goes_into_a_password_field_and_nothing_else_does() {
    let odd =
        Fingerprint { name_attribute: Some("user_secret".into()), ..field("password", "User") };
    let now = page("", vec![odd]);
    abstains(&intent(Fill, "type the user"), &now);
    let now = page("", vec![field("text", "Password")]);
    abstains(&known(Fill, "type the password", field("password", "Password")), &now);
}

#[test]
fn what_is_read_is_not_guessed_by_words() {
    let now = page("", vec![link("Price", "/?sort=price"), link("Results", "/results/")]);
    abstains(&intent(Extract, "read the price"), &now);
    abstains(&intent(WaitFor, "wait for the results"), &now);
}

#[test]
fn the_answer_says_what_was_near() {
    let now = page_with(button("Import CSV"));
    let crate::heal::Explored::None { why, considered, .. } =
        explore(&known(Click, "export the list", with_id("csv", button("Export CSV list"))), &now)
    else {
        panic!()
    };
    assert!(!why.is_empty());
    assert!(considered.len() <= 5);
    let empty = page("", Vec::new());
    let why = abstains(&intent(Fill, "type the city"), &empty);
    assert_eq!(why, "nothing on the page can take the action fill");
}

#[test]
fn what_all_leads_to_another_site_is_said_to_do_so() {
    let away = |at: usize| link(&format!("Pay {at}"), &format!("https://pay{at}.example/"));
    let wanted = known(Click, "pay the order", link("Pay", "/pay/"));
    let now = page("", vec![away(1), away(2)]);
    assert_eq!(
        abstains(&wanted, &now),
        "all that can take the action click here leads to another site: link \"Pay 1\", link \"Pay 2\""
    );
    let now = page("", (1..=5).map(away).collect());
    assert!(abstains(&wanted, &now).ends_with("link \"Pay 3\" and 2 more"));
    // What cannot be clicked at all leads nowhere.
    let frame = Fingerprint { tag: "iframe".into(), ..Fingerprint::default() };
    let why = abstains(&wanted, &page("", vec![frame]));
    assert_eq!(why, "nothing on the page can take the action click");
}
