//! A remedy in words.

use crate::memory::Remedy;
use crate::one_line::one_line;
use crate::plan::{ActionName, StepForm, TargetForm};

impl Remedy {
    /// What it does, in a sentence's worth of words.
    #[must_use]
    pub fn describe(&self) -> String {
        if self.steps.is_empty() {
            return self.approach.in_words().to_owned();
        }
        let mut words = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let instead = if step.own && self.steps.len() == 1 { " instead" } else { "" };
            words.push(one_line(&format!("{}{instead}", deed(&step.form))));
        }
        words.join(", then ")
    }

    /// The same with what comes after it: where nothing of it does what the step was for, the step.
    #[must_use]
    pub fn describe_whole(&self) -> String {
        let own = self.steps.last().is_none_or(|step| step.own);
        let then = if own { "" } else { ", then do the step itself" };
        format!("{}{then}", self.describe())
    }
}

/// What an action does to a target, in words.
pub(in crate::memory) fn deed_of(action: ActionName, target: Option<&TargetForm>) -> String {
    one_line(&deed(&StepForm { target: target.cloned(), ..StepForm::of(action) }))
}

fn deed(form: &StepForm) -> String {
    let target = form.target.as_ref().map(named).unwrap_or_default();
    let with = |verb: &str| format!("{verb} {target}").trim_end().to_owned();
    match form.action {
        ActionName::Navigate => format!("go to {}", form.url.as_deref().unwrap_or("a page")),
        ActionName::Click => with("click"),
        ActionName::DoubleClick => with("double-click"),
        ActionName::Fill => match form.format {
            Some(format) => format!("{} as {format}", with("fill in")),
            None => with("fill in"),
        },
        ActionName::Clear => with("empty"),
        ActionName::Press => {
            let key = form.key.as_deref().unwrap_or("a key");
            if target.is_empty() {
                format!("press {key}")
            } else {
                format!("press {key} on {target}")
            }
        }
        ActionName::Select => with("choose in"),
        ActionName::Check => with("tick"),
        ActionName::Uncheck => with("untick"),
        ActionName::Hover => with("point at"),
        ActionName::Drag => {
            let to = form.to.as_ref().map(named).unwrap_or_default();
            format!("drag {target} onto {to}")
        }
        ActionName::Scroll if target.is_empty() => "scroll the page".into(),
        ActionName::Scroll => with("scroll to"),
        ActionName::Upload => with("give the files to"),
        ActionName::WaitFor => with("wait for"),
        ActionName::Extract => with("read"),
        ActionName::Screenshot => "take a picture".into(),
        ActionName::Back => "go back".into(),
        ActionName::Reload => "load the page again".into(),
        ActionName::SwitchFrame if target.is_empty() => "leave the frame".into(),
        ActionName::SwitchFrame => with("go into the frame"),
        ActionName::SwitchTab => {
            format!("go to the tab {}", form.tab.as_deref().unwrap_or("that is meant"))
        }
        ActionName::HandleDialog if form.accept == Some(false) => "dismiss the dialog".into(),
        ActionName::HandleDialog => "accept the dialog".into(),
        ActionName::Assert => "check".into(),
    }
}

fn named(form: &TargetForm) -> String {
    let kinds = [
        ("the element with the selector", &form.css),
        ("the element at", &form.xpath),
        ("the element with the test id", &form.test_id),
        ("the control labelled", &form.label),
        ("the text", &form.text),
        ("the control with the placeholder", &form.placeholder),
    ];
    let found = kinds.into_iter().find_map(|(kind, text)| text.as_ref().map(|text| (kind, text)));
    let words = match (&form.role, &form.name, found) {
        (Some(role), Some(name), _) => format!("the {role} named \"{name}\""),
        (Some(role), None, _) => format!("the {role}"),
        (None, _, Some((kind, text))) => format!("{kind} \"{text}\""),
        (None, _, None) => "the element".into(),
    };
    let nth = form.nth.map(|nth| format!(" (match {nth})")).unwrap_or_default();
    let within = form.within.as_deref().map(|outer| format!(" within {}", named(outer)));
    words + &nth + &within.unwrap_or_default()
}
