//! Frames, tabs, dialogs.

use super::harness::on;
use domain::failure::ErrorClass::{Detached, DialogBlocked, ElementNotFound, NotInteractable};
use domain::observation::Change;
use serde_json::json;

#[test]
fn frames_of_both_kinds_are_acted_in() {
    on("/", async |page| {
        let other = page.harness.site.second_origin_url();
        page.go(&format!("/frames?other={other}")).await;
        for frame in ["#same", "#other"] {
            page.act(json!({ "action": "switch_frame", "target": { "css": frame } })).await;
            page.press_button("Inner button").await;
            assert_eq!(page.text("#log").await, "inner clicked", "{frame}");
            page.act(
                json!({ "action": "fill", "target": { "label": "Inner field" }, "value": "typed" }),
            )
            .await;
            let holds = json!({ "target": { "css": "#field" }, "equals": "typed" });
            page.act(json!({ "action": "assert", "expect": { "value": holds, "title": "Frames", "text": "inner clicked" } })).await;
            let seen = page.look().await;
            let inner = seen.snapshot.elements.iter().find(|e| {
                e.fingerprint.name == "Inner button"
                    && e.fingerprint.frame.as_deref().is_some_and(|url| url.ends_with(&frame[1..]))
            });
            assert!(inner.is_some(), "{frame}: {:#?}", seen.snapshot);
            page.act(json!({ "action": "switch_frame" })).await;
            assert_eq!(page.text("h1").await, "Outer");
        }
        let heading = json!({ "action": "switch_frame", "target": { "css": "h1" } });
        page.fail(NotInteractable, "is not a frame", heading).await;
    });
}

#[test]
fn what_is_only_in_a_frame_is_said_to_be_there() {
    on("/frames", async |page| {
        let says = "one is in the frame `#same`: use switch_frame first";
        for target in [
            json!({ "role": "button", "name": "Inner button" }),
            json!({ "label": "Inner field" }),
            json!({ "text": "down here" }),
            json!({ "css": "#field" }),
            json!({ "xpath": "//input" }),
        ] {
            page.fail(ElementNotFound, says, json!({ "action": "click", "target": target })).await;
        }
        let nowhere = json!({ "action": "click", "target": { "css": "#nowhere" } });
        let failure = page.fail(ElementNotFound, "nothing on the page", nowhere).await;
        assert!(!failure.message.contains("switch_frame"), "{failure}");
    });
}

#[test]
fn a_frame_that_leads_the_page_away_is_left() {
    on("/frames", async |page| {
        page.act(json!({ "action": "switch_frame", "target": { "css": "#same" } })).await;
        page.act(json!({ "action": "click", "target": { "text": "Leave" } })).await;
        page.act(json!({ "action": "fill", "target": { "label": "Full name" }, "value": "x" }))
            .await;
    });
}

#[test]
fn a_frame_that_leaves_its_page_is_not_mistaken_for_the_page() {
    on("/frames", async |page| {
        page.act(json!({ "action": "switch_frame", "target": { "css": "#same" } })).await;
        page.press_button("Remove me").await;
        let click = json!({ "action": "click", "target": { "css": "h1" } });
        page.fail(Detached, "no longer on the page", click).await;
        page.act(json!({ "action": "switch_frame" })).await;
        assert_eq!(page.text("h1").await, "Outer");
    });
}

#[test]
fn new_tabs_are_switched_to() {
    on("/links", async |page| {
        let newest = json!({ "action": "switch_tab", "tab": "newest" });
        page.fail(ElementNotFound, "no other tab has opened", newest.clone()).await;
        page.act(json!({ "action": "click", "target": { "text": "New tab" } })).await;
        page.act(newest.clone()).await;
        page.press_button("Press me").await;
        let seen = page.look().await;
        assert!(seen.observation.url.ends_with("/popup"));
        let opened = Change::TabOpened { url: page.url("/popup") };
        assert!(seen.observation.changes.contains(&opened), "{:?}", seen.observation.changes);
        page.press_button("Close me").await;
        page.act(json!({ "action": "assert", "expect": { "title": "Links" } })).await;
        let closed = Change::TabClosed { url: page.url("/popup") };
        assert!(page.look().await.observation.changes.contains(&closed));
        page.press_button("Open window").await;
        page.act(json!({ "action": "switch_tab", "tab": "**/popup" })).await;
        assert_eq!(page.text("h1").await, "I am a popup");
        page.act(json!({ "action": "switch_tab", "tab": "first" })).await;
        assert_eq!(page.text("h1").await, "Links");
        page.fail(
            ElementNotFound,
            "no tab has a URL like",
            json!({ "action": "switch_tab", "tab": "**/none" }),
        )
        .await;
    });
}

#[test]
fn alerts_are_accepted_and_reported() {
    on("/dialogs", async |page| {
        page.press_button("Alert").await;
        assert_eq!(page.text("#log").await, "alerted");
        let dialogs = page.look().await.observation.dialogs;
        assert_eq!(dialogs.len(), 1);
        assert_eq!(
            (dialogs[0].kind.as_str(), dialogs[0].message.as_str(), dialogs[0].accepted),
            ("alert", "Hello", Some(true))
        );
    });
}

#[test]
fn a_question_stays_open_until_it_is_answered() {
    on("/dialogs", async |page| {
        page.press_button("Confirm").await;
        let click = json!({ "action": "click", "target": { "text": "Alert" } });
        let failure = page.fail(DialogBlocked, "Really?", click).await;
        assert_eq!(failure.blocked_by.as_deref(), Some("confirm: Really?"));
        let seen = page.look().await;
        assert_eq!(seen.observation.dialogs[0].accepted, None);
        page.act(json!({ "action": "handle_dialog", "accept": false })).await;
        assert_eq!(page.text("#log").await, "confirm: false");
        assert_eq!(page.look().await.observation.dialogs[0].accepted, Some(false));
        page.press_button("Confirm and go").await;
        page.act(json!({ "action": "handle_dialog", "accept": true })).await;
        assert_eq!(page.look().await.observation.title, "Links");
    });
}

#[test]
fn an_answer_given_before_is_used_for_the_next_question() {
    on("/dialogs", async |page| {
        page.act(json!({ "action": "handle_dialog", "accept": true, "value": "Ada" })).await;
        page.press_button("Prompt").await;
        assert_eq!(page.text("#log").await, "prompt: Ada");
        page.act(json!({ "action": "handle_dialog", "accept": true })).await;
        page.press_button("Confirm").await;
        assert_eq!(page.text("#log").await, "confirm: true");
    });
}

#[test]
fn an_answer_given_before_holds_for_one_action_only() {
    on("/dialogs", async |page| {
        page.act(json!({ "action": "handle_dialog", "accept": true })).await;
        assert_eq!(page.text("#log").await, "");
        page.press_button("Nothing").await;
        page.press_button("Confirm").await;
        let click = json!({ "action": "click", "target": { "text": "Alert" } });
        page.fail(DialogBlocked, "Really?", click).await;
    });
}

#[test]
fn an_answer_is_kept_for_an_action_that_is_made_again() {
    on("/dialogs", async |page| {
        page.act(json!({ "action": "handle_dialog", "accept": true })).await;
        let gone = json!({ "action": "click", "target": { "css": "#gone" } });
        page.fail(ElementNotFound, "nothing on the page", gone).await;
        page.press_button("Confirm").await;
        assert_eq!(page.text("#log").await, "confirm: true");
    });
}

#[test]
fn an_answer_to_an_alert_that_is_over_is_for_nothing_else() {
    on("/dialogs", async |page| {
        page.press_button("Alert").await;
        page.act(json!({ "action": "handle_dialog", "accept": true })).await;
        page.press_button("Confirm").await;
        let click = json!({ "action": "click", "target": { "text": "Alert" } });
        page.fail(DialogBlocked, "Really?", click).await;
    });
}

#[test]
fn a_page_that_asks_before_it_is_left_is_left() {
    on("/dialogs", async |page| {
        page.press_button("Guard").await;
        page.go("/links").await;
        assert_eq!(page.look().await.observation.title, "Links");
    });
}
