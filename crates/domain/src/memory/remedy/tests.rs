//! What is remembered of actions, and what is not.

use super::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn form(json: serde_json::Value) -> StepForm {
    serde_json::from_value(json).unwrap()
}

fn page() -> Url {
    Url::parse("https://shop.example/admin/users/?page=2").unwrap()
}

fn remembered(json: serde_json::Value, lifter: &Lifter) -> Option<StepForm> {
    let (form, page) = (form(json), page());
    let taken =
        Taken { form: &form, fingerprint: None, own: true, page: Some(&page), instead_of: None };
    Remedy::of_steps(Approach::OtherLocator, [taken], lifter)
        .map(|remedy| remedy.steps[0].form.clone())
}

#[track_caller]
fn check_url(url: &str, expected: Option<&str>) {
    let found = remembered(json!({"action": "navigate", "url": url}), &Lifter::default());
    assert_eq!(found.map(|form| form.url.unwrap()).as_deref(), expected, "{url}");
}

#[test]
fn only_what_to_do_and_where_is_remembered() {
    let full = json!({"intent": "name ada", "action": "fill", "target": {"label": "User"},
        "value": "ada", "expect": {"text": "ada"}, "timeout_ms": 500, "screenshot": true,
        "fallbacks": [{"action": "press", "key": "Enter"}]});
    let clean = form(json!({"action": "fill", "target": {"label": "User"}}));
    assert_eq!(remembered(full, &Lifter::default()), Some(clean));
    let read = json!({"intent": "x", "action": "extract", "target": {"css": "td"}, "as": "row",
        "shape": "attribute", "attribute": "href"});
    let clean = form(json!({"action": "extract", "target": {"css": "td"}}));
    assert_eq!(remembered(read, &Lifter::default()), Some(clean));
}

#[test]
fn a_remembered_address_is_a_path_of_the_same_origin() {
    check_url("/admin/x?y=1#z", Some("/admin/x?y=1#z"));
    check_url("../x", Some("../x"));
    check_url("https://shop.example/a/{{inputs.user}}?b", Some("/a/{{inputs.user}}?b"));
    check_url("https://shop.example/a", Some("/a"));
    check_url("https://shop.example", Some("/"));
    check_url("https://shop.example?q", Some("/?q"));
    check_url("//shop.example/a", Some("/a"));
    for off_site in [
        "https://evil.example/a",
        "http://shop.example/a",
        "https://shop.example:8443/a",
        "https://www.shop.example/a",
        "//evil.example/a",
        " //evil.example/a",
        "/\\evil.example/a",
        "\\\\evil.example",
        "/\t/evil.example",
        "https://shop.example//evil.example/a",
        "https://shop.example@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "{{inputs.base}}/a",
        "https://{{inputs.host}}/a",
    ] {
        check_url(off_site, None);
    }
}

#[test]
fn an_input_in_an_address_is_lifted() {
    let inputs = BTreeMap::from([("user".to_owned(), "ada".to_owned())]);
    let go = json!({"action": "navigate", "url": "https://shop.example/u/ada"});
    let form = remembered(go, &Lifter::new(&inputs)).unwrap();
    assert_eq!(form.url.as_deref(), Some("/u/{{inputs.user}}"));
}

#[test]
fn what_types_or_says_what_was_typed_is_not_remembered() {
    let typed = BTreeSet::from(["grace".to_owned()]);
    let lifter = Lifter::with(&BTreeMap::new(), &typed, BTreeSet::new());
    for form in [
        json!({"action": "press", "key": "a"}),
        json!({"action": "press", "key": "7", "target": {"css": "#pin"}}),
        json!({"action": "click", "target": {"text": "grace"}}),
        json!({"action": "click", "target": {"text": "x", "within": {"css": "#row-grace"}}}),
        json!({"action": "navigate", "url": "/users/grace"}),
        json!({"action": "drag", "target": {"css": "a"}, "to": {"text": "grace"}}),
        json!({"action": "switch_tab", "tab": "https://evil.example/**"}),
    ] {
        assert_eq!(remembered(form.clone(), &lifter), None, "{form}");
    }
    assert!(remembered(json!({"action": "press", "key": "Enter"}), &lifter).is_some());
    assert!(remembered(json!({"action": "press", "key": "Control+A"}), &lifter).is_some());
}

#[test]
fn a_format_is_remembered_and_what_was_written_in_it_is_not() {
    let fill = json!({"action": "fill", "target": {"css": "#day"}, "value": "2026-04-27",
        "format": "DD.MM.YYYY"});
    let known = remembered(fill, &Lifter::default()).unwrap();
    let expected = json!({"action": "fill", "target": {"css": "#day"}, "format": "DD.MM.YYYY"});
    assert_eq!(serde_json::to_value(&known).unwrap(), expected);
    let prepares = json!({"action": "fill", "target": {"css": "#day"}, "format": "HH:mm",
        "value": "{{inputs.at}}"});
    for steps in [vec![(expected, true)], vec![(prepares, false)]] {
        assert!(remedy(Approach::OtherFormat, &steps).parses(), "{steps:?}");
    }
}

fn remedy(approach: Approach, steps: &[(serde_json::Value, bool)]) -> Remedy {
    let steps = steps.iter().map(|(json, own)| RemedyStep {
        form: form(json.clone()),
        fingerprint: None,
        own: *own,
        renamed: None,
    });
    Remedy { approach, steps: steps.collect() }
}

#[test]
fn the_id_is_of_what_it_does_and_not_of_what_elements_looked_like() {
    let ids = |remedy: &Remedy, number: u128| {
        let uuid = Uuid::from_u128(number);
        remedy.id(ProjectId::from_uuid(Uuid::from_u128(1)), SituationId::from_uuid(uuid))
    };
    let click = json!({"action": "click", "target": {"text": "Save"}});
    let one = remedy(Approach::OtherLocator, &[(click.clone(), true)]);
    let mut seen = one.clone();
    seen.steps[0].fingerprint = Some(Fingerprint::default());
    assert_eq!(ids(&one, 7), ids(&seen, 7));
    assert_ne!(ids(&one, 7), ids(&one, 8));
    assert_ne!(ids(&one, 7), ids(&remedy(Approach::HumanAnswer, &[(click.clone(), true)]), 7));
    assert_ne!(ids(&one, 7), ids(&remedy(Approach::OtherLocator, &[(click, false)]), 7));
}

#[test]
fn a_remedy_of_an_older_version_that_no_longer_reads_is_known() {
    let click = json!({"action": "click", "target": {"css": "#x"}});
    let good = [(click.clone(), false), (json!({"action": "fill", "target": {"css": "#y"}}), true)];
    assert!(remedy(Approach::OpenMenu, &good).parses());
    assert!(remedy(Approach::OpenMenu, &[]).parses(), "an approach alone");
    for bad in [
        vec![(json!({"action": "click", "target": {"css": "a["}}), true)],
        vec![(json!({"action": "fill", "target": {"css": "#y"}}), false)],
        vec![(click.clone(), true), (click.clone(), false)],
        vec![(click.clone(), true), (click, true)],
        vec![(json!({"action": "click", "target": {"text": "{{secrets.pin}}"}}), true)],
    ] {
        assert!(!remedy(Approach::OpenMenu, &bad).parses(), "{bad:?}");
    }
}

#[test]
fn a_navigation_is_held_to_the_site_even_when_a_value_leads_away() {
    let go = |url: &str| {
        remedy(Approach::FollowLink, &[(json!({"action": "navigate", "url": url}), true)])
    };
    let values = |value: &str| Values {
        inputs: BTreeMap::from([("to".to_owned(), value.to_owned())]),
        ..Values::default()
    };
    assert!(go("/a").stays_on(&page(), &Values::default()));
    assert!(go("https://www.shop.example/a").stays_on(&page(), &Values::default()));
    assert!(go("/{{inputs.to}}").stays_on(&page(), &values("ada")));
    assert!(!go("/{{inputs.to}}").stays_on(&page(), &values("/evil.example")));
    assert!(!go("/{{inputs.to}}").stays_on(&page(), &Values::default()));
    assert!(!go("https://evil.example/").stays_on(&page(), &Values::default()));
    assert!(!go("javascript:alert(1)").stays_on(&page(), &Values::default()));
}

#[test]
fn a_remedy_is_described_in_words() {
    let button = json!({"action": "click", "target": {"role": "button", "name": "Sign in"}});
    let menu = json!({"action": "click", "target": {"css": "#menu"}});
    for (remedy, says) in [
        (
            remedy(Approach::OtherLocator, &[(button.clone(), true)]),
            "click the button named \"Sign in\" instead",
        ),
        (
            remedy(Approach::OpenMenu, &[(menu, false), (button, true)]),
            "click the element with the selector \"#menu\", then click the button named \"Sign in\"",
        ),
        (
            remedy(Approach::Keyboard, &[(json!({"action": "press", "key": "Enter"}), true)]),
            "press Enter instead",
        ),
        (remedy(Approach::DismissOverlay, &[]), "close what covers the page first"),
    ] {
        assert_eq!(remedy.describe(), says);
    }
}
