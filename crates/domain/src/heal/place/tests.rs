//! What is the same place after a page changed, and what is another one.

use super::Place;
use crate::heal::testing::{css, xpath};
use crate::snapshot::Fingerprint;
use proptest::prelude::*;

fn at(path: &str) -> Place {
    let element = Fingerprint { xpath: path.into(), ..Fingerprint::default() };
    Place::of_element(&element).unwrap()
}

fn likeness(before: &str, now: &str) -> f64 {
    Place::of_target(&xpath(before)).unwrap().likeness(&at(now))
}

#[test]
fn the_same_path_is_the_same_place() {
    let path = "/html/body/div[2]/main/form/div[3]/button[1]";
    assert!((likeness(path, path) - 1.0).abs() < 1e-9);
}

#[test]
fn what_is_near_the_element_counts_more_than_what_is_far_from_it() {
    let before = "/html/body/div/div[3]/div/form/div[1]/button";
    let far = likeness(before, "/html/body/div/div[2]/div/form/div[1]/button");
    let near = likeness(before, "/html/body/div/div[3]/div/form/div[2]/button");
    assert!(far > near, "{far} {near}");
    assert!(far > 0.9, "{far}");
}

#[test]
fn boxes_come_and_go() {
    let before = "/html/body/div/div[3]/div/div[1]/form/div[2]/input";
    for now in [
        "/html/body/div/main/div/div[1]/form/div[2]/input",
        "/html/body/div/div[3]/div/div[1]/form/div[2]/div/input",
        "/html/body/div/form/div[2]/input",
    ] {
        let found = likeness(before, now);
        assert!(found > 0.6, "{now}: {found}");
    }
}

#[test]
fn a_neighbour_and_another_row_are_other_places() {
    let before = "/html/body/div/table/tbody/tr[2]/td[3]/a";
    let here = likeness(before, "/html/body/main/div/table/tbody/tr[2]/td[3]/a");
    for now in [
        "/html/body/main/div/table/tbody/tr[3]/td[3]/a",
        "/html/body/main/div/table/tbody/tr[2]/td[4]/a",
        "/html/body/main/div/table/tbody/tr[2]/td[3]/a[2]",
    ] {
        assert!(likeness(before, now) < here - 0.2, "{now}");
    }
    assert!(!at(before).is_of_another_row(&at("/html/body/table/tbody/tr[2]/td[1]/b")));
    assert!(at(before).is_of_another_row(&at("/html/body/table/tbody/tr[4]/td[3]/a")));
    assert!(!at(before).is_of_another_row(&at("/html/body/div[4]/a")));
}

#[test]
fn a_field_in_the_place_of_a_link_is_not_there() {
    assert!(likeness("/html/body/form/div[2]/a", "/html/body/form/div[2]/input") > 0.5);
    let found = likeness("/html/body/form/div[2]/a", "/html/body/form/div[2]/textarea");
    assert!(found.abs() < f64::EPSILON);
}

#[test]
fn selectors_say_where_by_children() {
    let selector = "#main > div:nth-child(2) > ul:nth-child(1) > li:nth-child(4) > a";
    let place = Place::of_target(&css(selector)).unwrap();
    let found = |path: &str| place.likeness(&at(path));
    assert!(found("/html/body/div[2]/ul/li[4]/a") > found("/html/body/div[2]/ul/li[3]/a") + 0.2);
    assert!(found("/html/body/div[2]/ul/li[4]/a") > found("/html/body/div[1]/ul/li[4]/a"));
    assert!(Place::of_target(&css("a.button.primary")).is_some_and(|it| it.depth() == 1));
    assert_eq!(Place::of_target(&css("div > p + a > b")).map(|it| it.depth()), Some(2));
    assert_eq!(Place::of_target(&css("#only")), None);
}

#[test]
fn a_path_goes_on_from_its_last_leap() {
    let place = Place::of_target(&xpath("//*[@id='list']/tbody/tr[2]/td[1]/a")).unwrap();
    assert_eq!(place.depth(), 4);
    assert!(place.is_in_row());
    let leap = Place::of_target(&xpath("//form//p/input")).unwrap();
    assert_eq!(leap.depth(), 2);
}

proptest! {
    #[test]
    fn it_stays_between_nothing_and_all(a in paths(), b in paths()) {
        let found = likeness(&a, &b);
        prop_assert!((0.0..=1.0).contains(&found));
        prop_assert!((likeness(&a, &a) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn nothing_that_is_written_as_a_locator_breaks_the_reader(text in "\\PC{0,60}") {
        drop(Place::of_target(&xpath(&text)));
        drop(Place::of_target(&css(&text)));
    }
}

fn paths() -> impl Strategy<Value = String> {
    let step = prop::sample::select(vec!["div", "div[2]", "form", "ul", "li[3]", "tr[2]", "a"]);
    prop::collection::vec(step, 1..12).prop_map(|steps| format!("/html/body/{}", steps.join("/")))
}
