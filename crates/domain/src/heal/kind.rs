//! Kinds of elements, and what can be done with each.

use crate::plan::ActionName;
use crate::snapshot::Fingerprint;

/// What an element is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Pressed: buttons, links, tabs, items of menus.
    Press,
    /// Typed into.
    Field,
    /// Ticked.
    Check,
    /// Chosen from: a `select`.
    Choose,
    /// Given files.
    File,
    /// Looked into: a frame.
    Frame,
    /// None of these, or not said.
    Other,
}

impl Kind {
    /// What an element, or what is known of one, is for.
    pub(super) fn of(element: &Fingerprint) -> Self {
        let role = element.role.as_deref().unwrap_or_default();
        match (element.tag.as_str(), element.input_type.as_deref()) {
            ("input", Some("checkbox" | "radio")) => return Self::Check,
            ("input", Some("submit" | "button" | "reset" | "image")) => return Self::Press,
            ("input" | "", Some("file")) => return Self::File,
            ("select", _) => return Self::Choose,
            ("iframe" | "frame", _) => return Self::Frame,
            // Whatever role it was given: an input that opens a list is typed into all the same.
            ("textarea", _) | ("input", Some(_)) => return Self::Field,
            _ => {}
        }
        match role {
            "textbox" | "searchbox" | "spinbutton" => Self::Field,
            "checkbox" | "radio" | "switch" | "menuitemcheckbox" | "menuitemradio" => Self::Check,
            // One that can be typed into is an input or editable; the others open when pressed. Of
            // a locator that says no more than this role, nobody knows.
            "combobox" | "listbox" if element.tag.is_empty() => Self::Other,
            "combobox" if is_editable(element) => Self::Field,
            "button" | "link" | "combobox" | "tab" | "menuitem" | "option" | "treeitem" => {
                Self::Press
            }
            _ if is_editable(element) => Self::Field,
            _ => match element.tag.as_str() {
                "a" | "button" | "summary" | "area" => Self::Press,
                _ => Self::Other,
            },
        }
    }

    /// Whether it holds a value.
    pub(super) const fn is_filled_in(self) -> bool {
        matches!(self, Self::Field | Self::Choose | Self::Check | Self::File)
    }

    /// Whether what was of this kind can have become one of that kind. What is not said speaks
    /// against nothing.
    pub(super) fn can_become(self, other: Self) -> bool {
        self == other || self == Self::Other || other == Self::Other
    }
}

fn is_editable(element: &Fingerprint) -> bool {
    element
        .attributes
        .get("contenteditable")
        .is_some_and(|value| matches!(value.as_str(), "" | "true" | "plaintext-only"))
}

/// Whether an action can be carried out on an element of this kind.
#[must_use]
pub fn eligible(action: ActionName, element: &Fingerprint) -> bool {
    let kind = Kind::of(element);
    match action {
        ActionName::Fill | ActionName::Clear => kind == Kind::Field,
        ActionName::Check => kind == Kind::Check,
        ActionName::Uncheck => kind == Kind::Check && !is_radio(element),
        // What only looks like a select is clicked, and so are its options.
        ActionName::Select => element.tag == "select",
        // A button may open the chooser of files; which one does shows when it is pressed.
        ActionName::Upload => matches!(kind, Kind::File | Kind::Press),
        ActionName::SwitchFrame => kind == Kind::Frame,
        ActionName::Click | ActionName::DoubleClick => !matches!(kind, Kind::Frame),
        ActionName::Press
        | ActionName::Hover
        | ActionName::Drag
        | ActionName::Scroll
        | ActionName::WaitFor
        | ActionName::Extract
        | ActionName::Assert
        | ActionName::Screenshot => true,
        ActionName::Navigate
        | ActionName::Back
        | ActionName::Reload
        | ActionName::SwitchTab
        | ActionName::HandleDialog => false,
    }
}

fn is_radio(element: &Fingerprint) -> bool {
    element.input_type.as_deref() == Some("radio")
        || matches!(element.role.as_deref(), Some("radio" | "menuitemradio"))
}

#[cfg(test)]
mod tests {
    use super::{Kind, eligible};
    use crate::heal::testing::{button, field, link, select, submit, with_attribute};
    use crate::plan::ActionName::{
        self, Check, Clear, Click, Extract, Fill, Select, Uncheck, Upload,
    };
    use crate::snapshot::Fingerprint;

    #[test]
    fn actions_go_with_what_they_can_be_carried_out_on() {
        let editable = with_attribute(
            "contenteditable",
            "true",
            Fingerprint { tag: "div".into(), ..Fingerprint::default() },
        );
        let frame = Fingerprint { tag: "iframe".into(), ..Fingerprint::default() };
        let cases: &[(ActionName, Vec<Fingerprint>, Vec<Fingerprint>)] = &[
            (
                Fill,
                vec![field("text", "a"), field("password", "a"), field("number", "a"), editable],
                vec![button("a"), field("checkbox", "a"), select("a"), submit("a", "b")],
            ),
            (Clear, vec![field("search", "a")], vec![link("a", "/")]),
            (Check, vec![field("checkbox", "a"), field("radio", "a")], vec![field("text", "a")]),
            (Uncheck, vec![field("checkbox", "a")], vec![field("radio", "a")]),
            (Select, vec![select("a")], vec![field("text", "a"), button("a")]),
            (Upload, vec![field("file", "a")], vec![field("text", "a")]),
            (Click, vec![button("a"), link("a", "/"), field("text", "a")], vec![frame]),
            (Extract, vec![button("a"), field("text", "a")], vec![]),
        ];
        for (action, fit, unfit) in cases {
            assert!(fit.iter().all(|element| eligible(*action, element)), "{action:?}");
            assert!(!unfit.iter().any(|element| eligible(*action, element)), "{action:?}");
        }
    }

    #[test]
    fn a_locator_that_does_not_say_its_kind_speaks_against_none() {
        let unsaid = Kind::of(&Fingerprint { tag: "input".into(), ..Fingerprint::default() });
        assert_eq!(unsaid, Kind::Other);
        assert!(unsaid.can_become(Kind::Check));
        assert!(!Kind::of(&link("a", "/")).can_become(Kind::Field));
        assert!(Kind::of(&link("a", "/")).can_become(Kind::of(&button("a"))));
    }
}
