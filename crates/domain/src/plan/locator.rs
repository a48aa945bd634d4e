//! A target: which one element a step means.

use super::form::TargetForm;
use super::values::Values;
use super::{css, roles, xpath};
use crate::invalid::Faults;
use serde::Serialize;

/// How an element is found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Locator {
    /// By CSS selector, through open shadow roots.
    Css {
        /// The selector.
        selector: String,
    },
    /// By XPath 1.0, in the document itself.
    Xpath {
        /// The expression.
        expression: String,
    },
    /// By test id.
    TestId {
        /// The id.
        id: String,
    },
    /// By ARIA role and, usually, accessible name.
    Role {
        /// The role.
        role: String,
        /// The accessible name.
        name: Option<String>,
    },
    /// By the text of a control's label.
    Label {
        /// The label.
        text: String,
    },
    /// By visible text.
    Text {
        /// The text.
        text: String,
    },
    /// By placeholder.
    Placeholder {
        /// The placeholder.
        text: String,
    },
}

/// A locator with what narrows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// How the element is found.
    pub locator: Locator,
    /// Whether names, labels and texts match whole.
    pub exact: bool,
    /// Inside which element.
    pub within: Option<Box<Target>>,
    /// Which of several matches.
    pub nth: Option<u32>,
}

const WITHIN_LIMIT: usize = 5;

impl Target {
    /// Reads the form, its placeholders filled in.
    pub(crate) fn parse(
        form: &TargetForm,
        values: &Values,
        field: &str,
        faults: &mut Faults,
    ) -> Option<Self> {
        Self::parse_nested(form, values, field, faults, WITHIN_LIMIT)
    }

    fn parse_nested(
        form: &TargetForm,
        values: &Values,
        field: &str,
        faults: &mut Faults,
        depth: usize,
    ) -> Option<Self> {
        let locator = parse_locator(form, values, field, faults);
        let within = match form.within.as_deref() {
            None => None,
            Some(_) if depth == 0 => {
                faults.add(
                    format!("{field}.within"),
                    format!("targets nest at most {WITHIN_LIMIT} deep"),
                );
                return None;
            }
            Some(outer) => {
                let field = format!("{field}.within");
                Some(Box::new(Self::parse_nested(outer, values, &field, faults, depth - 1)?))
            }
        };
        Some(Self { locator: locator?, exact: form.exact.unwrap_or(true), within, nth: form.nth })
    }
}

fn parse_locator(
    form: &TargetForm,
    values: &Values,
    field: &str,
    faults: &mut Faults,
) -> Option<Locator> {
    let (kind, text) = faults.keep(field, the_only_kind(form))?;
    if form.name.is_some() && kind != "role" {
        faults.add(format!("{field}.name"), "an accessible name goes with `role`");
        return None;
    }
    let at = format!("{field}.{kind}");
    let text = faults.keep(&at, values.fill_open(text))?;
    if text.trim().is_empty() {
        faults.add(at, "must not be empty");
        return None;
    }
    match kind {
        "css" => faults.keep(&at, css::check(&text)).map(|()| Locator::Css { selector: text }),
        "xpath" => {
            faults.keep(&at, xpath::check(&text)).map(|()| Locator::Xpath { expression: text })
        }
        "test_id" => Some(Locator::TestId { id: text }),
        "role" => {
            let name = match &form.name {
                None => None,
                Some(name) => Some(faults.keep(&format!("{field}.name"), values.fill_open(name))?),
            };
            let role = faults.keep(&at, roles::check(&text))?;
            Some(Locator::Role { role, name })
        }
        "label" => Some(Locator::Label { text }),
        "text" => Some(Locator::Text { text }),
        _ => Some(Locator::Placeholder { text }),
    }
}

/// The one kind of locator the form gives, and its text.
fn the_only_kind(form: &TargetForm) -> Result<(&'static str, &str), String> {
    let kinds = [
        ("css", &form.css),
        ("xpath", &form.xpath),
        ("test_id", &form.test_id),
        ("role", &form.role),
        ("label", &form.label),
        ("text", &form.text),
        ("placeholder", &form.placeholder),
    ];
    let given: Vec<(&str, &str)> = kinds
        .into_iter()
        .filter_map(|(kind, text)| text.as_deref().map(|text| (kind, text)))
        .collect();
    if let &[only] = given.as_slice() {
        return Ok(only);
    }
    let found = given.iter().map(|(kind, _)| format!("`{kind}`")).collect::<Vec<_>>();
    let found = if found.is_empty() { "none".into() } else { found.join(" and ") };
    let kinds = kinds.map(|(kind, _)| format!("`{kind}`")).join(", ");
    Err(format!("must have exactly one of {kinds}; found {found}"))
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.locator {
            Locator::Css { selector } => write!(f, "css `{selector}`")?,
            Locator::Xpath { expression } => write!(f, "xpath `{expression}`")?,
            Locator::TestId { id } => write!(f, "test id `{id}`")?,
            Locator::Role { role, name: Some(name) } => write!(f, "{role} named `{name}`")?,
            Locator::Role { role, name: None } => write!(f, "role `{role}`")?,
            Locator::Label { text } => write!(f, "label `{text}`")?,
            Locator::Text { text } => write!(f, "text `{text}`")?,
            Locator::Placeholder { text } => write!(f, "placeholder `{text}`")?,
        }
        if let Some(nth) = self.nth {
            write!(f, " (match {nth})")?;
        }
        if let Some(within) = &self.within {
            write!(f, " within {within}")?;
        }
        Ok(())
    }
}
