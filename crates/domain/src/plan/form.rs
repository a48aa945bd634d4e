//! The JSON form of a plan: what a client posts, what is stored, what a trace shows.

use super::format::ValueFormat;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Ordered steps to try.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanForm {
    /// The steps, first to last.
    #[schema(min_items = 1, max_items = 500)]
    pub steps: Vec<StepForm>,
}

/// What a step does. Each action takes its own fields of the step.
///
/// | action | takes |
/// | --- | --- |
/// | `navigate` | `url` |
/// | `click`, `double_click`, `clear`, `check`, `uncheck`, `hover` | `target` |
/// | `fill` | `target`, `value`, optionally `format` |
/// | `press` | `key`, optionally `target` |
/// | `select` | `target`, `value` or `values` (an option's value or its label) |
/// | `drag` | `target`, `to` |
/// | `scroll` | `target` (into view) or `by` |
/// | `upload` | `target`, `files` |
/// | `wait_for` | `target` with `state`, or `expect` |
/// | `extract` | `target`, `as`, optionally `shape` and `attribute` |
/// | `screenshot` | optionally `as` |
/// | `back`, `reload` | nothing |
/// | `switch_frame` | `target` (an iframe); without one, back to the page itself |
/// | `switch_tab` | `tab`: `newest`, `first`, or a glob for its URL |
/// | `handle_dialog` | `accept`, optionally `value` (the answer to a prompt) |
/// | `assert` | `expect` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionName {
    /// Go to a URL.
    Navigate,
    /// Press and release the main mouse button over the target.
    Click,
    /// Click twice in a row.
    DoubleClick,
    /// Replace the content of a control.
    Fill,
    /// Empty a control.
    Clear,
    /// Press a key or a chord, as in `Enter` or `Control+A`.
    Press,
    /// Choose one or more options of a `select`.
    Select,
    /// Tick a checkbox or choose a radio button.
    Check,
    /// Untick a checkbox.
    Uncheck,
    /// Move the pointer over the target.
    Hover,
    /// Drag one element onto another.
    Drag,
    /// Scroll the target into view, or the page by a distance.
    Scroll,
    /// Give files to a file input.
    Upload,
    /// Wait for an element's state or for conditions.
    WaitFor,
    /// Read something from the page into the task's result.
    Extract,
    /// Take a picture of the page.
    Screenshot,
    /// One step back in the tab's history.
    Back,
    /// Load the page again.
    Reload,
    /// Act inside an iframe from here on.
    SwitchFrame,
    /// Act in another tab from here on.
    SwitchTab,
    /// Answer the dialog that is open, or the next one that opens.
    HandleDialog,
    /// Check conditions without acting.
    Assert,
}

impl ActionName {
    /// The name as it stands in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Navigate => "navigate",
            Self::Click => "click",
            Self::DoubleClick => "double_click",
            Self::Fill => "fill",
            Self::Clear => "clear",
            Self::Press => "press",
            Self::Select => "select",
            Self::Check => "check",
            Self::Uncheck => "uncheck",
            Self::Hover => "hover",
            Self::Drag => "drag",
            Self::Scroll => "scroll",
            Self::Upload => "upload",
            Self::WaitFor => "wait_for",
            Self::Extract => "extract",
            Self::Screenshot => "screenshot",
            Self::Back => "back",
            Self::Reload => "reload",
            Self::SwitchFrame => "switch_frame",
            Self::SwitchTab => "switch_tab",
            Self::HandleDialog => "handle_dialog",
            Self::Assert => "assert",
        }
    }

    /// Whether it leaves everything as it is.
    #[must_use]
    pub const fn only_looks(self) -> bool {
        matches!(self, Self::Extract | Self::WaitFor | Self::Assert | Self::Screenshot)
    }

    /// Whether it can do what a step with another action is for. Nothing sees what a step looks at but
    /// looking: pressing a button may lead on to it, and is no way to read.
    #[must_use]
    pub fn stands_in_for(self, planned: Self) -> bool {
        self == planned || !planned.only_looks()
    }
}

/// One step. Strings may hold placeholders: `{{inputs.NAME}}` anywhere, `{{secrets.NAME}}` only in
/// `value` and in the text of files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepForm {
    /// What the step is for, in words; a fallback may leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    pub intent: Option<String>,
    /// What to do.
    pub action: ActionName,
    /// The element to act on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<TargetForm>,
    /// The text to type, the option to choose, or the answer to a prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100_000)]
    pub value: Option<String>,
    /// Write the value of a `fill` so, whatever format it comes in: with `DD.MM.YYYY`, the input
    /// `2026-04-27` is typed as `27.04.2026`. One that has this format already is typed as it is.
    /// The value must be readable in one way only: `03/04/2026` and `1,234` are refused, and so are
    /// secrets. Left out, the value is typed as it is; where the page does not take it so and names
    /// another format, that is tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "DD.MM.YYYY")]
    pub format: Option<ValueFormat>,
    /// Several options to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<Vec<String>>,
    /// A key or chord: `Enter`, `Escape`, `ArrowDown`, `a`, `Control+A`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where to go: absolute, or relative to the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where to drop what is dragged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<TargetForm>,
    /// How far to scroll.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ScrollBy>,
    /// The files to upload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<FileForm>>,
    /// The name under which the result keeps what was read.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub save_as: Option<String>,
    /// The shape of what is read; `text` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<Shape>,
    /// The attribute to read, with the shape `attribute`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// The state to wait for; `visible` when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ElementState>,
    /// `newest`, `first`, or a glob for the tab's URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    /// Whether to accept (true) or dismiss (false) the dialog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accept: Option<bool>,
    /// What must hold after the step; all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<ConditionForm>,
    /// Other ways to the same end, tried in order when this one fails.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion, max_items = 10)]
    pub fallbacks: Vec<StepForm>,
    /// How long the step may take, its waiting included; 10 s when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 100, maximum = 300_000)]
    pub timeout_ms: Option<u32>,
    /// Take a screenshot after the step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub screenshot: bool,
}

impl StepForm {
    /// A step of this action with nothing else in it.
    #[must_use]
    pub const fn of(action: ActionName) -> Self {
        Self {
            intent: None,
            action,
            target: None,
            value: None,
            format: None,
            values: None,
            key: None,
            url: None,
            to: None,
            by: None,
            files: None,
            save_as: None,
            shape: None,
            attribute: None,
            state: None,
            tab: None,
            accept: None,
            expect: None,
            fallbacks: Vec::new(),
            timeout_ms: None,
            screenshot: false,
        }
    }
}

/// How to find one element: exactly one kind of locator, narrowed at will. Names, labels and texts
/// match whole (white space folded) unless `exact` is false, which matches a part in any case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetForm {
    /// A CSS selector; sees through open shadow roots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub css: Option<String>,
    /// An XPath 1.0 expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xpath: Option<String>,
    /// The value of `data-testid`, `data-test-id`, `data-test`, `data-cy` or `data-qa`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_id: Option<String>,
    /// An ARIA role, best together with `name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The accessible name; only with `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The text of the control's label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The element's visible text; the innermost element that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The control's placeholder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<String>,
    /// Whether names, labels and texts match whole (the default) or in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact: Option<bool>,
    /// Search inside this element only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub within: Option<Box<TargetForm>>,
    /// Which of several matches to take, from 0. Without it the match must be the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nth: Option<u32>,
}

impl TargetForm {
    /// The same with its defaults: two ways to write one target are equal then.
    #[must_use]
    pub fn spelled_out(&self) -> Self {
        let within = self.within.as_deref().map(|outer| Box::new(outer.spelled_out()));
        Self { exact: Some(self.exact.unwrap_or(true)), within, ..self.clone() }
    }
}

/// Conditions; all that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConditionForm {
    /// A glob for the page's URL: `*` stops at a slash, `**` does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The page's title, whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// At least one such element is visible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<TargetForm>,
    /// No such element is visible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<TargetForm>,
    /// The page shows this text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// A control holds this value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<ValueForm>,
    /// The page received this network answer during the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<ResponseForm>,
    /// A file whose name matches this glob was downloaded during the step; it becomes an artifact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<String>,
}

/// A control and the value it must hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueForm {
    /// The control.
    pub target: TargetForm,
    /// Its value; of a `select`, the value or the label of the chosen option.
    pub equals: String,
}

/// A network answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResponseForm {
    /// A glob for the URL of the request.
    pub url: String,
    /// The HTTP status; any below 400 when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 100, maximum = 599)]
    pub status: Option<u16>,
}

/// A distance in CSS pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScrollBy {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// A file to upload, its content in place: workers may run on other machines than the client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FileForm {
    /// The file's name.
    pub name: String,
    /// Its content as text; this or `base64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its content in base64; this or `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// The shape of what `extract` reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The text of one element, or the value of a control.
    #[default]
    Text,
    /// One attribute of one element.
    Attribute,
    /// The texts of all matches.
    List,
    /// The rows of a table, as objects keyed by its header cells.
    Table,
}

/// A state to wait for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ElementState {
    /// Exactly one match, and it can be seen.
    #[default]
    Visible,
    /// No match can be seen.
    Hidden,
    /// A match is in the document.
    Attached,
    /// No match is in the document.
    Detached,
}
