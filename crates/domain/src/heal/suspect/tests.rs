//! When a match is doubted.

use super::suspect;
use crate::heal::testing::{
    button, css, field, intent, known, link, page, with_attribute, with_id, xpath,
};
use crate::heal::{Explored, Wanted, clues, explore};
use crate::plan::ActionName::{Check, Click, Extract, Fill};
use crate::plan::Target;
use crate::snapshot::{Fingerprint, Snapshot};

/// What is said of the element at a place of a page, which a locator found.
fn doubt(target: &Target, wanted: &Wanted<'_>, now: &Snapshot, at: usize) -> Option<String> {
    suspect(target, wanted, &now.elements[at].fingerprint, now)
}

#[test]
fn a_path_that_slid_to_the_next_link_is_suspected() {
    let now =
        page("", vec![link("Home", "/"), link("Reports", "/reports/"), link("Users", "/users/")]);
    let path = xpath("/html/body/nav/a[2]");
    let before = known(Click, "open the users", link("Users", "/users/"));
    assert!(doubt(&path, &before, &now, 1).unwrap().contains("is elsewhere"));
    assert_eq!(doubt(&path, &before, &now, 2), None);
    let fresh = Wanted { clues: clues(&path), ..intent(Click, "open the users") };
    assert!(doubt(&path, &fresh, &now, 1).unwrap().contains("the intent names link \"Users\""));
    assert_eq!(doubt(&path, &fresh, &now, 2), None);
}

#[test]
fn a_control_that_was_toggled_is_suspected_though_all_else_is_the_same() {
    let before = known(Click, "log out", with_id("session", link("Log out", "/session/")));
    let now = page("", vec![with_id("session", link("Log in", "/session/"))]);
    assert!(doubt(&css("#session"), &before, &now, 0).unwrap().contains("something else"));
    assert!(matches!(explore(&before, &now), Explored::None { .. }));
}

#[test]
fn an_id_that_was_reused_is_suspected() {
    let before = known(Click, "save the article", with_id("ember123", button("Save")));
    let elsewhere = Fingerprint { input_type: None, role: None, ..link("Terms of use", "/terms/") };
    let now = page("", vec![with_id("ember123", elsewhere), with_id("ember9", button("Save"))]);
    assert!(doubt(&css("#ember123"), &before, &now, 0).is_some());
    let Explored::One(found) = explore(&before, &now) else { panic!() };
    assert_eq!(found.fingerprint.name, "Save");
}

#[test]
fn a_new_wording_on_the_same_element_is_not_suspected() {
    let before = Fingerprint {
        name_attribute: Some("_save".into()),
        ..with_id("save-button", button("Save"))
    };
    let after =
        Fingerprint { name: "Save changes".into(), text: "Save changes".into(), ..before.clone() };
    let now = page("", vec![after]);
    let wanted = known(Click, "save the user", before);
    assert_eq!(doubt(&css("#save-button"), &wanted, &now, 0), None);
    let before = Fingerprint {
        name_attribute: Some("email".into()),
        ..with_id("id_email", field("email", "Email"))
    };
    let after = Fingerprint { name: "Work contact".into(), label: None, ..before.clone() };
    let now = page("", vec![after]);
    let wanted = known(Fill, "type the address", before);
    assert_eq!(doubt(&css("#id_email"), &wanted, &now, 0), None);
}

#[test]
fn a_sound_locator_without_history_is_not_suspected() {
    let now = page("", vec![with_id("go", button("Reports")), button("Users")]);
    let target = css("#go");
    let wanted = Wanted { clues: clues(&target), ..intent(Click, "open the users") };
    assert_eq!(doubt(&target, &wanted, &now, 0), None);
}

#[test]
fn a_brittle_locator_on_something_impossible_is_suspected() {
    let now = page("", vec![field("checkbox", "Remember me"), field("text", "User name")]);
    let target = xpath("//form/input[1]");
    let wanted = Wanted { clues: clues(&target), ..intent(Fill, "type the user name") };
    assert!(doubt(&target, &wanted, &now, 0).unwrap().contains("cannot take this action"));
    let wanted = Wanted { clues: clues(&target), ..intent(Check, "remember me") };
    assert_eq!(doubt(&target, &wanted, &now, 0), None);
}

#[test]
fn what_the_page_does_not_know_better_is_not_suspected() {
    let now = page("", vec![button("Go"), button("Cancel")]);
    let target = xpath("//form/button[1]");
    let wanted = Wanted { clues: clues(&target), ..intent(Click, "submit the form") };
    assert_eq!(doubt(&target, &wanted, &now, 0), None);
    // It has a word of the intent, even if another has more.
    let now =
        page("", vec![with_attribute("title", "Users", button("☰")), link("All users", "/users/")]);
    let wanted = Wanted { clues: clues(&target), ..intent(Click, "open the list of all users") };
    assert_eq!(doubt(&target, &wanted, &now, 0), None);
}

#[test]
fn what_is_read_is_another_text_every_time() {
    let before = Fingerprint { tag: "td".into(), text: "3 users".into(), ..Fingerprint::default() };
    let now = page("", vec![Fingerprint { text: "17 groups".into(), ..before.clone() }]);
    let wanted = known(Extract, "read the count", before);
    assert_eq!(doubt(&css("#count"), &wanted, &now, 0), None);
}

#[test]
fn the_search_after_a_false_alarm_comes_back_to_the_same_element() {
    let before = with_id("ember123", button("Save"));
    let now = page("", vec![button("Save"), button("Cancel")]);
    let Explored::One(found) = explore(&known(Click, "save it", before), &now) else { panic!() };
    assert_eq!(found.fingerprint, now.elements[0].fingerprint);
}
