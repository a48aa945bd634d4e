//! Actions: each does what a person's hand would, with events the page takes for real.

use super::harness::{on, with_pages};
use super::pages::Texts;
use domain::failure::ErrorClass::{
    AmbiguousMatch, ElementNotFound, NotInteractable, ValidationRejected,
};
use serde_json::json;

#[test]
fn a_click_is_a_real_click() {
    on("/actions", async |page| {
        page.click("#once").await;
        assert_eq!(page.text("#log").await, "click 1 trusted true");
        page.act(json!({ "action": "double_click", "target": { "css": "#twice" } })).await;
        assert_eq!(page.text("#log").await, "double 2");
    });
}

#[test]
fn hovering_opens_what_hovering_opens() {
    on("/actions", async |page| {
        let hover = json!({ "action": "hover", "target": { "css": "#hovered" },
            "expect": { "present": { "text": "Menu is open" } } });
        page.act(hover).await;
    });
}

#[test]
fn keys_and_chords_reach_the_page() {
    on("/actions", async |page| {
        for (key, seen) in [
            ("ArrowDown", "ArrowDown ArrowDown 40"),
            ("Control+K", "Ctrl K KeyK 75"),
            ("Shift+Tab", "Shift Tab Tab 9"),
            ("F2", "F2 F2 113"),
        ] {
            page.act(json!({ "action": "press", "target": { "css": "#keys" }, "key": key })).await;
            assert_eq!(page.text("#log").await, seen, "{key}");
        }
        page.act(json!({ "action": "press", "target": { "css": "#keys" }, "key": "Control+A" }))
            .await;
        page.act(json!({ "action": "press", "key": "z" })).await;
        assert_eq!(page.text("#keys").await, "z");
        page.act(json!({ "action": "press", "target": { "label": "Entered" }, "key": "Enter" }))
            .await;
        assert_eq!(page.text("#log").await, "submitted");
        let acted = page.act(json!({ "action": "press", "key": "Shift" })).await;
        let pressed = acted.fingerprint.unwrap();
        assert_eq!(pressed.name, "Entered");
    });
}

#[test]
fn filling_replaces_what_was_there() {
    on("/form", async |page| {
        let fill = |label: &str, value: &str| json!({ "action": "fill", "target": { "label": label }, "value": value });
        page.act(fill("Email", "new@example.org")).await;
        assert_eq!(page.text("[name=email]").await, "new@example.org");
        page.act(fill("Note", "several\nlines")).await;
        assert_eq!(page.text("#note").await, "several\nlines");
        page.act(fill("Amount", "12.5")).await;
        assert_eq!(page.text("#amount").await, "12.5");
        page.act(json!({ "action": "clear", "target": { "label": "Email" } })).await;
        assert_eq!(page.text("[name=email]").await, "");
        page.fail(NotInteractable, "read-only", fill("Fixed", "x")).await;
        page.fail(NotInteractable, "disabled", fill("Off", "x")).await;
        let button = json!({ "action": "fill", "target": { "text": "Send" }, "value": "x" });
        page.fail(NotInteractable, "not something that can be typed into", button).await;
    });
}

#[test]
fn a_label_stands_for_its_control() {
    on("/form", async |page| {
        page.act(json!({ "action": "fill", "target": { "text": "Full name" }, "value": "Ada" }))
            .await;
        assert_eq!(page.text("#name").await, "Ada");
    });
}

#[test]
fn controlled_inputs_take_the_text() {
    on("/controlled", async |page| {
        page.act(json!({ "action": "fill", "target": { "label": "City" }, "value": "oslo" })).await;
        assert_eq!(page.text("#state").await, "State: OSLO");
        page.click("#save").await;
        page.act(json!({ "action": "clear", "target": { "label": "City" } })).await;
        assert_eq!(page.text("#state").await, "State:");
        let stubborn = json!({ "action": "fill", "target": { "label": "Stubborn" }, "value": "x" });
        page.fail(NotInteractable, "did not take the text", stubborn).await;
    });
}

#[test]
fn editable_content_is_replaced() {
    on("/editable", async |page| {
        let target = json!({ "role": "textbox", "name": "Message" });
        page.act(json!({ "action": "fill", "target": target, "value": "New text" })).await;
        assert_eq!(page.text("#rich").await, "New text");
        assert_eq!(page.text("#log").await, "New text");
        page.act(json!({ "action": "clear", "target": target })).await;
        assert_eq!(page.text("#rich").await, "");
    });
}

#[test]
fn pickers_take_values_in_their_own_format() {
    on("/pickers", async |page| {
        for (id, value) in [
            ("day", "2026-11-24"),
            ("at", "13:45"),
            ("when", "2026-11-24T13:45"),
            ("month", "2026-11"),
            ("shade", "#ff0080"),
            ("level", "7"),
        ] {
            let target = json!({ "css": format!("#{id}") });
            page.act(json!({ "action": "fill", "target": target, "value": value })).await;
            assert_eq!(page.text(&format!("#{id}")).await, value);
            assert!(page.text("#log").await.contains(&format!("{id}={value};")), "{id}");
        }
        let wrong =
            json!({ "action": "fill", "target": { "label": "Day" }, "value": "24.11.2026" });
        page.fail(ValidationRejected, "YYYY-MM-DD", wrong).await;
    });
}

/// The select as its page is today: options are written otherwise, or are like several.
const RESPELT: Texts = &[(
    "/",
    "<select id=state><option value=\"\">---------</option><option>Draft</option>\
     <option>In  Progress:</option><option value=Published>Live</option></select>\
     <select id=unclear><option value=1>active</option><option value=2>ACTIVE!</option></select>\
     <select id=signs><option>C</option><option>-1</option><option value=__None></option></select>",
)];

#[test]
fn an_option_that_is_only_spelt_otherwise_is_chosen() {
    with_pages(RESPELT, async |page, _| {
        let choose = |css: &str, value: &str| json!({ "action": "select", "target": { "css": css }, "value": value });
        for (asked, held) in [
            ("draft", "Draft"),
            ("in_progress", "In Progress:"),
            ("in-progress", "In Progress:"),
            ("published", "Published"),
            ("DRAFT.", "Draft"),
        ] {
            let mut form = choose("#state", asked);
            form["expect"] = json!({ "value": { "target": { "css": "#state" }, "equals": held } });
            page.act(form).await;
        }
        page.fail(AmbiguousMatch, "by its value: `1`, `2`", choose("#unclear", "Active")).await;
        page.act(choose("#unclear", "active")).await;
        let missing = "it has: `--------- (value \"\")`, `Draft`, `In Progress:`, `Live`";
        page.fail(ElementNotFound, missing, choose("#state", "archived")).await;
        page.fail(ElementNotFound, "`(value \"__None\")`", choose("#signs", "C++")).await;
        page.fail(ElementNotFound, "it has: `C`, `-1`", choose("#signs", "1")).await;
        page.fail(ElementNotFound, "it has: ", choose("#state", "...")).await;
    });
}

#[test]
fn options_are_chosen_by_value_or_label() {
    on("/select", async |page| {
        let choose = |css: &str, value: &str| json!({ "action": "select", "target": { "css": css }, "value": value });
        page.act(choose("#one", "se")).await;
        assert_eq!(page.text("#log").await, "one: se");
        page.act(choose("#one", "Norway")).await;
        assert_eq!(page.text("#log").await, "one: no");
        let several =
            json!({ "action": "select", "target": { "css": "#many" }, "values": ["Red", "b"] });
        page.act(several).await;
        assert_eq!(page.text("#log").await, "many: r,b");
        page.act(choose("#late", "Arrived")).await;
        page.act(choose("#twice", "Rome")).await;
        page.act(choose("#twice", "b")).await;
        page.fail(AmbiguousMatch, "by its value: `a`, `b`", choose("#twice", "Paris")).await;
        page.fail(ValidationRejected, "set it back to `Usual`", choose("#back", "Other")).await;
        let failure = page
            .fail(ElementNotFound, "it has: `choose`, `Norway`", choose("#one", "Finland"))
            .await;
        assert!(failure.message.contains("option `Finland`"), "{failure:?}");
        page.fail(NotInteractable, "disabled", choose("#one", "Denmark")).await;
        page.fail(NotInteractable, "click it, then click the option", choose("#fake", "x")).await;
        let too_many =
            json!({ "action": "select", "target": { "css": "#one" }, "values": ["no", "se"] });
        page.fail(NotInteractable, "one option only", too_many).await;
        page.act(choose("#go", "Links")).await;
        assert!(page.current_url().await.ends_with("/links"));
    });
}

#[test]
fn boxes_are_ticked_and_unticked() {
    on("/ticks", async |page| {
        let tick = |action: &str, css: &str| json!({ "action": action, "target": { "css": css } });
        for css in ["#plain", "#pretty", "#gone", "#switch", "#slow"] {
            page.act(tick("check", css)).await;
            page.act(tick("check", css)).await;
            let holds = json!({ "action": "assert", "expect": { "value": { "target": { "css": css }, "equals": "true" } } });
            if css != "#gone" && css != "#pretty" {
                page.act(holds).await;
            }
        }
        for css in ["#plain", "#pretty", "#gone", "#switch"] {
            page.act(tick("uncheck", css)).await;
        }
        let seen = page.look().await;
        let ticked = |id: &str| {
            let element =
                seen.snapshot.elements.iter().find(|e| e.fingerprint.id.as_deref() == Some(id));
            element.and_then(|element| element.checked)
        };
        assert_eq!(
            (ticked("plain"), ticked("switch"), ticked("slow")),
            (Some(false), Some(false), Some(true))
        );
        page.act(tick("check", "#large")).await;
        page.fail(NotInteractable, "choosing another one", tick("uncheck", "#large")).await;
        page.fail(NotInteractable, "still not ticked", tick("check", "#stubborn")).await;
        let text = json!({ "action": "check", "target": { "text": "Stubborn" } });
        page.fail(NotInteractable, "still not ticked", text).await;
    });
}

#[test]
fn pages_and_elements_are_scrolled() {
    on("/actions", async |page| {
        page.act(json!({ "action": "scroll", "by": { "x": 0, "y": 700 }, "expect": { "title": "at 700" } })).await;
        page.act(json!({ "action": "scroll", "by": { "x": 0, "y": -200 }, "expect": { "title": "at 500" } })).await;
        page.act(json!({ "action": "scroll", "target": { "css": "#bottom" } })).await;
        let seen = page.look().await;
        let at: f64 = seen.observation.title.trim_start_matches("at ").parse().unwrap();
        assert!(at > 3000.0, "{}", seen.observation.title);
    });
}

#[test]
fn what_is_far_away_is_scrolled_to_and_clicked() {
    on("/hard", async |page| {
        page.click("#far").await;
        assert_eq!(page.text("#log").await, "far clicked");
    });
}
