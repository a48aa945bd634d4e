//! The checked steps of a plan.

use super::condition::{Conditions, Glob};
use super::form::{ElementState, ScrollBy, Shape, StepForm};
use super::locator::Target;
use super::values::Value;
use std::time::Duration;

/// What one step does, with everything filled in.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Go to a URL.
    Navigate {
        /// Absolute, or relative to the page.
        url: String,
    },
    /// Click.
    Click {
        /// On what.
        target: Target,
    },
    /// Click twice.
    DoubleClick {
        /// On what.
        target: Target,
    },
    /// Replace a control's content.
    Fill {
        /// The control.
        target: Target,
        /// What to type.
        value: Value,
    },
    /// Empty a control.
    Clear {
        /// The control.
        target: Target,
    },
    /// Press a key or chord.
    Press {
        /// Where; the focused element when `None`.
        target: Option<Target>,
        /// The key.
        key: String,
    },
    /// Choose options.
    Select {
        /// The `select`.
        target: Target,
        /// Values or labels.
        options: Vec<Value>,
    },
    /// Tick.
    Check {
        /// The checkbox or radio button.
        target: Target,
    },
    /// Untick.
    Uncheck {
        /// The checkbox.
        target: Target,
    },
    /// Move the pointer.
    Hover {
        /// Over what.
        target: Target,
    },
    /// Drag and drop.
    Drag {
        /// What.
        target: Target,
        /// Onto what.
        to: Target,
    },
    /// Scroll.
    Scroll {
        /// What to bring into view; the page when `None`.
        target: Option<Target>,
        /// How far.
        by: ScrollBy,
    },
    /// Give files to an input.
    Upload {
        /// The file input.
        target: Target,
        /// The files.
        files: Vec<UploadFile>,
    },
    /// Wait for an element, or for the step's conditions when `None`.
    WaitFor {
        /// The element and its state.
        target: Option<(Target, ElementState)>,
    },
    /// Read from the page.
    Extract(Extract),
    /// Take a picture.
    Screenshot {
        /// Its name.
        save_as: Option<String>,
    },
    /// Back in history.
    Back,
    /// Load again.
    Reload,
    /// Act inside an iframe, or in the page itself when `None`.
    SwitchFrame {
        /// The iframe.
        target: Option<Target>,
    },
    /// Act in another tab.
    SwitchTab {
        /// Which.
        tab: Tab,
    },
    /// Answer a dialog.
    HandleDialog {
        /// Accept or dismiss.
        accept: bool,
        /// The answer to a prompt.
        text: Option<Value>,
    },
    /// Only check the step's conditions.
    Assert,
}

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extract {
    /// From where.
    pub target: Target,
    /// The result's key.
    pub save_as: String,
    /// In which shape.
    pub shape: Shape,
    /// The attribute, with the shape `attribute`.
    pub attribute: Option<String>,
}

/// Which tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tab {
    /// The one opened last.
    Newest,
    /// The one the run began in.
    First,
    /// The one whose URL fits.
    Url(Glob),
}

/// A file with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadFile {
    /// Its name, without folders.
    pub name: String,
    /// Its content.
    pub content: FileContent,
}

/// The content of a file to upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent {
    /// Text, perhaps with secrets.
    Text(Value),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl FileContent {
    /// The bytes. Only the browser call may ask.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        match self {
            Self::Text(value) => value.reveal().as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl Action {
    /// The element acted upon, if there is one.
    #[must_use]
    pub const fn target(&self) -> Option<&Target> {
        match self {
            Self::Click { target }
            | Self::DoubleClick { target }
            | Self::Fill { target, .. }
            | Self::Clear { target }
            | Self::Select { target, .. }
            | Self::Check { target }
            | Self::Uncheck { target }
            | Self::Hover { target }
            | Self::Drag { target, .. }
            | Self::Upload { target, .. }
            | Self::WaitFor { target: Some((target, _)) } => Some(target),
            Self::Press { target, .. }
            | Self::Scroll { target, .. }
            | Self::SwitchFrame { target } => target.as_ref(),
            Self::Extract(extract) => Some(&extract.target),
            Self::Navigate { .. }
            | Self::WaitFor { target: None }
            | Self::Screenshot { .. }
            | Self::Back
            | Self::Reload
            | Self::SwitchTab { .. }
            | Self::HandleDialog { .. }
            | Self::Assert => None,
        }
    }
}

/// One step, ready to be carried out: the step itself and its fallbacks are `ways` to one end.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanStep {
    /// What the step is for, in words.
    pub intent: String,
    /// What to do.
    pub action: Action,
    /// What must hold afterwards.
    pub expect: Conditions,
    /// Other ways to the same end.
    pub fallbacks: Vec<PlanStep>,
    /// How long it may take.
    pub timeout: Duration,
    /// Whether to take a screenshot afterwards.
    pub screenshot: bool,
    /// The form it was read from: what a trace shows.
    pub form: StepForm,
}
