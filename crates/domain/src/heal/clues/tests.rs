//! What locators give away.

use super::{Brittle, brittleness, clues};
use crate::heal::testing::{css, target, xpath};
use crate::plan::{Locator, Target};
use crate::snapshot::Fingerprint;
use proptest::prelude::*;

fn shown(clues: &Fingerprint) -> String {
    let value = serde_json::to_value(clues).unwrap();
    let fields = value.as_object().unwrap().iter();
    let said = fields
        .filter(|(name, value)| *name != "box" && value.as_str() != Some(""))
        .map(|(name, value)| format!("{name}={value}"));
    said.collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn gives(target: &Target, wanted: &str) {
    assert_eq!(shown(&clues(target)), wanted, "{target}");
}

#[test]
fn a_selector_gives_away_what_its_last_compound_says() {
    gives(&css("#id_username"), r#"id="id_username""#);
    gives(
        &css("form#login > input[name='user'][type=text].big.wide"),
        r#"attributes={"class":"big wide"} input_type="text" name_attribute="user" tag="input""#,
    );
    gives(&css("a[href=\"/users/\"]:nth-child(2)"), r#"href="/users/" tag="a""#);
    gives(
        &css("input[aria-label='Search' i]"),
        r#"attributes={"aria-label":"Search"} name="Search" tag="input""#,
    );
    gives(&css("[data-cy=go]"), r#"test_id="go""#);
    gives(&css("a[href^='/edit']"), r#"tag="a""#);
    gives(&css("button.save > span"), r#"attributes={"class":"save"} tag="button""#);
    gives(&css("#\\31 23, .other"), r#"id="123""#);
    gives(&css("div > div > :nth-child(3)"), "");
}

#[test]
fn a_path_gives_away_what_its_last_step_says() {
    gives(&xpath("/html/body/div[2]/form/input[1]"), r#"tag="input""#);
    gives(&xpath("//*[@id='save']"), r#"id="save""#);
    gives(
        &xpath("//input[@type='text' and @name=\"q\"]"),
        r#"input_type="text" name_attribute="q" tag="input""#,
    );
    gives(&xpath("//a[normalize-space()='Log out']"), r#"tag="a" text="Log out""#);
    gives(&xpath("//button[contains(text(), 'Save')]"), r#"tag="button" text="Save""#);
    gives(
        &xpath("(//div[contains(@class,'actions')]//a[text()='Edit'])[3]"),
        r#"tag="a" text="Edit""#,
    );
    gives(&xpath("//button/span[text()='Go / Now']"), r#"tag="button" text="Go / Now""#);
    gives(
        &xpath("//label[text()='City']/following-sibling::input[1]"),
        r#"label="City" tag="input""#,
    );
    gives(&xpath("//tr[td[text()='ada']]/td[3]/a"), r#"tag="a""#);
}

#[test]
fn the_other_locators_say_what_they_are() {
    let role = Locator::Role { role: "button".into(), name: Some("Save".into()) };
    gives(&target(role), r#"name="Save" role="button""#);
    gives(&target(Locator::Label { text: "City".into() }), r#"label="City""#);
    gives(&target(Locator::Text { text: "Users".into() }), r#"text="Users""#);
    gives(&target(Locator::Placeholder { text: "Find".into() }), r#"placeholder="Find""#);
    gives(&target(Locator::TestId { id: "go".into() }), r#"test_id="go""#);
}

#[test]
fn a_text_it_lies_within_stands_beside_it() {
    let outer = target(Locator::Role { role: "row".into(), name: Some("ada".into()) });
    let inner = target(Locator::Text { text: "Delete".into() });
    let nested = Target { within: Some(Box::new(outer)), ..inner };
    gives(&nested, r#"neighbour_text="ada" text="Delete""#);
}

#[test]
fn brittle_locators_are_seen() {
    use Brittle::{Generated, Positional, Sound, Styled};
    for (found, wanted) in [
        (css("div > ul > li > a"), Positional),
        (css("tr:nth-child(2) a"), Positional),
        (css("#ember123"), Generated),
        (css("button.css-1x2y3z"), Generated),
        (css(".btn.btn-primary"), Styled),
        (css("button"), Styled),
        (css("#id_username"), Sound),
        (css("form input[name=q]"), Sound),
        (css("a[href='/users/']"), Sound),
        (xpath("/html/body/div[2]/a"), Positional),
        (xpath("//form/div[2]/input"), Positional),
        (xpath("(//a[text()='Edit'])[2]"), Positional),
        (xpath("//*[@id='ember42']"), Sound),
        (xpath("//*[@id='ember421']"), Generated),
        (xpath("//button"), Styled),
        (xpath("//button[text()='Save']"), Sound),
        (target(Locator::Text { text: "Save".into() }), Sound),
    ] {
        assert_eq!(brittleness(&found), wanted, "{found}");
    }
    let third = Target { nth: Some(2), ..css("#sound") };
    assert_eq!(brittleness(&third), Positional);
}

proptest! {
    #[test]
    fn no_locator_is_too_strange_to_read(text in "\\PC{0,60}", path in "[/a-z@\\[\\]()'\"=., |]{0,60}") {
        for text in [text, path] {
            for target in [css(&text), xpath(&text)] {
                drop(clues(&target));
                prop_assert!(brittleness(&target) == brittleness(&target));
            }
        }
    }
}
