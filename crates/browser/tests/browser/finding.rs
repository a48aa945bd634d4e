//! Targets: what they find, and what is said when they find nothing or too much.

use super::harness::{Page, on};
use domain::failure::ErrorClass::{AmbiguousMatch, ElementNotFound, NotInteractable};
use serde_json::{Value, json};

/// Whether a target finds exactly the element with this text (or value).
async fn finds(page: &mut Page, target: Value, text: &str) {
    let form = json!({ "action": "extract", "target": target, "as": "x", "timeout_ms": 1000 });
    match page.step(form).await {
        Ok(acted) => assert_eq!(acted.extracted, Some(json!(text)), "{target}"),
        Err(failure) => panic!("{target}: {failure:#?}"),
    }
}

#[test]
fn every_kind_of_locator_finds_its_element() {
    on("/form", async |page| {
        finds(page, json!({ "css": "input[type=email]" }), "old@example.org").await;
        finds(page, json!({ "xpath": "//label[contains(., 'Email')]/input" }), "old@example.org")
            .await;
        finds(page, json!({ "test_id": "name-field" }), "").await;
        finds(page, json!({ "role": "textbox", "name": "Email" }), "old@example.org").await;
        finds(
            page,
            json!({ "role": "textbox", "name": "EMAI", "exact": false }),
            "old@example.org",
        )
        .await;
        finds(page, json!({ "label": "Note" }), "old\ntext").await;
        finds(page, json!({ "label": "Fixed" }), "fixed").await;
        finds(page, json!({ "placeholder": "Ada Lovelace" }), "").await;
        finds(page, json!({ "text": "Send" }), "Send").await;
        finds(page, json!({ "role": "button", "name": "Close dialog" }), "×").await;
        finds(page, json!({ "role": "button", "nth": 0 }), "Send").await;
        finds(page, json!({ "role": "heading", "name": "Order" }), "Order").await;
    });
}

#[test]
fn several_matches_are_refused_with_a_list_of_them() {
    on("/strict", async |page| {
        let target = json!({ "role": "button", "name": "Edit" });
        let failure = page
            .fail(
                AmbiguousMatch,
                "matches 2 visible elements",
                json!({ "action": "click", "target": target }),
            )
            .await;
        assert_eq!(failure.matched, ["<button>Edit", "<button>Edit"]);
        let within = json!({ "role": "button", "name": "Edit", "within": { "css": "#b" } });
        page.act(json!({ "action": "click", "target": within })).await;
        assert_eq!(page.text("#log").await, "in b");
        let nth = json!({ "role": "button", "name": "Edit", "nth": 0 });
        page.act(json!({ "action": "click", "target": nth })).await;
        assert_eq!(page.text("#log").await, "in a");
        let beyond = json!({ "role": "button", "name": "Edit", "nth": 5 });
        page.fail(
            ElementNotFound,
            "only 2 visible",
            json!({ "action": "click", "target": beyond }),
        )
        .await;
        let nowhere = json!({ "css": "button", "within": { "css": "#c" } });
        page.fail(
            ElementNotFound,
            "the element that should contain it",
            json!({ "action": "click", "target": nowhere }),
        )
        .await;
    });
}

#[test]
fn a_miss_says_what_is_like_it() {
    on("/strict", async |page| {
        let target = json!({ "role": "button", "name": "Save change" });
        page.fail(ElementNotFound, "Save changes", json!({ "action": "click", "target": target }))
            .await;
        let hidden = json!({ "css": "button[style]" });
        let failure = page
            .fail(NotInteractable, "display: none", json!({ "action": "click", "target": hidden }))
            .await;
        assert_eq!(failure.matched, ["<button>Delete"]);
        let unheard = json!({ "role": "button", "name": "Delete" });
        page.fail(
            NotInteractable,
            "cannot be seen",
            json!({ "action": "click", "target": unheard }),
        )
        .await;
    });
}

#[test]
fn open_shadow_roots_are_looked_through() {
    on("/shadow", async |page| {
        page.act(json!({ "action": "fill", "target": { "label": "Inner name" }, "value": "Ada" }))
            .await;
        page.act(json!({ "action": "click", "target": { "css": "my-card my-inner button.deep" } }))
            .await;
        assert_eq!(page.text("#log").await, "deep clicked, name is Ada");
        let acted = page
            .act(
                json!({ "action": "click", "target": { "role": "button", "name": "Deep button" } }),
            )
            .await;
        assert_eq!(acted.fingerprint.unwrap().shadow_depth, 2);
        finds(page, json!({ "text": "Slotted title" }), "Slotted title").await;
        finds(page, json!({ "role": "heading", "name": "Slotted title" }), "Slotted title").await;
    });
}

#[test]
fn roles_and_names_are_those_of_the_accessibility_tree() {
    let cases: &[(&str, &str, usize)] = &[
        ("link", "Home", 1),
        ("navigation", "Main", 1),
        ("main", "", 1),
        ("heading", "Title sub", 1),
        ("button", "Label Two", 1),
        ("button", "Search", 1),
        ("button", "Only title", 1),
        ("button", "Go now", 1),
        ("button", "Submit", 1),
        ("button", "Image go", 1),
        ("textbox", "Wrapped", 1),
        ("textbox", "Only placeholder", 1),
        ("searchbox", "Find", 1),
        ("combobox", "Pick", 1),
        ("listbox", "Multi", 1),
        ("group", "Group name", 1),
        ("table", "Tab cap", 1),
        ("rowheader", "H", 1),
        ("cell", "D", 1),
        ("img", "A photo", 1),
        ("button", "Div button", 1),
        ("region", "Named", 1),
        ("button", "Edit", 1),
        ("button", "Mail (new)", 1),
        ("button", "Unheard", 0),
        ("button", "Twospans", 1),
        ("button", "Two divs", 1),
        ("spinbutton", "Count", 1),
        ("slider", "Level", 1),
        ("textbox", "Pass", 1),
        ("button", "More", 1),
        ("progressbar", "Loading", 1),
        ("dialog", "Dlg", 1),
    ];
    on("/aria", async |page| {
        for (role, name, count) in cases {
            let mut target = json!({ "role": role });
            if !name.is_empty() {
                target["name"] = json!(name);
            }
            let form = json!({ "action": "wait_for", "target": target, "state": "attached", "timeout_ms": 200 });
            let found = page.step(form).await;
            assert_eq!(found.is_ok(), *count == 1, "{role} {name}: {found:?}");
            if *count == 1 {
                page.act(json!({ "action": "wait_for", "target": target })).await;
            }
        }
    });
}

#[test]
fn the_fingerprint_is_of_the_element_as_it_was() {
    on("/strict", async |page| {
        let acted =
            page.act(json!({ "action": "click", "target": { "text": "Save changes" } })).await;
        let print = acted.fingerprint.unwrap();
        assert_eq!(print.tag, "button");
        assert_eq!(print.role.as_deref(), Some("button"));
        assert_eq!((print.name.as_str(), print.text.as_str()), ("Save changes", "Save changes"));
        assert_eq!(print.neighbour_text, "Edit");
        assert_eq!(print.css_path, "#a > button:nth-of-type(2)");
        assert_eq!(print.xpath, "/html/body/div[1]/button[2]");
        assert!(print.bounds.width > 20.0 && print.bounds.y > 20.0, "{:?}", print.bounds);
    });
    on("/form", async |page| {
        let form = json!({ "action": "fill", "target": { "css": "#name" }, "value": "x" });
        let print = page.act(form).await.fingerprint.unwrap();
        assert_eq!(print.label.as_deref(), Some("Full name"));
        assert_eq!(print.placeholder.as_deref(), Some("Ada Lovelace"));
        assert_eq!(print.name_attribute.as_deref(), Some("name"));
        assert_eq!(print.test_id.as_deref(), Some("name-field"));
        assert_eq!(print.input_type.as_deref(), Some("text"));
        assert_eq!(print.id.as_deref(), Some("name"));
    });
}
