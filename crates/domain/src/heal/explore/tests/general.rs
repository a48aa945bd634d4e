//! What holds on every page.

use super::explore;
use crate::heal::Place;
use crate::heal::testing::{button, field, known, link, page, select, with_attribute, with_id};
use crate::heal::{Explored, Wanted, eligible, spoken_names};
use crate::plan::ActionName;
use crate::snapshot::{Fingerprint, Snapshot};
use proptest::prelude::*;

const NAMES: &[&str] = &[
    "Save",
    "Delete",
    "Users",
    "Log in",
    "Log out",
    "Search",
    "",
    "User name",
    "Password",
    "Add user",
    "Next",
    "ÄÖ ü",
    "×",
];

fn element() -> impl Strategy<Value = Fingerprint> {
    let name = prop::sample::select(NAMES);
    let id = prop::option::of(prop::sample::select(vec!["save", "ember123", "q", "id_username"]));
    let frame =
        prop::option::of(prop::sample::select(vec!["https://a.example/", "https://b.example/"]));
    (name, 0..7_u8, id, frame, "[a-z]{0,6}").prop_map(|(name, kind, id, frame, hint)| {
        let element = match kind {
            0 => button(name),
            1 => link(name, &format!("/{hint}")),
            2 => field("text", name),
            3 => field("password", name),
            4 => field("checkbox", name),
            5 => select(name),
            _ => Fingerprint { tag: "div".into(), text: name.into(), ..Fingerprint::default() },
        };
        let element = with_attribute("title", &hint, element);
        Fingerprint { id: id.map(str::to_owned), frame: frame.map(str::to_owned), ..element }
    })
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    prop::collection::vec(element(), 0..14).prop_map(|elements| page("Users", elements))
}

fn action() -> impl Strategy<Value = ActionName> {
    use ActionName::{Check, Click, Extract, Fill, Hover, Navigate, Select, Uncheck, Upload};
    prop::sample::select(vec![
        Check, Click, Extract, Fill, Hover, Navigate, Select, Uncheck, Upload,
    ])
}

proptest! {
    #[test]
    fn what_is_found_can_take_the_action_in_its_frame(
        now in snapshot(),
        clues in element(),
        action in action(),
        is_known in any::<bool>(),
        in_frame in any::<bool>(),
        words in prop::sample::select(vec!["save the user", "log in", "type the user name", "", "next"]),
    ) {
        let frame = in_frame.then_some("https://a.example/");
        let place = Place::of_element(&clues);
        let wanted =
            Wanted { action, intent: words, goal: "", clues, known: is_known, place, frame };
        let found = explore(&wanted, &now);
        prop_assert_eq!(&found, &explore(&wanted, &now), "not the same twice");
        let found = match found {
            Explored::One(found) => vec![found],
            Explored::None { why, considered, .. } => {
                prop_assert!(!why.is_empty() && considered.len() <= 5);
                considered
            }
        };
        for candidate in found {
            let element = candidate.fingerprint;
            prop_assert!(eligible(action, &element), "{:?}", element);
            prop_assert_eq!(element.frame.as_deref(), frame);
            prop_assert!((0.0..=1.0).contains(&candidate.score));
        }
        for (index, name) in spoken_names(&wanted, &now) {
            let element = &now.elements[index].fingerprint;
            prop_assert!(eligible(action, element) && !name.is_empty());
            prop_assert_eq!(element.frame.as_deref(), frame);
        }
    }
}

#[test]
fn an_element_that_did_not_change_is_found_on_a_full_page() {
    let rows = (0..400).map(|row| {
        let name =
            format!("Item {row} of the long list of items in the warehouse, shelf {}", row % 7);
        let element = with_attribute("class", "row-link", link(&name, &format!("/items/{row}/")));
        Fingerprint { neighbour_text: format!("Shelf {} of the warehouse", row % 7), ..element }
    });
    let now = page("Items", rows.collect());
    let before = with_id("gone", now.elements[250].fingerprint.clone());
    let before = Fingerprint { name: "Item no. 250".into(), text: "Item no. 250".into(), ..before };
    let Explored::One(found) = explore(&known(ActionName::Click, "open item 250", before), &now)
    else {
        panic!()
    };
    assert_eq!(found.fingerprint.href.as_deref(), Some("/items/250/"));
}
