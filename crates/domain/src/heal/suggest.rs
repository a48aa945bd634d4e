//! How an element of a snapshot is located: the steadiest locators first.

use crate::heal::clues::generated::is_generated;
use crate::heal::explore::is_password;
use crate::heal::kind::Kind;
use crate::invalid::Faults;
use crate::plan::{Target, TargetForm, Values};
use crate::snapshot::Fingerprint;
use cssparser::{serialize_identifier, serialize_string};

/// Longer texts are prose, and prose is edited.
const LONGEST: usize = 80;

/// Locators for an element, steadiest first. Whoever uses one checks that it matches this element
/// alone.
///
/// The order follows how often a property survived real changes (FIELD: `name` .95, text .95,
/// `href` .88, `id` .87, role .85), with the test id first, which is there to be found by, and what
/// people read ahead of what they do not. Paths come last.
#[must_use]
pub fn locators(element: &Fingerprint) -> Vec<TargetForm> {
    let mut found = Vec::new();
    let steady = |key: &Option<String>| key.clone().filter(|key| !is_generated(key));
    if let Some(id) = steady(&element.test_id) {
        found.push(TargetForm { test_id: Some(id), ..TargetForm::default() });
    }
    if let Some(id) = steady(&element.id) {
        found.push(css(format!("#{}", identifier(&id))));
    }
    let name = element.name.trim();
    if let Some(role) = element.role.clone().filter(|_| !name.is_empty()) {
        let (role, name) = (Some(role), Some(name.to_owned()));
        found.push(exact(TargetForm { role, name, ..TargetForm::default() }));
    }
    if let Some(label) = &element.label {
        let label = Some(label.trim().to_owned());
        found.push(exact(TargetForm { label, ..TargetForm::default() }));
    }
    if let Some(hint) = &element.placeholder {
        let placeholder = Some(hint.trim().to_owned());
        found.push(exact(TargetForm { placeholder, ..TargetForm::default() }));
    }
    found.extend(by_attributes(element).map(css));
    if Kind::of(element) == Kind::Press && !element.text.trim().is_empty() {
        let text = Some(element.text.trim().to_owned());
        found.push(exact(TargetForm { text, ..TargetForm::default() }));
    }
    if !element.css_path.is_empty() {
        found.push(css(element.css_path.clone()));
    }
    found.retain(is_usable);
    found
}

fn css(selector: String) -> TargetForm {
    TargetForm { css: Some(selector), ..TargetForm::default() }
}

fn exact(form: TargetForm) -> TargetForm {
    TargetForm { exact: Some(true), ..form }
}

/// Selectors by tag and attributes. Of what holds a password, nothing that may be its value.
fn by_attributes(element: &Fingerprint) -> impl Iterator<Item = String> {
    let tag = if element.tag.is_empty() { "*".to_owned() } else { identifier(&element.tag) };
    let attribute = |name: &str| element.attributes.get(name).filter(|value| !value.is_empty());
    let with = |name: &str, value: &String| format!("[{name}={}]", string(value));
    let value = attribute("value").filter(|_| !is_password(element));
    let mut found = Vec::new();
    if let Some(name) = element.name_attribute.as_ref().filter(|name| !is_generated(name)) {
        // What is ticked and what submits shares its name with others, and has a value of its own.
        let value = value.map_or_else(String::new, |value| with("value", value));
        found.push(format!("{tag}{}{value}", with("name", name)));
    }
    if let Some(href) = element.href.as_ref().filter(|href| !href.is_empty()) {
        found.push(format!("{tag}{}", with("href", href)));
    }
    for name in ["aria-label", "title", "alt"] {
        if let Some(said) = attribute(name) {
            found.push(format!("{tag}{}", with(name, said)));
        }
    }
    let kind = element.input_type.as_ref().filter(|kind| *kind != "text");
    if let (Kind::Field | Kind::File, Some(kind)) = (Kind::of(element), kind) {
        found.push(format!("{tag}{}", with("type", kind)));
    }
    found.into_iter()
}

fn identifier(text: &str) -> String {
    let mut escaped = String::new();
    // Writing into a string does not fail.
    if serialize_identifier(text, &mut escaped).is_err() { text.to_owned() } else { escaped }
}

fn string(text: &str) -> String {
    let mut escaped = String::new();
    if serialize_string(text, &mut escaped).is_err() { String::new() } else { escaped }
}

/// Whether a plan could hold it: a text with braces of its own would be read as a placeholder, and
/// one that was cut off matches nothing.
fn is_usable(form: &TargetForm) -> bool {
    let texts = [&form.name, &form.label, &form.text, &form.placeholder, &form.test_id];
    let fits = |text: &&String| text.chars().count() <= LONGEST && !text.ends_with('…');
    let short = texts.into_iter().flatten().all(|text| fits(&text));
    let selector = form.css.as_deref().is_none_or(|css| !css.contains('…') && css.len() <= 600);
    short
        && selector
        && Target::parse(form, &Values::default(), "target", &mut Faults::default()).is_some()
}

#[cfg(test)]
mod tests {
    use super::locators;
    use crate::heal::testing::{button, field, link, submit, with_attribute, with_id};
    use crate::plan::{ActionName, PlanForm, StepForm, TargetForm, Values, plan_steps};
    use crate::snapshot::Fingerprint;
    use proptest::prelude::*;

    fn shown(element: &Fingerprint) -> Vec<String> {
        locators(element).iter().map(|form| serde_json::to_string(form).unwrap()).collect()
    }

    #[track_caller]
    fn parses(target: &TargetForm) {
        let step = StepForm {
            intent: Some("click it".into()),
            target: Some(target.clone()),
            ..StepForm::of(ActionName::Click)
        };
        let plan = PlanForm { steps: vec![step] };
        assert_eq!(plan_steps(&plan, &Values::default()).err(), None, "{target:?}");
    }

    #[test]
    fn the_steadiest_come_first_and_paths_last() {
        let element = Fingerprint {
            test_id: Some("user".into()),
            placeholder: Some("ada".into()),
            name_attribute: Some("username".into()),
            css_path: "#login > input:nth-of-type(1)".into(),
            ..with_id("id_username", field("text", "User name"))
        };
        assert_eq!(
            shown(&element),
            [
                r#"{"test_id":"user"}"#,
                r##"{"css":"#id_username"}"##,
                r#"{"role":"textbox","name":"User name","exact":true}"#,
                r#"{"label":"User name","exact":true}"#,
                r#"{"placeholder":"ada","exact":true}"#,
                r#"{"css":"input[name=\"username\"]"}"#,
                r##"{"css":"#login > input:nth-of-type(1)"}"##,
            ]
        );
    }

    #[test]
    fn links_and_buttons_go_by_what_they_say_and_where_they_lead() {
        assert_eq!(
            shown(&link("Users", "/users/?a=\"b\"")),
            [
                r#"{"role":"link","name":"Users","exact":true}"#,
                r#"{"css":"a[href=\"/users/?a=\\\"b\\\"\"]"}"#,
                r#"{"text":"Users","exact":true}"#,
            ]
        );
        assert!(
            shown(&submit("Save", "_save"))
                .contains(&r#"{"css":"input[name=\"_save\"][value=\"Save\"]"}"#.to_owned())
        );
    }

    #[test]
    fn what_programs_make_up_is_no_locator() {
        let element = Fingerprint {
            test_id: Some("item-48213".into()),
            name_attribute: Some("field_99".into()),
            ..with_id("ember123", button("Save"))
        };
        assert_eq!(
            shown(&element),
            [r#"{"role":"button","name":"Save","exact":true}"#, r#"{"text":"Save","exact":true}"#,]
        );
    }

    #[test]
    fn long_texts_passwords_and_braces_are_left_out() {
        assert_eq!(shown(&button(&"word ".repeat(17))), [] as [&str; 0]);
        assert_eq!(shown(&button("Hello {{ user }}")), [] as [&str; 0]);
        let password = with_attribute(
            "value",
            "hunter2",
            Fingerprint { name_attribute: Some("pass".into()), ..field("password", "Password") },
        );
        assert!(!shown(&password).iter().any(|form| form.contains("hunter2")));
    }

    proptest! {
        #[test]
        fn every_suggestion_is_a_target(a in "\\PC{0,20}", b in "[\\x00-\\x7f]{0,20}", c in "[0-9#.:\\-]{0,8}") {
            let element = Fingerprint {
                placeholder: Some(b.clone()),
                name_attribute: Some(a.clone()),
                test_id: Some(b.clone()),
                ..with_id(&c, with_attribute("title", &a, field("email", &b)))
            };
            for form in locators(&element).iter().chain(&locators(&link(&a, &b))) {
                parses(form);
            }
        }
    }
}
