//! What becomes of values in texts and elements.

use super::*;
use crate::plan::TargetForm;
use crate::snapshot::Fingerprint;
use proptest::prelude::*;

fn inputs(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn lifter(typed: &[&str], began: &str) -> Lifter {
    let typed = typed.iter().map(|text| (*text).to_owned()).collect();
    Lifter::with(
        &inputs(&[("user", "ada"), ("full", "ada lovelace"), ("no", "7")]),
        &typed,
        address_words(began),
    )
}

#[test]
fn values_become_placeholders_longest_first_and_as_whole_words() {
    let lifter = lifter(&[], "");
    for (text, expected) in [
        ("delete ada", "delete {{inputs.user}}"),
        ("ada lovelace", "{{inputs.full}}"),
        ("adamant cicada", "adamant cicada"),
        ("(ada), ada's", "({{inputs.user}}), {{inputs.user}}'s"),
        ("row 7", "row 7"),
        ("Ada", "Ada"),
        ("{{inputs.user}} ada", "{{inputs.user}} {{inputs.user}}"),
        ("{{ada ada", "{{{{inputs.user}} {{inputs.user}}"),
    ] {
        assert_eq!(lifter.lift_text(text), expected);
    }
}

#[test]
fn a_name_of_an_input_is_not_a_value_inside_a_placeholder() {
    let lifter = Lifter::new(&inputs(&[("kind", "user"), ("user", "inputs")]));
    assert_eq!(lifter.lift_text("{{inputs.user}}"), "{{inputs.user}}");
}

#[test]
fn what_was_typed_literally_is_not_kept_of_an_element() {
    let lifter = lifter(&["grace"], "");
    let mut element = Fingerprint {
        tag: "a".into(),
        name: "Delete grace".into(),
        text: "ada".into(),
        href: Some("/users/grace/delete".into()),
        id: Some("delete-ada".into()),
        attributes: [("title", "Delete grace"), ("class", "link")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        ..Fingerprint::default()
    };
    lifter.lift(&mut element);
    let expected = Fingerprint {
        tag: "a".into(),
        text: "{{inputs.user}}".into(),
        id: Some("delete-{{inputs.user}}".into()),
        attributes: [("class".to_owned(), "link".to_owned())].into(),
        ..Fingerprint::default()
    };
    assert_eq!(element, expected);
    assert_eq!(lifter.lift_text("delete grace"), "delete …");
}

#[test]
fn the_values_of_the_next_task_take_the_place_of_those_of_the_last() {
    let mut element = Fingerprint { name: "Delete ada".into(), ..Fingerprint::default() };
    lifter(&[], "").lift(&mut element);
    let mut there = element.clone();
    Lifter::new(&inputs(&[("user", "bob")])).fill(&mut there);
    assert_eq!(there.name, "Delete bob");
    Lifter::new(&inputs(&[])).fill(&mut element);
    assert_eq!(element.name, "", "what has no value here is not known");
}

#[test]
fn a_value_is_found_as_addresses_write_it() {
    for href in ["/find?q=ada%20lovelace", "/find?q=ada+lovelace"] {
        let mut element = Fingerprint { href: Some(href.into()), ..Fingerprint::default() };
        lifter(&[], "").lift(&mut element);
        assert_eq!(element.href, None, "{href}");
    }
}

#[test]
fn words_of_the_first_address_stay_in_addresses_but_not_in_words() {
    let lifter = lifter(&["admin"], "/admin/login/?next");
    let mut element = Fingerprint {
        href: Some("/admin/auth/ada/".into()),
        name: "Welcome, admin".into(),
        ..Fingerprint::default()
    };
    lifter.lift(&mut element);
    assert_eq!(element.href.as_deref(), Some("/admin/auth/{{inputs.user}}/"));
    assert_eq!(element.name, "");
    assert_eq!(lifter.lift_page("/admin/auth/ada/?q"), "/admin/auth/{id}/?q");
}

#[test]
fn a_format_with_placeholders_stands_for_its_value() {
    let lifter = lifter(&["{{inputs.user}}@example.com", "{{secrets.code}}"], "");
    assert_eq!(lifter.lift_text("mail ada@example.com"), "mail {{inputs.user}}@example.com");
}

#[test]
fn a_target_says_whether_it_said_something_typed() {
    let lifter = lifter(&["grace"], "");
    let mut target = TargetForm {
        css: Some("a[title='ada']".into()),
        within: Some(Box::new(TargetForm { text: Some("ada".into()), ..TargetForm::default() })),
        ..TargetForm::default()
    };
    assert!(!lifter.lift_target(&mut target));
    assert_eq!(target.css.as_deref(), Some("a[title='{{inputs.user}}']"));
    assert_eq!(target.within.unwrap().text.as_deref(), Some("{{inputs.user}}"));
    let mut named = TargetForm { text: Some("row of grace".into()), ..TargetForm::default() };
    assert!(lifter.lift_target(&mut named));
}

#[test]
fn values_do_not_print_themselves() {
    assert!(!format!("{:?}", lifter(&["grace"], "")).contains("ada"));
}

proptest! {
    #[test]
    fn lifting_and_filling_give_back_what_was_there(
        text in "[a-d ]{0,40}",
        values in proptest::collection::btree_map("[e-h]{1,4}", "[a-d ]{0,6}", 0..4),
    ) {
        let lifter = Lifter::new(&values);
        let lifted = lifter.lift_text(&text);
        prop_assert_eq!(lifter.fill_text(&lifted), Some(text));
    }

    #[test]
    fn an_element_keeps_no_whole_word_of_what_was_typed(
        value in "[a-z]{3,8}", before in "[a-z ]{0,12}", after in "[a-z ]{0,12}",
    ) {
        let said = format!("{before} {value} {after}");
        let mut element = Fingerprint {
            name: said.clone(),
            text: said.clone(),
            label: Some(said.clone()),
            neighbour_text: said.clone(),
            href: Some(format!("/{value}/x")),
            id: Some(format!("row-{value}")),
            attributes: [("data-x".to_owned(), said.clone())].into(),
            ..Fingerprint::default()
        };
        Lifter::with(&BTreeMap::new(), &BTreeSet::from([value.clone()]), BTreeSet::new())
            .lift(&mut element);
        let values = [&element.name, &element.text, &element.neighbour_text];
        prop_assert!(values.iter().all(|text| text.is_empty()), "{:?}", element);
        prop_assert_eq!((element.label, element.href, element.id), (None, None, None));
        prop_assert!(element.attributes.is_empty());
    }
}
