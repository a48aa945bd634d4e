//! Pages and elements for tests, as a snapshot would show them.

use crate::heal::{Place, Wanted};
use crate::plan::{ActionName, Locator, Target};
use crate::snapshot::{Bounds, Element, Fingerprint, Snapshot};

fn element(tag: &str, role: &str, name: &str) -> Fingerprint {
    Fingerprint {
        tag: tag.into(),
        role: Some(role.into()),
        name: name.into(),
        bounds: Bounds { x: 0.0, y: 0.0, width: 80.0, height: 20.0 },
        ..Fingerprint::default()
    }
}

pub(super) fn button(name: &str) -> Fingerprint {
    Fingerprint {
        input_type: Some("submit".into()),
        text: name.into(),
        ..element("button", "button", name)
    }
}

/// `<input type="submit" name="…" value="…">`
pub(super) fn submit(name: &str, attribute: &str) -> Fingerprint {
    Fingerprint {
        input_type: Some("submit".into()),
        name_attribute: Some(attribute.into()),
        text: name.into(),
        attributes: [("value".to_owned(), name.to_owned())].into(),
        ..element("input", "button", name)
    }
}

pub(super) fn link(name: &str, href: &str) -> Fingerprint {
    Fingerprint { text: name.into(), href: Some(href.into()), ..element("a", "link", name) }
}

/// An input of a type, with a label.
pub(super) fn field(input_type: &str, label: &str) -> Fingerprint {
    let role = match input_type {
        "checkbox" => "checkbox",
        "radio" => "radio",
        "search" => "searchbox",
        "number" => "spinbutton",
        "file" => "button",
        _ => "textbox",
    };
    Fingerprint {
        input_type: Some(input_type.into()),
        label: Some(label.into()),
        ..element("input", role, label)
    }
}

pub(super) fn select(label: &str) -> Fingerprint {
    Fingerprint { label: Some(label.into()), ..element("select", "combobox", label) }
}

pub(super) fn with_id(id: &str, element: Fingerprint) -> Fingerprint {
    Fingerprint { id: Some(id.into()), ..element }
}

pub(super) fn with_attribute(name: &str, value: &str, element: Fingerprint) -> Fingerprint {
    let mut element = element;
    element.attributes.insert(name.into(), value.into());
    element
}

/// A page; elements without a path get one by their place.
pub(super) fn page(title: &str, elements: Vec<Fingerprint>) -> Snapshot {
    let elements = elements.into_iter().enumerate().map(|(at, mut fingerprint)| {
        if fingerprint.xpath.is_empty() {
            fingerprint.xpath = format!("/html/body/div[{}]/{}", at + 1, fingerprint.tag);
            fingerprint.css_path =
                format!("html > body > div:nth-of-type({}) > {}", at + 1, fingerprint.tag);
        }
        Element { fingerprint, enabled: true, ..Element::default() }
    });
    Snapshot {
        url: "https://site.example/".into(),
        title: title.into(),
        elements: elements.collect(),
        truncated: false,
    }
}

/// What is looked for by words alone.
pub(super) fn intent(action: ActionName, intent: &str) -> Wanted<'_> {
    Wanted {
        action,
        intent,
        goal: "",
        clues: Fingerprint::default(),
        known: false,
        place: None,
        frame: None,
    }
}

/// What was acted upon before.
pub(super) fn known(action: ActionName, intent: &str, clues: Fingerprint) -> Wanted<'_> {
    let place = Place::of_element(&clues);
    Wanted { action, intent, goal: "", clues, known: true, place, frame: None }
}

pub(super) fn css(selector: &str) -> Target {
    target(Locator::Css { selector: selector.into() })
}

pub(super) fn xpath(expression: &str) -> Target {
    target(Locator::Xpath { expression: expression.into() })
}

pub(super) fn target(locator: Locator) -> Target {
    Target { locator, exact: true, within: None, nth: None }
}
