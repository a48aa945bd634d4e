//! What closes, what opens, and what never does.

use super::{dismissals, openers};
use crate::failure::{ErrorClass, Failure};
use crate::heal::testing::{button, field, intent, link, page, with_attribute, with_id};
use crate::heal::{Candidate, Wanted, clues};
use crate::plan::ActionName::Click;
use crate::snapshot::{Fingerprint, Snapshot};
use proptest::prelude::*;

fn covered_by(what: &str) -> Failure {
    Failure {
        blocked_by: Some(what.into()),
        ..Failure::new(ErrorClass::NotInteractable, "covered")
    }
}

fn within(path: &str, element: Fingerprint) -> Fingerprint {
    let css_path = format!("{path} > {}", element.tag);
    Fingerprint { xpath: format!("/html/body/{}", element.name), css_path, ..element }
}

fn names(found: &[Candidate]) -> Vec<&str> {
    found.iter().map(|candidate| candidate.fingerprint.name.as_str()).collect()
}

#[test]
fn what_lies_in_the_thing_in_the_way_comes_first() {
    let now = page(
        "",
        vec![
            within("html > body > header", button("Close")),
            within("#cookies", button("Accept all")),
            within("#cookies", button("Reject all")),
        ],
    );
    let failure = covered_by("<div id=\"cookies\" class=\"bar\">We use cookies to make this si…");
    assert_eq!(names(&dismissals(&failure, &now)), ["Reject all", "Accept all", "Close"]);
}

#[test]
fn the_text_of_what_is_in_the_way_tells_its_buttons() {
    let now = page("", vec![button("Close"), button("Got it")]);
    let failure = covered_by("<div class=\"bar\">We use cookies. Got it");
    assert_eq!(names(&dismissals(&failure, &now))[0], "Got it");
}

#[test]
fn a_dialog_is_closed_before_anything_else_is() {
    let now = page("", vec![button("Dismiss"), within("#welcome-modal > div", button("×"))]);
    assert_eq!(names(&dismissals(&covered_by("nothing known"), &now)), ["×", "Dismiss"]);
}

#[test]
fn several_of_one_name_close_nobody_knows_what() {
    let now = page("", vec![button("Close"), button("Close"), button("Not now")]);
    assert_eq!(names(&dismissals(&covered_by("<div>"), &now)), ["Not now"]);
}

#[test]
fn an_icon_whose_class_says_close_closes() {
    let icon = with_attribute("class", "btn-close", button(""));
    let now = page("", vec![icon, with_attribute("class", "modal-title", button(""))]);
    assert_eq!(dismissals(&covered_by("<div>"), &now).len(), 1);
}

#[test]
fn nothing_that_destroys_or_leads_away_dismisses_anything() {
    let now = page(
        "",
        vec![
            within("#sure", button("Delete")),
            within("#sure", button("Confirm")),
            within("#sure", button("Submit")),
            within("#sure", button("Pay now")),
            within("#sure", link("Close", "/account/close/")),
            within("#sure", field("text", "Close")),
        ],
    );
    assert_eq!(names(&dismissals(&covered_by("<div id=\"sure\">"), &now)), [] as [&str; 0]);
}

fn closed(element: Fingerprint) -> Fingerprint {
    with_attribute("aria-expanded", "false", element)
}

#[test]
fn what_has_to_do_with_the_intent_is_opened_first() {
    let now = page(
        "",
        vec![
            closed(button("Reports")),
            button("Menu"),
            closed(button("Settings")),
            closed(button("User settings")),
            with_attribute("aria-expanded", "true", button("Preferences")),
        ],
    );
    let wanted = intent(Click, "open the notification settings");
    assert_eq!(names(&openers(&wanted, &now)), ["Settings", "User settings", "Menu"]);
}

#[test]
fn the_locator_tells_what_to_open_too() {
    let now = page("", vec![closed(button("Tools")), closed(button("Account"))]);
    let target = crate::heal::testing::css("#account-logout");
    let wanted = Wanted { clues: clues(&target), ..intent(Click, "end the session") };
    assert_eq!(names(&openers(&wanted, &now))[0], "Account");
}

#[test]
fn tabs_and_summaries_are_opened_and_fields_are_not() {
    let tab = Fingerprint { role: Some("tab".into()), ..button("History") };
    let summary = Fingerprint { tag: "summary".into(), input_type: None, ..button("Advanced") };
    let mut now = page(
        "",
        vec![
            tab.clone(),
            tab,
            summary,
            closed(field("text", "History")),
            link("History", "/history/"),
        ],
    );
    now.elements[0].checked = Some(true);
    now.elements[1].checked = Some(false);
    let found = openers(&intent(Click, "look at the history"), &now);
    assert_eq!(names(&found), ["History"], "a section of another name stays closed");
    assert_eq!(found[0].fingerprint.xpath, now.elements[1].fingerprint.xpath);
}

#[test]
fn nothing_dangerous_and_nothing_of_another_frame_is_opened() {
    let elsewhere =
        Fingerprint { frame: Some("https://ads.example/".into()), ..closed(button("More")) };
    let now = page("", vec![closed(button("Delete")), closed(button("Send")), elsewhere]);
    assert_eq!(names(&openers(&intent(Click, "delete the user"), &now)), [] as [&str; 0]);
}

fn any_page() -> impl Strategy<Value = Snapshot> {
    let names = prop::sample::select(vec![
        "Close",
        "Delete",
        "OK",
        "Menu",
        "Remove all",
        "Submit",
        "Accept",
        "Pay",
        "Users",
        "×",
        "",
        "Send",
        "Confirm and close",
        "More",
        "Save",
    ]);
    prop::collection::vec((names, any::<bool>()), 0..12).prop_map(|all| {
        let each = all.into_iter().enumerate().map(|(at, (name, is_closed))| {
            let element = with_id(&format!("e{at}"), button(name));
            if is_closed { closed(element) } else { element }
        });
        page("", each.collect())
    })
}

proptest! {
    #[test]
    fn neither_ever_destroys_anything(now in any_page(), blocker in "\\PC{0,40}") {
        let found = [
            dismissals(&covered_by(&blocker), &now),
            openers(&intent(Click, "delete and submit everything"), &now),
        ];
        for candidate in found.iter().flatten() {
            let name = candidate.fingerprint.name.to_lowercase();
            for danger in ["delete", "remove", "pay", "confirm", "submit", "send", "save"] {
                prop_assert!(!name.contains(danger), "{name}");
            }
        }
        prop_assert!(found.iter().all(|found| found.len() <= 3));
    }
}
