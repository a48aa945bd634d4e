//! Secrets: in the browser call only.

use super::harness::{with_pages, with_secrets};
use super::pages::Texts;
use domain::snapshot::Element;
use serde_json::json;
use std::collections::BTreeMap;

const SECRET: &str = "tops3cret";

#[test]
fn a_secret_is_masked_in_the_field_it_was_typed_into() {
    with_secrets("/secret", &[("key", SECRET)], async |page| {
        for css in ["#key", "#pass", "#note"] {
            let target = json!({ "css": css });
            page.act(json!({ "action": "fill", "target": target, "value": "{{secrets.key}}" }))
                .await;
        }
        let seen = page.look().await.snapshot.elements;
        // What a page writes itself of what was typed is for whoever records it to cover.
        let fields: Vec<&Element> = seen.iter().filter(|element| element.interactive).collect();
        let values: Vec<Option<&str>> = fields.iter().map(|e| e.value.as_deref()).collect();
        assert_eq!(values, [Some("••••••"); 3]);
        assert!(!format!("{fields:?}").contains(SECRET));
        let acted =
            page.act(json!({ "action": "extract", "target": { "css": "#key" }, "as": "x" })).await;
        assert_eq!(acted.extracted, Some(json!("••••••")));
        page.act(json!({ "action": "fill", "target": { "css": "#key" }, "value": "open" })).await;
        let value = page.look().await.snapshot.elements[0].value.clone();
        assert_eq!(value.as_deref(), Some("open"));
    });
}

const EDITOR: Texts = &[(
    "/",
    "<!doctype html><title>Editor</title><div id=around><div id=rich contenteditable=true role=textbox
aria-label=Message></div><button id=beside>Beside</button></div><p id=said data-testid=said>Said</p>",
)];

#[test]
fn a_secret_in_an_editor_is_no_text_of_what_is_around_it() {
    with_pages(EDITOR, async |page, _| {
        page.secrets.insert("key".into(), SECRET.into());
        let fill =
            json!({ "action": "fill", "target": { "css": "#rich" }, "value": "{{secrets.key}}" });
        page.act(fill).await;
        let told = format!("{:?}", page.look().await.snapshot.elements);
        assert!(told.contains("••••••") && !told.contains(SECRET), "{told}");
        let around = json!({ "action": "wait_for", "target": { "css": "#around" } });
        let print = page.act(around).await.fingerprint.unwrap();
        assert_eq!(print.text, "••••••Beside");
    });
}

#[test]
fn failures_name_the_placeholder() {
    with_secrets("/pickers", &[("day", SECRET)], async |page| {
        let fill = json!({ "action": "fill", "target": { "label": "Day" }, "value": "{{secrets.day}}", "timeout_ms": 300 });
        let failure = page.step(fill).await.unwrap_err();
        assert!(!format!("{failure:?}").contains(SECRET), "{failure:?}");
    });
    with_secrets("/select", &[("country", SECRET)], async |page| {
        let form = json!({ "action": "select", "target": { "css": "#one" }, "value": "{{secrets.country}}", "timeout_ms": 300 });
        let failure = page.step(form).await.unwrap_err();
        assert!(failure.message.contains("option `{{secrets.country}}`"), "{failure:?}");
        assert!(!format!("{failure:?}").contains(SECRET), "{failure:?}");
    });
}

/// The page writes in red on white; what is covered is black.
#[test]
fn pictures_cover_the_secret() {
    with_secrets("/mask", &[], async |page| {
        let open = page.session.screenshot().await.unwrap();
        let again = page.session.screenshot().await.unwrap();
        assert_eq!(open, again, "nothing else changes between two pictures");
    });
    let mut pictures = Vec::new();
    for secrets in [&[][..], &[("key", SECRET)][..]] {
        with_secrets("/mask", secrets, async |page| {
            pictures.push(page.session.screenshot().await.unwrap());
            // Nothing is left of the covers.
            let left = page.interactive().await;
            assert!(left.is_empty(), "{left:?}");
        });
    }
    let black = |png: &[u8]| super::png::count(png, |[r, g, b]| r < 20 && g < 20 && b < 20);
    assert_eq!(black(&pictures[0]), 0);
    // Nine characters of 24 by 45 pixels at least, twice.
    assert!(black(&pictures[1]) > 2 * 9 * 24 * 40, "{}", black(&pictures[1]));
}

/// Says in large red letters what is typed.
const ECHO: Texts = &[(
    "/",
    "<body style='color: red'><label>Code <input oninput='said.textContent = this.value'></label>\
     <p id=said style='font: 45px monospace'></p>",
)];

#[test]
fn pictures_cover_a_secret_that_came_after_the_session_was_opened() {
    with_pages(ECHO, async |page, _| {
        let black = |png: &[u8]| super::png::count(png, |[r, g, b]| r < 20 && g < 20 && b < 20);
        let type_code =
            |value| json!({ "action": "fill", "target": { "label": "Code" }, "value": value });
        page.act(type_code("123456789")).await;
        let open = black(&page.session.screenshot().await.unwrap());
        page.secrets = BTreeMap::from([("key".to_owned(), SECRET.to_owned())]);
        page.act(type_code("{{secrets.key}}")).await;
        let covered = black(&page.session.screenshot().await.unwrap());
        assert!(covered > open + 9 * 24 * 40, "{open} {covered}");
    });
}
