//! What a page offers: its interactive elements and its landmarks, each with a fingerprint.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Everything by which an element can be found again after the page changed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Fingerprint {
    /// Tag name, in lower case.
    pub tag: String,
    /// The `type` of an input or button.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// ARIA role, given or implied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Accessible name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Visible text, at most 120 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The text of its label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its placeholder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// The `name` attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name_attribute: Option<String>,
    /// The `id` attribute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The test id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_id: Option<String>,
    /// The address of a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// Other attributes that tell it apart (class, aria-*, title, alt, value of buttons, …).
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// Text beside it, at most 120 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub neighbour_text: String,
    /// Absolute XPath.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub xpath: String,
    /// A CSS path from the nearest id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub css_path: String,
    /// Where it is on the page, in CSS pixels.
    #[serde(rename = "box")]
    pub bounds: Bounds,
    /// The URL of the frame it is in, unless that is the page itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame: Option<String>,
    /// How many shadow roots it lies under.
    #[serde(skip_serializing_if = "is_zero")]
    pub shadow_depth: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A box in CSS pixels, from the top left corner of the page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Bounds {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

/// An element as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Element {
    /// What it looks like.
    #[serde(flatten)]
    pub fingerprint: Fingerprint,
    /// Whether it can be acted upon. What cannot is there to be read: a table, a heading, a text
    /// with an id.
    #[serde(skip_serializing_if = "is_true")]
    pub interactive: bool,
    /// Whether it can be used.
    pub enabled: bool,
    /// Whether it is ticked or chosen, for what can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<bool>,
    /// The value of a control; that of a password field is masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

impl Default for Element {
    fn default() -> Self {
        Self {
            fingerprint: Fingerprint::default(),
            interactive: true,
            enabled: false,
            checked: None,
            value: None,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_true(value: &bool) -> bool {
    *value
}

/// What can be acted upon in a page, in document order; after it what can be read, likewise.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Snapshot {
    /// The page's URL.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its visible interactive elements, and after them at most a hundred others to read from.
    pub elements: Vec<Element>,
    /// Whether there were more interactive ones than were kept.
    pub truncated: bool,
}
