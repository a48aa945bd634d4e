//! From the form of a plan to its checked steps.

use super::condition::{Conditions, Glob};
use super::form::{ActionName, FileForm, PlanForm, Shape, StepForm};
use super::locator::Target;
use super::step::{Action, Extract, FileContent, PlanStep, Tab, UploadFile};
use super::values::{Value, Values, is_name};
use crate::invalid::{Faults, Invalid};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::time::Duration;

/// How long a step may take when the plan does not say.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

const MAX_STEPS: usize = 500;
const MAX_FALLBACKS: usize = 10;
const MAX_VALUE_CHARS: usize = 100_000;

/// Reads a plan, its placeholders filled in.
///
/// # Errors
/// Every fault of the plan, each with the path of its field.
pub fn plan_steps(plan: &PlanForm, values: &Values) -> Result<Vec<PlanStep>, Vec<Invalid>> {
    let mut faults = Faults::default();
    if plan.steps.is_empty() || plan.steps.len() > MAX_STEPS {
        faults.add("plan.steps", format!("must have between 1 and {MAX_STEPS} steps"));
    }
    let mut steps = Vec::with_capacity(plan.steps.len());
    for (index, form) in plan.steps.iter().enumerate() {
        let field = format!("plan.steps[{index}]");
        let reader = Reader { form, values, field, inherited_intent: None };
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
        let expect = self.form.expect.as_ref().map_or_else(Conditions::default, |form| {
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
                faults.add(self.at("intent"), "is required: say in words what the step is for");
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
            faults.add(self.at("fallbacks"), format!("must be at most {MAX_FALLBACKS}"));
        }
        if self.inherited_intent.is_some() && !self.form.fallbacks.is_empty() {
            faults.add(self.at("fallbacks"), "a fallback has no fallbacks of its own");
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
            ("format", form.format.is_some()),
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
        for (name, _) in given.into_iter().filter(|(name, given)| *given && !own.contains(name)) {
            let action = form.action.as_str();
            let takes = if own.is_empty() { "no fields of its own".into() } else { own.join(", ") };
            faults
                .add(self.at(name), format!("`{action}` does not take `{name}`; it takes {takes}"));
        }
    }

    fn action(&self, faults: &mut Faults) -> Option<Action> {
        Some(match self.form.action {
            ActionName::Navigate => Action::Navigate { url: self.url(faults)? },
            ActionName::Click => Action::Click { target: self.target(faults)? },
            ActionName::DoubleClick => Action::DoubleClick { target: self.target(faults)? },
            ActionName::Fill => {
                let (target, value) = (self.target(faults), self.formatted(faults));
                Action::Fill { target: target?, value: value? }
            }
            ActionName::Clear => Action::Clear { target: self.target(faults)? },
            ActionName::Press => {
                let key = self.key(faults);
                Action::Press { target: self.optional_target(faults)?, key: key? }
            }
            ActionName::Select => {
                let (target, options) = (self.target(faults), self.options(faults));
                Action::Select { target: target?, options: options? }
            }
            ActionName::Check => Action::Check { target: self.target(faults)? },
            ActionName::Uncheck => Action::Uncheck { target: self.target(faults)? },
            ActionName::Hover => Action::Hover { target: self.target(faults)? },
            ActionName::Drag => {
                let (target, to) = (self.target(faults), self.drop_target(faults));
                Action::Drag { target: target?, to: to? }
            }
            ActionName::Scroll => self.scroll(faults)?,
            ActionName::Upload => {
                let (target, files) = (self.target(faults), self.files(faults));
                Action::Upload { target: target?, files: files? }
            }
            ActionName::WaitFor => self.wait_for(faults)?,
            ActionName::Extract => Action::Extract(self.extract(faults)?),
            ActionName::Screenshot => Action::Screenshot { save_as: self.save_as(faults)? },
            ActionName::Back => Action::Back,
            ActionName::Reload => Action::Reload,
            ActionName::SwitchFrame => {
                Action::SwitchFrame { target: self.optional_target(faults)? }
            }
            ActionName::SwitchTab => Action::SwitchTab { tab: self.tab(faults)? },
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
            faults.add(self.at(name), format!("is required: `{action}` needs `{name}`"));
        }
        value
    }

    fn target(&self, faults: &mut Faults) -> Option<Target> {
        let form = self.required("target", self.form.target.as_ref(), faults)?;
        Target::parse(form, self.values, &self.at("target"), faults)
    }

    #[expect(clippy::option_option, reason = "outer: a fault was noted; inner: none was given")]
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
        faults.keep(&self.at("url"), crate::egress::check_reference(&url)).map(|()| url)
    }

    fn value(&self, faults: &mut Faults) -> Option<Value> {
        let value = self.required("value", self.form.value.as_deref(), faults)?;
        if value.chars().count() > MAX_VALUE_CHARS {
            faults.add(self.at("value"), format!("must be at most {MAX_VALUE_CHARS} characters"));
            return None;
        }
        faults.keep(&self.at("value"), self.values.fill(value))
    }

    fn formatted(&self, faults: &mut Faults) -> Option<Value> {
        let value = self.value(faults)?;
        match self.form.format {
            Some(format) => faults.keep(&self.at("value"), value.written(format)),
            None => Some(value),
        }
    }

    fn key(&self, faults: &mut Faults) -> Option<String> {
        let key = self.required("key", self.form.key.as_deref(), faults)?;
        faults.keep(&self.at("key"), super::keys::parse(key)).map(|_| key.to_owned())
    }

    fn options(&self, faults: &mut Faults) -> Option<Vec<Value>> {
        let (name, given) = match (&self.form.value, &self.form.values) {
            (Some(value), None) => ("value", std::slice::from_ref(value)),
            (None, Some(values)) if !values.is_empty() => ("values", values.as_slice()),
            _ => {
                faults.add(self.at("value"), "`select` needs either `value` or `values`");
                return None;
            }
        };
        given.iter().map(|text| faults.keep(&self.at(name), self.values.fill(text))).collect()
    }

    fn scroll(&self, faults: &mut Faults) -> Option<Action> {
        if self.form.target.is_none() && self.form.by.is_none() {
            faults.add(self.at("target"), "`scroll` needs `target` or `by`");
            return None;
        }
        let target = self.optional_target(faults)?;
        Some(Action::Scroll { target, by: self.form.by.unwrap_or_default() })
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
            faults.add(format!("{field}.name"), "must be a plain file name, without folders");
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
        Some(UploadFile { name: form.name.clone(), content })
    }

    fn wait_for(&self, faults: &mut Faults) -> Option<Action> {
        let target = self.optional_target(faults)?;
        if target.is_none() && self.form.expect.is_none() {
            faults.add(self.at("target"), "`wait_for` needs `target` or `expect`");
            return None;
        }
        if target.is_none() && self.form.state.is_some() {
            faults.add(self.at("state"), "is the state of `target`, which is missing");
            return None;
        }
        let state = self.form.state.unwrap_or_default();
        Some(Action::WaitFor { target: target.map(|target| (target, state)) })
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
        Some(Extract { target: target?, save_as, shape, attribute: self.form.attribute.clone() })
    }

    #[expect(clippy::option_option, reason = "outer: a fault was noted; inner: none was given")]
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
        Some(Action::HandleDialog { accept: accept?, text })
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
        ActionName::Fill => &["target", "value", "format"],
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn read(step: &serde_json::Value) -> Result<Vec<PlanStep>, Vec<Invalid>> {
        let values = Values {
            inputs: BTreeMap::from([
                ("user".into(), "ada".into()),
                ("day".into(), "2026-04-27".into()),
            ]),
            secrets: BTreeMap::from([("pw".into(), "hunter2".into())]),
        };
        let form: PlanForm = serde_json::from_value(json!({ "steps": [step] })).unwrap();
        plan_steps(&form, &values)
    }

    #[track_caller]
    #[expect(clippy::needless_pass_by_value, reason = "callers write the value in place")]
    fn refuses(step: serde_json::Value, field: &str, says: &str) {
        let faults = read(&step).unwrap_err();
        let found = faults.iter().find(|fault| fault.field == format!("plan.steps[0]{field}"));
        let found = found.unwrap_or_else(|| panic!("no fault at {field}: {faults:?}"));
        assert!(found.message.contains(says), "{found:?}");
    }

    #[test]
    fn every_action_is_read_with_its_own_fields() {
        let css = json!({"css": "#x"});
        for step in [
            json!({"action": "navigate", "url": "/u/{{inputs.user}}"}),
            json!({"action": "click", "target": css}),
            json!({"action": "double_click", "target": css}),
            json!({"action": "fill", "target": css, "value": "{{secrets.pw}}"}),
            json!({"action": "fill", "target": css, "value": "2026-04-27", "format": "DD.MM.YYYY"}),
            json!({"action": "clear", "target": css}),
            json!({"action": "press", "key": "Enter"}),
            json!({"action": "select", "target": css, "values": ["a", "b"]}),
            json!({"action": "check", "target": css}),
            json!({"action": "uncheck", "target": css}),
            json!({"action": "hover", "target": css}),
            json!({"action": "drag", "target": css, "to": {"text": "Done"}}),
            json!({"action": "scroll", "by": {"x": 0, "y": 300}}),
            json!({"action": "upload", "target": css, "files": [{"name": "a.txt", "text": "hi"}]}),
            json!({"action": "wait_for", "target": css, "state": "hidden"}),
            json!({"action": "wait_for", "expect": {"text": "Done"}}),
            json!({"action": "extract", "target": css, "as": "row", "shape": "list"}),
            json!({"action": "screenshot"}),
            json!({"action": "back"}),
            json!({"action": "reload"}),
            json!({"action": "switch_frame"}),
            json!({"action": "switch_tab", "tab": "**/help"}),
            json!({"action": "handle_dialog", "accept": true, "value": "yes"}),
            json!({"action": "assert", "expect": {"url": "**/done"}}),
        ] {
            let mut step = step;
            step["intent"] = json!("try it");
            assert_eq!(read(&step).err(), None, "{step}");
            let form: StepForm = serde_json::from_value(step.clone()).unwrap();
            assert_eq!(
                serde_json::to_value(form).unwrap(),
                step,
                "the form is written as it was read"
            );
        }
    }

    #[test]
    fn faults_name_the_field_and_what_would_be_right() {
        let click = |target| json!({"intent": "x", "action": "click", "target": target});
        refuses(json!({"action": "back"}), ".intent", "is required");
        refuses(json!({"intent": "x", "action": "click"}), ".target", "`click` needs `target`");
        refuses(click(json!({"css": "div["})), ".target.css", "is not a CSS selector");
        refuses(click(json!({"xpath": "//a["})), ".target.xpath", "is not an XPath");
        refuses(click(json!({})), ".target", "found none");
        refuses(click(json!({"css": "a", "text": "b"})), ".target", "found `css` and `text`");
        refuses(click(json!({"css": "a", "name": "b"})), ".target.name", "goes with `role`");
        refuses(click(json!({"role": "buton"})), ".target.role", "did you mean `button`?");
        refuses(click(json!({"xpath": "count(//a)"})), ".target.xpath", "gives a number");
        let typo = json!({"intent": "x", "action": "press", "key": "Entr"});
        refuses(typo, ".key", "`Entr` is not a key");
        refuses(click(json!({"text": "{{secrets.pw}}"})), ".target.text", "only in `value`");
        refuses(click(json!({"text": "{{inputs.nobody}}"})), ".target.text", "add `nobody`");
        let within = json!({"css": "a", "within": {"css": ")"}});
        refuses(click(within), ".target.within.css", "is not a CSS selector");
        let stranger = json!({"intent": "x", "action": "reload", "url": "/"});
        refuses(stranger, ".url", "`reload` does not take `url`");
        let file = json!({"intent": "x", "action": "navigate", "url": "file:///etc/passwd"});
        refuses(file, ".url", "only http and https");
        let hasty = json!({"intent": "x", "action": "back", "timeout_ms": 5});
        refuses(hasty, ".timeout_ms", "between 100 and 300000");
        let empty = json!({"intent": "x", "action": "assert", "expect": {}});
        refuses(empty, ".expect", "at least one of");
        let dotted = json!({"intent": "x", "action": "upload", "target": {"css": "a"},
            "files": [{"name": "../a", "text": ""}]});
        refuses(dotted, ".files[0].name", "plain file name");
        let nested = json!({"intent": "x", "action": "back",
            "fallbacks": [{"action": "click", "target": {"css": "a["}}]});
        refuses(nested, ".fallbacks[0].target.css", "is not a CSS selector");
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        let step = json!({"action": "fill", "target": {"css": "a["}, "key": "x", "timeout_ms": 1});
        assert_eq!(read(&step).unwrap_err().len(), 5);
    }

    #[test]
    fn a_fallback_inherits_the_intent_and_the_expectation() {
        let step = json!({"intent": "log in", "action": "press", "key": "Enter",
            "expect": {"url": "**/admin/"}, "fallbacks": [{"action": "reload"}]});
        let steps = read(&step).unwrap();
        let fallback = &steps[0].fallbacks[0];
        assert_eq!(fallback.intent, "log in");
        assert_eq!(fallback.expect, steps[0].expect);
    }

    #[test]
    fn a_value_is_written_in_the_format_the_step_names() {
        let fill = |value: &str, format: &str| {
            json!({"intent": "x", "action": "fill", "target": {"css": "a"}, "value": value,
                "format": format})
        };
        let steps = read(&fill("{{inputs.day}}", "DD.MM.YYYY")).unwrap();
        let Action::Fill { value, .. } = &steps[0].action else { panic!("{steps:?}") };
        assert_eq!(value.reveal(), "27.04.2026");
        assert_eq!(steps[0].form.value.as_deref(), Some("{{inputs.day}}"));
        refuses(fill("03/04/2026", "YYYY-MM-DD"), ".value", "more than one date; write it as");
        refuses(fill("{{inputs.user}}", "HH:mm"), ".value", "cannot be read as a time");
        refuses(fill("{{secrets.pw}}", "HH:mm"), ".value", "leave out `format`");
        let select = json!({"intent": "x", "action": "select", "target": {"css": "a"}, "value": "b",
            "format": "HH:mm"});
        refuses(select, ".format", "`select` does not take `format`");
    }

    #[test]
    fn a_secret_is_typed_but_never_shown() {
        let step = json!({"intent": "x", "action": "fill", "target": {"css": "a"},
            "value": "{{secrets.pw}}"});
        let steps = read(&step).unwrap();
        let Action::Fill { value, .. } = &steps[0].action else { panic!("{steps:?}") };
        assert_eq!(value.reveal(), "hunter2");
        assert!(!format!("{steps:?}").contains("hunter2"));
    }
}
