//! The checked steps of a plan.

use super::condition::{Conditions, Glob};
use super::form::{ActionName, ElementState, FileForm, PlanForm, ScrollBy, Shape, StepForm};
use super::locator::Target;
use super::values::{Value, Values, is_name};
use crate::invalid::{Faults, Invalid};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
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
            | Self::Upload { target, .. } => Some(target),
            Self::Press { target, .. }
            | Self::Scroll { target, .. }
            | Self::SwitchFrame { target } => target.as_ref(),
            Self::WaitFor {
                target: Some((target, _)),
            } => Some(target),
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

/// How long a step may take when the plan does not say.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

const MAX_STEPS: usize = 500;
const MAX_FALLBACKS: usize = 10;

/// Reads a plan, its placeholders filled in.
///
/// # Errors
/// Every fault of the plan, each with the path of its field.
pub fn plan_steps(plan: &PlanForm, values: &Values) -> Result<Vec<PlanStep>, Vec<Invalid>> {
    let mut faults = Faults::default();
    if plan.steps.is_empty() || plan.steps.len() > MAX_STEPS {
        faults.add(
            "plan.steps",
            format!("must have between 1 and {MAX_STEPS} steps"),
        );
    }
    let mut steps = Vec::with_capacity(plan.steps.len());
    for (index, form) in plan.steps.iter().enumerate() {
        let field = format!("plan.steps[{index}]");
        let reader = Reader {
            form,
            values,
            field,
            inherited_intent: None,
        };
        steps.extend(reader.step(&mut faults));
    }
    faults.finish(Some(steps))
}

/// Reads one step; the fields its action does not take are faults too.
struct Reader<'a> {
    form: &'a StepForm,
    values: &'a Values,
    field: String,
    inherited_intent: Option<&'a str>,
}

impl Reader<'_> {
    fn step(&self, faults: &mut Faults) -> Option<PlanStep> {
        let intent = self.intent(faults);
        self.refuse_strangers(faults);
        let action = self.action(faults);
        let expect = self
            .form
            .expect
            .as_ref()
            .map_or_else(Conditions::default, |form| {
                Conditions::parse(form, self.values, &self.at("expect"), faults)
            });
        let fallbacks = self.fallbacks(faults);
        let timeout = self.timeout(faults);
        Some(PlanStep {
            intent: intent?,
            action: action?,
            expect,
            fallbacks,
            timeout,
            screenshot: self.form.screenshot,
            form: self.form.clone(),
        })
    }

    fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.field)
    }

    fn intent(&self, faults: &mut Faults) -> Option<String> {
        match (&self.form.intent, self.inherited_intent) {
            (Some(intent), _) if intent.trim().is_empty() || intent.chars().count() > 500 => {
                faults.add(self.at("intent"), "must have between 1 and 500 characters");
                None
            }
            (Some(intent), _) => {
                // Filled in only to find faults: the trace keeps the words as written.
                faults
                    .keep(&self.at("intent"), self.values.fill_open(intent))
                    .map(|_| intent.clone())
            }
            (None, Some(inherited)) => Some(inherited.to_owned()),
            (None, None) => {
                faults.add(
                    self.at("intent"),
                    "is required: say in words what the step is for",
                );
                None
            }
        }
    }

    fn timeout(&self, faults: &mut Faults) -> Duration {
        match self.form.timeout_ms {
            Some(ms @ 100..=300_000) => Duration::from_millis(ms.into()),
            Some(_) => {
                faults.add(self.at("timeout_ms"), "must be between 100 and 300000");
                DEFAULT_TIMEOUT
            }
            None => DEFAULT_TIMEOUT,
        }
    }

    fn fallbacks(&self, faults: &mut Faults) -> Vec<PlanStep> {
        if self.form.fallbacks.len() > MAX_FALLBACKS {
            faults.add(
                self.at("fallbacks"),
                format!("must be at most {MAX_FALLBACKS}"),
            );
        }
        if self.inherited_intent.is_some() && !self.form.fallbacks.is_empty() {
            faults.add(
                self.at("fallbacks"),
                "a fallback has no fallbacks of its own",
            );
            return Vec::new();
        }
        let mut steps = Vec::new();
        for (index, form) in self.form.fallbacks.iter().enumerate() {
            // Another way to the same end is held to the same end.
            let form = StepForm {
                expect: form.expect.clone().or(self.form.expect.clone()),
                ..form.clone()
            };
            let reader = Reader {
                form: &form,
                values: self.values,
                field: self.at(&format!("fallbacks[{index}]")),
                inherited_intent: Some(self.form.intent.as_deref().unwrap_or_default()),
            };
            steps.extend(reader.step(faults));
        }
        steps
    }

    fn refuse_strangers(&self, faults: &mut Faults) {
        let form = self.form;
        let given = [
            ("target", form.target.is_some()),
            ("value", form.value.is_some()),
            ("values", form.values.is_some()),
            ("key", form.key.is_some()),
            ("url", form.url.is_some()),
            ("to", form.to.is_some()),
            ("by", form.by.is_some()),
            ("files", form.files.is_some()),
            ("as", form.save_as.is_some()),
            ("shape", form.shape.is_some()),
            ("attribute", form.attribute.is_some()),
            ("state", form.state.is_some()),
            ("tab", form.tab.is_some()),
            ("accept", form.accept.is_some()),
        ];
        let own = fields_of(form.action);
        for (name, _) in given
            .into_iter()
            .filter(|(name, given)| *given && !own.contains(name))
        {
            let action = form.action.as_str();
            let takes = if own.is_empty() {
                "no fields of its own".into()
            } else {
                own.join(", ")
            };
            faults.add(
                self.at(name),
                format!("`{action}` does not take `{name}`; it takes {takes}"),
            );
        }
    }

    fn action(&self, faults: &mut Faults) -> Option<Action> {
        Some(match self.form.action {
            ActionName::Navigate => Action::Navigate {
                url: self.url(faults)?,
            },
            ActionName::Click => Action::Click {
                target: self.target(faults)?,
            },
            ActionName::DoubleClick => Action::DoubleClick {
                target: self.target(faults)?,
            },
            ActionName::Fill => {
                let (target, value) = (self.target(faults), self.value(faults));
                Action::Fill {
                    target: target?,
                    value: value?,
                }
            }
            ActionName::Clear => Action::Clear {
                target: self.target(faults)?,
            },
            ActionName::Press => {
                let key = self.required("key", self.form.key.as_deref(), faults);
                Action::Press {
                    target: self.optional_target(faults)?,
                    key: key?.to_owned(),
                }
            }
            ActionName::Select => {
                let (target, options) = (self.target(faults), self.options(faults));
                Action::Select {
                    target: target?,
                    options: options?,
                }
            }
            ActionName::Check => Action::Check {
                target: self.target(faults)?,
            },
            ActionName::Uncheck => Action::Uncheck {
                target: self.target(faults)?,
            },
            ActionName::Hover => Action::Hover {
                target: self.target(faults)?,
            },
            ActionName::Drag => {
                let (target, to) = (self.target(faults), self.drop_target(faults));
                Action::Drag {
                    target: target?,
                    to: to?,
                }
            }
            ActionName::Scroll => self.scroll(faults)?,
            ActionName::Upload => {
                let (target, files) = (self.target(faults), self.files(faults));
                Action::Upload {
                    target: target?,
                    files: files?,
                }
            }
            ActionName::WaitFor => self.wait_for(faults)?,
            ActionName::Extract => Action::Extract(self.extract(faults)?),
            ActionName::Screenshot => Action::Screenshot {
                save_as: self.save_as(faults)?,
            },
            ActionName::Back => Action::Back,
            ActionName::Reload => Action::Reload,
            ActionName::SwitchFrame => Action::SwitchFrame {
                target: self.optional_target(faults)?,
            },
            ActionName::SwitchTab => Action::SwitchTab {
                tab: self.tab(faults)?,
            },
            ActionName::HandleDialog => self.handle_dialog(faults)?,
            ActionName::Assert => {
                self.required("expect", self.form.expect.as_ref(), faults)?;
                Action::Assert
            }
        })
    }

    fn required<T>(&self, name: &str, value: Option<T>, faults: &mut Faults) -> Option<T> {
        if value.is_none() {
            let action = self.form.action.as_str();
            faults.add(
                self.at(name),
                format!("is required: `{action}` needs `{name}`"),
            );
        }
        value
    }

    fn target(&self, faults: &mut Faults) -> Option<Target> {
        let form = self.required("target", self.form.target.as_ref(), faults)?;
        Target::parse(form, self.values, &self.at("target"), faults)
    }

    #[expect(
        clippy::option_option,
        reason = "outer: a fault was noted; inner: none was given"
    )]
    fn optional_target(&self, faults: &mut Faults) -> Option<Option<Target>> {
        match &self.form.target {
            None => Some(None),
            Some(_) => self.target(faults).map(Some),
        }
    }

    fn drop_target(&self, faults: &mut Faults) -> Option<Target> {
        let form = self.required("to", self.form.to.as_ref(), faults)?;
        Target::parse(form, self.values, &self.at("to"), faults)
    }

    fn url(&self, faults: &mut Faults) -> Option<String> {
        let url = self.required("url", self.form.url.as_deref(), faults)?;
        let url = faults.keep(&self.at("url"), self.values.fill_open(url))?;
        faults
            .keep(&self.at("url"), crate::egress::check_reference(&url))
            .map(|()| url)
    }

    fn value(&self, faults: &mut Faults) -> Option<Value> {
        let value = self.required("value", self.form.value.as_deref(), faults)?;
        faults.keep(&self.at("value"), self.values.fill(value))
    }

    fn options(&self, faults: &mut Faults) -> Option<Vec<Value>> {
        let (name, given) = match (&self.form.value, &self.form.values) {
            (Some(value), None) => ("value", std::slice::from_ref(value)),
            (None, Some(values)) if !values.is_empty() => ("values", values.as_slice()),
            _ => {
                faults.add(
                    self.at("value"),
                    "`select` needs either `value` or `values`",
                );
                return None;
            }
        };
        given
            .iter()
            .map(|text| faults.keep(&self.at(name), self.values.fill(text)))
            .collect()
    }

    fn scroll(&self, faults: &mut Faults) -> Option<Action> {
        if self.form.target.is_none() && self.form.by.is_none() {
            faults.add(self.at("target"), "`scroll` needs `target` or `by`");
            return None;
        }
        let target = self.optional_target(faults)?;
        Some(Action::Scroll {
            target,
            by: self.form.by.unwrap_or_default(),
        })
    }

    fn files(&self, faults: &mut Faults) -> Option<Vec<UploadFile>> {
        let files = self.required("files", self.form.files.as_deref(), faults)?;
        if files.is_empty() {
            faults.add(self.at("files"), "must name at least one file");
            return None;
        }
        files
            .iter()
            .enumerate()
            .map(|(index, form)| self.file(form, &self.at(&format!("files[{index}]")), faults))
            .collect()
    }

    fn file(&self, form: &FileForm, field: &str, faults: &mut Faults) -> Option<UploadFile> {
        let plain = !form.name.is_empty() && form.name.len() <= 200 && !form.name.starts_with('.');
        if !plain || form.name.contains(['/', '\\', '\0']) {
            faults.add(
                format!("{field}.name"),
                "must be a plain file name, without folders",
            );
            return None;
        }
        let content = match (&form.text, &form.base64) {
            (Some(text), None) => {
                FileContent::Text(faults.keep(&format!("{field}.text"), self.values.fill(text))?)
            }
            (None, Some(encoded)) => FileContent::Bytes(
                faults.keep(&format!("{field}.base64"), STANDARD.decode(encoded))?,
            ),
            _ => {
                faults.add(field, "give either `text` or `base64`");
                return None;
            }
        };
        Some(UploadFile {
            name: form.name.clone(),
            content,
        })
    }

    fn wait_for(&self, faults: &mut Faults) -> Option<Action> {
        let target = self.optional_target(faults)?;
        if target.is_none() && self.form.expect.is_none() {
            faults.add(self.at("target"), "`wait_for` needs `target` or `expect`");
            return None;
        }
        if target.is_none() && self.form.state.is_some() {
            faults.add(
                self.at("state"),
                "is the state of `target`, which is missing",
            );
            return None;
        }
        let state = self.form.state.unwrap_or_default();
        Some(Action::WaitFor {
            target: target.map(|target| (target, state)),
        })
    }

    fn extract(&self, faults: &mut Faults) -> Option<Extract> {
        let target = self.target(faults);
        self.required("as", self.form.save_as.as_ref(), faults)?;
        let save_as = self.save_as(faults)??;
        let shape = self.form.shape.unwrap_or_default();
        match (shape, &self.form.attribute) {
            (Shape::Attribute, None) => {
                faults.add(self.at("attribute"), "the shape `attribute` needs its name");
                return None;
            }
            (Shape::Text | Shape::List | Shape::Table, Some(_)) => {
                faults.add(self.at("attribute"), "goes with the shape `attribute`");
                return None;
            }
            _ => {}
        }
        Some(Extract {
            target: target?,
            save_as,
            shape,
            attribute: self.form.attribute.clone(),
        })
    }

    #[expect(
        clippy::option_option,
        reason = "outer: a fault was noted; inner: none was given"
    )]
    fn save_as(&self, faults: &mut Faults) -> Option<Option<String>> {
        match self.form.save_as.as_deref() {
            None => Some(None),
            Some(name) if is_name(name) => Some(Some(name.to_owned())),
            Some(_) => {
                faults.add(
                    self.at("as"),
                    "must start with a letter or `_` and have at most 64 letters, digits, `_` or `-`",
                );
                None
            }
        }
    }

    fn tab(&self, faults: &mut Faults) -> Option<Tab> {
        let tab = self.required("tab", self.form.tab.as_deref(), faults)?;
        match tab {
            "newest" => Some(Tab::Newest),
            "first" => Some(Tab::First),
            glob => faults
                .keep(&self.at("tab"), self.values.fill_open(glob))
                .map(|url| Tab::Url(Glob::new(url))),
        }
    }

    fn handle_dialog(&self, faults: &mut Faults) -> Option<Action> {
        let accept = self.required("accept", self.form.accept, faults);
        let text = match &self.form.value {
            None => None,
            Some(_) => Some(self.value(faults)?),
        };
        if text.is_some() && accept == Some(false) {
            faults.add(self.at("value"), "a dismissed dialog takes no answer");
            return None;
        }
        Some(Action::HandleDialog {
            accept: accept?,
            text,
        })
    }
}

/// The fields each action takes, besides those every step has.
const fn fields_of(action: ActionName) -> &'static [&'static str] {
    match action {
        ActionName::Navigate => &["url"],
        ActionName::Click
        | ActionName::DoubleClick
        | ActionName::Clear
        | ActionName::Check
        | ActionName::Uncheck
        | ActionName::Hover
        | ActionName::SwitchFrame => &["target"],
        ActionName::Fill => &["target", "value"],
        ActionName::Press => &["key", "target"],
        ActionName::Select => &["target", "value", "values"],
        ActionName::Drag => &["target", "to"],
        ActionName::Scroll => &["target", "by"],
        ActionName::Upload => &["target", "files"],
        ActionName::WaitFor => &["target", "state"],
        ActionName::Extract => &["target", "as", "shape", "attribute"],
        ActionName::Screenshot => &["as"],
        ActionName::SwitchTab => &["tab"],
        ActionName::HandleDialog => &["accept", "value"],
        ActionName::Back | ActionName::Reload | ActionName::Assert => &[],
    }
}
