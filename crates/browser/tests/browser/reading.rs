//! Reading values, and looking at pages.

use super::harness::{on, with_pages};
use super::pages::Texts;
use domain::failure::ErrorClass::{ElementNotFound, NotInteractable, Unclassified};
use domain::observation::Change;
use domain::snapshot::Element;
use serde_json::{Value, json};

#[expect(clippy::needless_pass_by_value, reason = "it is written in place")]
fn read(target: Value, shape: &str) -> Value {
    json!({ "action": "extract", "as": "x", "target": target, "shape": shape })
}

#[test]
fn every_shape_is_read() {
    on("/lists", async |page| {
        let list = page.act(read(json!({ "css": "#fruits li" }), "list")).await.extracted;
        assert_eq!(list, Some(json!(["Apple", "Pear tree", "Plum"])));
        let text = page.act(read(json!({ "css": "#para" }), "text")).await.extracted;
        assert_eq!(text, Some(json!("One two\nthree")));
        let value = page.act(read(json!({ "label": "Value" }), "text")).await.extracted;
        assert_eq!(value, Some(json!("typed value")));
        let mut attribute = read(json!({ "css": "#link" }), "attribute");
        attribute["attribute"] = "href".into();
        assert_eq!(page.act(attribute.clone()).await.extracted, Some(json!("/p/1")));
        attribute["attribute"] = "rel".into();
        page.fail(ElementNotFound, "it has: `id`, `href`, `title`", attribute).await;
        page.fail(ElementNotFound, "nothing on the page", read(json!({ "css": ".none" }), "list"))
            .await;
    });
}

#[test]
fn tables_are_read_as_records() {
    on("/lists", async |page| {
        let people = json!([
            { "Name": "Ada", "Age": "36", "Active": "true" },
            { "Name": "Grace", "Age": "85", "Active": "false" },
        ]);
        for css in ["#people", "#people tbody", "#people tbody tr"] {
            let table = page.act(read(json!({ "css": css }), "table")).await.extracted;
            assert_eq!(table, Some(people.clone()), "{css}");
        }
        let one = page.act(read(json!({ "css": "#people tr.odd" }), "table")).await.extracted;
        assert_eq!(one, Some(json!([people[1]])));
        let bare = page.act(read(json!({ "css": "#bare" }), "table")).await.extracted;
        assert_eq!(
            bare,
            Some(
                json!([{ "column 1": "a", "column 2": "b" }, { "column 1": "c", "column 2": "d" }])
            )
        );
        page.fail(NotInteractable, "no table", read(json!({ "css": "#fruits" }), "table")).await;
    });
}

#[test]
fn console_and_network_errors_are_reported_once() {
    on("/", async |page| {
        page.look().await;
        page.act(json!({ "action": "navigate", "url": "/console", "expect": { "response": { "url": "**/answer", "status": 500 } } })).await;
        page.act(json!({ "action": "click", "target": { "css": "#go" } })).await;
        let seen = page.look().await.observation;
        let lines: Vec<(&str, &str)> =
            seen.console.iter().map(|l| (l.level.as_str(), l.text.as_str())).collect();
        assert_eq!(lines[0], ("warning", "careful 42"));
        assert!(lines[1].0 == "error" && lines[1].1.starts_with("broken"), "{lines:?}");
        assert_eq!(lines.last().unwrap(), &("exception", "Error: thrown on click"));
        let mut statuses: Vec<Option<u16>> =
            seen.network.iter().map(|error| error.status).collect();
        statuses.sort();
        assert_eq!(statuses, [Some(404), Some(500)], "{:?}", seen.network);
        let again = page.look().await.observation;
        assert!(again.console.is_empty() && again.network.is_empty());
    });
}

#[test]
fn a_snapshot_has_what_can_be_acted_upon() {
    on("/form", async |page| {
        let seen = page.look().await;
        let fields = seen.snapshot.elements.iter().filter(|element| element.interactive);
        let names: Vec<&str> = fields.map(|e| e.fingerprint.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "Full name",
                "Email",
                "Password:",
                "Note *",
                "Amount",
                "Fixed",
                "Off",
                "Short",
                "Send",
                "Close dialog"
            ]
        );
        let element = |name: &str| {
            seen.snapshot.elements.iter().find(|e| e.fingerprint.name == name).unwrap()
        };
        assert_eq!(element("Email").value.as_deref(), Some("old@example.org"));
        assert!(!element("Off").enabled && element("Send").enabled);
        assert_eq!(element("Send").fingerprint.attributes["title"], "Send the order");
        assert!(!seen.snapshot.truncated);
    });
    on("/many", async |page| {
        let seen = page.look().await;
        let interactive = seen.snapshot.elements.iter().filter(|element| element.interactive);
        assert_eq!((interactive.count(), seen.snapshot.truncated), (400, true));
    });
}

#[test]
fn what_appears_and_disappears_is_counted() {
    on("/late", async |page| {
        page.look().await;
        page.click("#start").await;
        page.act(json!({ "action": "wait_for", "target": { "css": "#here" } })).await;
        let changes = page.look().await.observation.changes;
        assert!(changes.contains(&Change::Elements { appeared: 1, disappeared: 0 }), "{changes:?}");
    });
}

#[test]
fn a_picture_is_a_png() {
    on("/form", async |page| {
        let picture = page.session.screenshot().await.unwrap();
        assert_eq!(&picture[..8], b"\x89PNG\r\n\x1a\n");
    });
}

#[test]
fn an_extract_has_a_largest_size() {
    on("/huge", async |page| {
        for (target, shape, count) in
            [("#text", "text", 1_799_999), ("#list li", "list", 1_200_000)]
        {
            let extract = json!({ "action": "extract", "target": { "css": target }, "shape": shape, "as": "x", "timeout_ms": 5000 });
            let says =
                format!("has {count} characters of text, and one extract reads 1000000 at most");
            page.fail(Unclassified, &says, extract).await;
        }
        assert_eq!(page.text("#large").await.len(), 1_000_000);
    });
}

#[test]
fn a_page_that_cannot_be_looked_at_has_not_changed() {
    on("/dialogs", async |page| {
        page.look().await;
        page.press_button("Confirm").await;
        let held = page.look().await;
        assert!(held.snapshot.elements.is_empty());
        assert_eq!(held.observation.changes, []);
        page.act(json!({ "action": "handle_dialog", "accept": true })).await;
        let seen = page.look().await;
        let interactive = seen.snapshot.elements.iter().filter(|element| element.interactive);
        assert_eq!(interactive.count(), 6);
        assert_eq!(seen.observation.changes, []);
    });
}

const LAYERS: Texts = &[(
    "/",
    "<!doctype html><title>Layers</title><style>
#bar, #note, #veil { position: fixed; left: 0; width: 90% } #bar { top: 0; z-index: 9 }
#note { bottom: 0; z-index: 5 } #veil { bottom: 60px; z-index: 6 }</style>
<nav id=bar><button id=menu aria-expanded=false aria-haspopup=menu aria-controls=list>Menu</button></nav>
<main style='margin-top: 80px'><button id=plain>Plain</button>
<details><summary id=more>More</summary><a href=/x>Inside</a></details></main>
<div id=note><p>We use cookies</p><button id=fine>Fine</button></div>
<div id=veil aria-label='Special offer'><button id=no>No</button></div>
<dialog id=dialog aria-labelledby=title><h2 id=title>Delete user?</h2><button id=sure>Sure</button></dialog>
<div role=dialog aria-modal=true><h3>Tour</h3><button id=skip>Skip</button></div>
<script>dialog.show()</script>",
)];

#[test]
fn what_lies_over_the_page_is_told_apart() {
    with_pages(LAYERS, async |page, _| {
        let elements = page.interactive().await;
        let attribute = |id: &str, name: &str| {
            let print = &elements.iter().find(|e| e.fingerprint.id.as_deref() == Some(id)).unwrap();
            print.fingerprint.attributes.get(name).cloned()
        };
        let lies_in = |id: &str| attribute(id, "in-dialog");
        assert_eq!((lies_in("plain"), lies_in("menu")), (None, None));
        for (id, dialog) in
            [("fine", "div"), ("no", "Special offer"), ("sure", "Delete user?"), ("skip", "Tour")]
        {
            assert_eq!(lies_in(id).as_deref(), Some(dialog), "{id}");
        }
        assert_eq!(attribute("menu", "aria-expanded").as_deref(), Some("false"));
        assert_eq!(attribute("menu", "aria-haspopup").as_deref(), Some("menu"));
        assert_eq!(attribute("menu", "aria-controls").as_deref(), Some("list"));
        assert_eq!(attribute("more", "aria-expanded").as_deref(), Some("false"));
    });
}

#[test]
fn a_snapshot_has_what_can_be_read() {
    on("/lists", async |page| {
        let seen = page.look().await.snapshot.elements;
        let landmarks: Vec<&Element> = seen.iter().filter(|element| !element.interactive).collect();
        let there = |id: &str| landmarks.iter().any(|e| e.fingerprint.id.as_deref() == Some(id));
        assert!(["people", "bare", "fruits", "para"].into_iter().all(there), "{landmarks:#?}");
        let header = landmarks.iter().find(|element| element.fingerprint.text == "Age").unwrap();
        assert_eq!(header.fingerprint.role.as_deref(), Some("columnheader"));
        assert!(!there("link"), "what can be acted upon is there once");
    });
    on("/many", async |page| {
        let seen = page.look().await.snapshot.elements;
        assert!(seen.iter().filter(|element| !element.interactive).count() <= 100);
    });
}

const HALVES: Texts = &[(
    "/",
    "<!doctype html><title>Halves</title><button id=go></button><h1 id=head></h1>
<script>go.textContent = 'x'.repeat(118) + '\u{1f600}'.repeat(9); head.textContent = 'half \\ud83d';</script>",
)];

#[test]
fn halves_of_characters_do_not_spoil_a_look() {
    with_pages(HALVES, async |page, _| {
        let seen = page.look().await.snapshot.elements;
        assert_eq!(seen[0].fingerprint.text, format!("{}…", "x".repeat(118)));
        assert_eq!(seen[1].fingerprint.text, "half \u{fffd}");
        page.click("#go").await;
        assert_eq!(page.text("#head").await, "half \u{fffd}");
    });
}

const HINTS: &[(&str, &str)] = &[(
    "/",
    "<!doctype html><html lang=de-AT><label>Tag <input id=day aria-describedby='how wrong'></label>
<p id=how>Als TT.MM.JJJJ</p><p id=wrong>Kein  Tag</p><label>Day <input id=plain lang=en></label>
<button id=go aria-describedby=how>Los</button>",
)];

#[test]
fn a_field_says_how_it_is_to_be_filled_in() {
    with_pages(HINTS, async |page, _| {
        let elements = page.interactive().await;
        let attribute = |id: &str, name: &str| {
            let print = &elements.iter().find(|e| e.fingerprint.id.as_deref() == Some(id)).unwrap();
            print.fingerprint.attributes.get(name).cloned().unwrap_or_default()
        };
        assert_eq!(attribute("day", "hint"), "Als TT.MM.JJJJ Kein Tag");
        assert_eq!(attribute("day", "in-lang"), "de-AT");
        assert_eq!(
            (attribute("plain", "hint"), attribute("plain", "in-lang").as_str()),
            (String::new(), "en")
        );
        assert_eq!(attribute("go", "hint") + &attribute("go", "in-lang"), "");
    });
}
