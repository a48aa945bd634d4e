//! Waiting: until a target can be acted upon, and what is said when that does not come.

use super::harness::on;
use domain::failure::ErrorClass::{ElementNotFound, NotInteractable, ScriptError, Timeout};
use serde_json::json;

#[test]
fn an_element_that_comes_late_is_waited_for() {
    on("/late", async |page| {
        page.click("#start").await;
        page.press_button("Here now").await;
        assert_eq!(page.text("#here").await, "Thanks");
    });
}

#[test]
fn states_of_elements_are_waited_for() {
    on("/late", async |page| {
        let wait = |css: &str, state: &str| json!({ "action": "wait_for", "target": { "css": css }, "state": state });
        page.fail(Timeout, "still there", wait("#leaving", "hidden")).await;
        page.fail(Timeout, "still there", wait("#leaving", "detached")).await;
        page.fail(ElementNotFound, "nothing on the page", wait("#here", "attached")).await;
        page.click("#start").await;
        page.act(wait("#here", "visible")).await;
        page.act(wait("#leaving", "hidden")).await;
        page.act(wait("#leaving", "detached")).await;
    });
}

#[test]
fn a_covered_button_is_not_clicked_through_its_cover() {
    on("/hard", async |page| {
        let click = json!({ "action": "click", "target": { "css": "#under" } });
        let failure = page.fail(NotInteractable, "is covered by", click.clone()).await;
        assert_eq!(failure.blocked_by.as_deref(), Some("<div id=\"cover\">Please wait"));
        assert_eq!(failure.matched, ["<button id=\"under\">Covered"]);
        assert_eq!(page.text("#log").await, "");
        page.click("#liftlater").await;
        page.act(click).await;
        assert_eq!(page.text("#log").await, "clicked under");
    });
}

#[test]
fn a_disabled_button_is_waited_for() {
    on("/hard", async |page| {
        let dead = json!({ "action": "click", "target": { "css": "#dead" } });
        page.fail(NotInteractable, "is disabled", dead).await;
        let aria = json!({ "action": "click", "target": { "css": "#aria" } });
        page.fail(NotInteractable, "is disabled", aria).await;
        page.press_button("Enable later").await;
        page.click("#enabling").await;
        assert_eq!(page.text("#log").await, "clicked enabling");
    });
}

#[test]
fn what_cannot_be_seen_is_not_interactable() {
    on("/hard", async |page| {
        for (css, why) in [("#invisible", "display: none"), ("#veiled", "visibility: hidden")] {
            page.fail(NotInteractable, why, json!({ "action": "click", "target": { "css": css } }))
                .await;
        }
    });
}

#[test]
fn a_moving_button_is_clicked_once_it_stands_still() {
    on("/moving", async |page| {
        page.click("#stops").await;
        page.click("#css").await;
        assert_eq!(page.text("#log").await, "clicked stops; clicked css;");
        // Long enough to see it move on a machine that is busy and draws few frames.
        let forever =
            json!({ "action": "click", "target": { "css": "#forever" }, "timeout_ms": 2_000 });
        page.fail(NotInteractable, "keeps moving", forever).await;
    });
}

#[test]
fn a_press_that_would_land_elsewhere_is_stopped() {
    on("/tricky", async |page| {
        let click = json!({ "action": "click", "target": { "css": "#bait" } });
        let failure = page.fail(NotInteractable, "is covered by", click).await;
        assert_eq!(failure.blocked_by.as_deref(), Some("<div id=\"trap\">Trap"));
        assert_eq!(page.text("#log").await, "-");
    });
}

#[test]
fn a_button_that_is_drawn_anew_is_clicked_all_the_same() {
    on("/tricky", async |page| {
        page.click("#swap").await;
        assert_eq!(page.text("#log").await, "- swapped");
    });
}

#[test]
fn a_page_whose_script_hangs_is_a_timeout_and_can_be_left() {
    on("/tricky", async |page| {
        let click = json!({ "action": "click", "target": { "css": "#loop" } });
        page.fail(Timeout, "its script is busy", click).await;
        let seen = page.session.observe().await;
        assert!(seen.is_ok_and(|seen| seen.snapshot.elements.is_empty()));
    });
}

#[test]
fn a_press_at_which_the_script_fails_is_told_apart() {
    on("/tricky", async |page| {
        let click = json!({ "action": "click", "target": { "css": "#thrower" }, "expect": { "text": "Done" } });
        page.fail(ScriptError, "no handler for this", click).await;
    });
}

#[test]
fn what_lies_over_a_frame_covers_what_is_in_it() {
    on("/framed", async |page| {
        page.act(json!({ "action": "switch_frame", "target": { "css": "#frame" } })).await;
        let click = json!({ "action": "click", "target": { "css": "#in" } });
        let failure = page.fail(NotInteractable, "lies over its frame", click).await;
        assert_eq!(failure.blocked_by.as_deref(), Some("<div id=\"over\">Curtain"));
    });
}
