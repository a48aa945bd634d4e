//! A passage: the words of one failing step, or of one run's goal and end, without what was typed.

use crate::failure::{ErrorClass, Failure, FailureKind, LimitName, TaskFailure};
use crate::id::ProjectId;
use crate::memory::content_id::{canonical, content_id};
use crate::memory::{Lifter, normalised, words};
use crate::plan::{ActionName, StepForm};
use crate::run::Outcome;
use crate::step::Step;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// How many words of a title and of a message are embedded: the longer a text is, the less each of
/// its words counts.
const TITLE_WORDS: usize = 30;
const MESSAGE_WORDS: usize = 8;

/// What a passage is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PassageKind {
    /// A step that failed.
    Step,
    /// A run: its goal and how it ended.
    Run,
}

impl PassageKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Step, Self::Run];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Run => "run",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// What is searched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// What it is about.
    pub kind: PassageKind,
    /// The site.
    pub site: String,
    /// The page on which the step began; empty of a run.
    pub page: String,
    /// The class of the step's failure, or of the one that ended the run.
    pub class: Option<ErrorClass>,
    /// What the step was for, or the goal of the run.
    pub title: String,
    /// What happened, without what differs from run to run.
    pub message: String,
    /// What is embedded: title, trouble, and the element that was meant. Neither site nor page, so
    /// that the same trouble is near itself wherever it was met.
    pub text: String,
}

impl Passage {
    /// Its id in a project: two with the same content are one.
    #[must_use]
    pub fn id(&self, project: ProjectId) -> Uuid {
        content_id(project, &["passage", &canonical(self)])
    }

    /// The element that the step meant, in words; `None` of a run, and of a step that meant none.
    #[must_use]
    pub fn element(&self) -> Option<&str> {
        let title = words::first_words(&self.title, TITLE_WORDS);
        let rest =
            self.text.strip_prefix(title.as_str()).filter(|_| self.kind == PassageKind::Step);
        rest?.split_once(". ").map(|(_, element)| element)
    }

    /// Every text in which a phrase may occur.
    #[must_use]
    pub fn shown(&self) -> [&str; 6] {
        let class = self.class.map(ErrorClass::as_str).unwrap_or_default();
        [&self.title, &self.message, &self.text, &self.page, &self.site, class]
    }
}

/// A task, as far as passages of its runs need it: whatever is typed in it stays out of them. The same
/// task gives the same passages, while a run is under way as after its end.
#[derive(Debug, Clone, Copy)]
pub struct PassageSource<'a> {
    /// The site.
    pub site: &'a str,
    /// The values of its placeholders.
    pub inputs: &'a BTreeMap<String, String>,
    /// The steps of its own plan; empty when it has none.
    pub plan: &'a [StepForm],
}

impl PassageSource<'_> {
    /// The passage of a step; `None` unless it failed.
    #[must_use]
    pub fn step(&self, step: &Step) -> Option<Passage> {
        let failure = step.failure.as_ref()?;
        let typed = self.plan.iter().chain(std::iter::once(&step.action));
        let lifter = Lifter::of_plan(self.inputs, typed);
        let title = match step.intent.trim() {
            "" => words::action(step.action.action),
            intent => told(&lifter, intent),
        };
        let message = lifter.lift_text(&normalised(&failure.message));
        let target = meant(&step.action);
        let trouble = trouble(failure)
            .map_or_else(|| words::first_words(&message, MESSAGE_WORDS), str::to_owned);
        let text = text(&title, &trouble, &told(&lifter, &target));
        Some(Passage {
            kind: PassageKind::Step,
            site: self.site.to_owned(),
            page: lifter.lift_page(&step.page),
            class: Some(failure.class),
            title,
            message,
            text,
        })
    }

    /// The passage of a run that has ended.
    #[must_use]
    pub fn run(&self, goal: &str, outcome: Outcome, failure: Option<&TaskFailure>) -> Passage {
        let lifter = Lifter::of_plan(self.inputs, self.plan);
        let title = told(&lifter, goal);
        // Where a step is to blame, its own passage has the message.
        let message = failure.filter(|failure| failure.step.is_none());
        let message = message.map(|failure| lifter.lift_text(&normalised(&failure.message)));
        let text = text(&title, &end(outcome, failure), "");
        Passage {
            kind: PassageKind::Run,
            site: self.site.to_owned(),
            page: String::new(),
            class: failure.and_then(|failure| failure.class),
            title,
            message: message.unwrap_or_default(),
            text,
        }
    }
}

/// The element that was meant, in words. A path or an id does not say that it is a button, and people
/// ask for one.
fn meant(form: &StepForm) -> String {
    let Some(target) = &form.target else { return String::new() };
    let kind = match form.action {
        _ if target.role.is_some() => "",
        ActionName::Click | ActionName::DoubleClick => " button",
        ActionName::Fill => " field",
        _ => "",
    };
    format!("{}{kind}", words::target(target)).trim().to_owned()
}

/// A text in one line, what was typed lifted, its placeholders as bare names.
fn told(lifter: &Lifter, text: &str) -> String {
    let text = words::spoken(&lifter.lift_text(text));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn text(title: &str, trouble: &str, target: &str) -> String {
    let mut text = words::first_words(title, TITLE_WORDS);
    if !trouble.is_empty() {
        text = format!("{text}: {trouble}");
    }
    if !target.is_empty() {
        text = format!("{text}. {target}");
    }
    text
}

/// What a failure means, as people put it. Names such as `element_not_found` say little to a sentence
/// model. `None` when its class means nothing in particular.
fn trouble(failure: &Failure) -> Option<&'static str> {
    Some(match failure.class {
        ErrorClass::ElementNotFound => "could not find it",
        ErrorClass::AmbiguousMatch => "several elements match, not unique",
        ErrorClass::NotInteractable => hindrance(failure),
        ErrorClass::Detached => "it disappeared, vanished",
        ErrorClass::NavigationFailed => "the page did not load, unreachable",
        ErrorClass::HttpError => "server error",
        ErrorClass::Timeout => "took too long, timeout",
        ErrorClass::ExpectationFailed => "did not have the expected effect, nothing happened",
        ErrorClass::ValidationRejected => "the input was refused as invalid",
        ErrorClass::DialogBlocked => "a dialog popup is in the way, alert or confirm",
        ErrorClass::LoginRequired => "not logged in, login required, session expired",
        ErrorClass::Challenge => "captcha, robot check or second factor",
        ErrorClass::RateLimited => "too many requests, throttled",
        ErrorClass::DownloadFailed => "download failed, no file",
        ErrorClass::ScriptError => "javascript error, script failed",
        ErrorClass::BrowserCrashed => "browser or tab crashed",
        ErrorClass::Unclassified => return None,
    })
}

/// Why an element could not be acted upon: nobody who asks for one of these means the others.
fn hindrance(failure: &Failure) -> &'static str {
    let says = |words: &[&str]| words.iter().any(|word| failure.message.contains(word));
    if says(&["covered"]) {
        "covered by something in the way, an overlay or banner"
    } else if says(&["disabled"]) {
        "disabled or greyed out"
    } else if says(&["hidden", "be seen"]) {
        "blocked, hidden and not visible"
    } else if says(&["read-only", "not editable"]) {
        "blocked, read-only"
    } else {
        "blocked, covered or disabled"
    }
}

/// How a run ended, as people put it.
fn end(outcome: Outcome, failure: Option<&TaskFailure>) -> String {
    // That a goal was not reached stands near every question about a failure; the step that is to
    // blame is found by what it failed at.
    let why = failure.and_then(|failure| match failure.kind {
        FailureKind::Blocked => None,
        FailureKind::Infrastructure => Some("browser or network trouble".to_owned()),
        FailureKind::Budget => Some(format!("used up its {}", limit(failure.limit))),
        FailureKind::Unanswered => Some("nobody answered its question".to_owned()),
        FailureKind::Invalid => Some("the plan could not be carried out".to_owned()),
    });
    let how = match outcome {
        Outcome::Succeeded => "succeeded",
        Outcome::Failed => "failed",
        Outcome::Cancelled => "cancelled",
        Outcome::Released => "handed back",
        Outcome::Lost => "lost, its worker vanished",
    };
    match why.filter(|_| outcome == Outcome::Failed) {
        Some(why) => format!("{how}, {why}"),
        None => how.to_owned(),
    }
}

const fn limit(limit: Option<LimitName>) -> &'static str {
    match limit {
        Some(LimitName::Seconds) => "time",
        Some(LimitName::Steps) => "steps",
        Some(LimitName::Heals) => "heals",
        Some(LimitName::Attempts) => "attempts",
        None => "budget",
    }
}

#[cfg(test)]
mod tests;
