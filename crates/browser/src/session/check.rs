//! Conditions: waiting until all hold, and telling which do not.

use super::BrowserSession;
use super::budget::Budget;
use super::journal::{DownloadEnd, DownloadState};
use super::quoted::quoted;
use super::state::State;
use super::trouble::Trouble;
use domain::failure::{ErrorClass, Failure};
use domain::plan::{Conditions, Target};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

/// A condition the page says does not hold.
#[derive(Debug, Deserialize)]
struct Open {
    name: Name,
    #[serde(default)]
    found: Option<String>,
    #[serde(default)]
    count: usize,
    #[serde(default)]
    matched: Vec<String>,
    #[serde(default)]
    failure: Option<Trouble>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Title,
    Present,
    Gone,
    Text,
    Value,
}

/// A condition that does not hold, for people.
struct Unmet {
    class: ErrorClass,
    says: String,
    matched: Vec<String>,
}

impl Unmet {
    fn expectation(says: String) -> Self {
        Self { class: ErrorClass::ExpectationFailed, says, matched: Vec::new() }
    }
}

impl BrowserSession {
    /// Waits until all conditions hold at once. First for those of the page, then for those of
    /// its address and the network, then everything is looked at again.
    pub(super) async fn check_conditions(
        &mut self,
        expect: &Conditions,
        within: Duration,
    ) -> Result<(), Failure> {
        let budget = Budget::new(within);
        match self.until_met(expect, &budget).await {
            Ok(()) => Ok(()),
            Err(failure) => Err(self.explained(failure, None).await),
        }
    }

    async fn until_met(&mut self, expect: &Conditions, budget: &Budget) -> Result<(), Failure> {
        loop {
            self.no_dialog()?;
            self.frame_there()?;
            let open = self.open_in_page(expect, budget).await?;
            let outside = self.watched.see(|state| unmet_outside(state, expect));
            if open.is_empty() && outside.is_empty() {
                return Ok(());
            }
            if budget.is_spent() || (budget.page_ms() == 0 && !open.is_empty()) {
                return Err(unmet(expect, open, outside, budget));
            }
            // What is left is outside of the page; then everything is looked at again.
            self.outside_met(expect, budget).await?;
        }
    }

    async fn outside_met(&self, expect: &Conditions, budget: &Budget) -> Result<(), Failure> {
        let met = |state: &State| {
            let met = unmet_outside(state, expect).is_empty();
            (met || state.dialog.is_some() || state.is_dead()).then_some(())
        };
        self.watched.until(budget.deadline, met).await;
        if self.watched.see(State::is_dead) { Err(self.crashed()) } else { Ok(()) }
    }

    /// Waits for the conditions of the page; returns those that do not hold.
    async fn open_in_page(
        &mut self,
        expect: &Conditions,
        budget: &Budget,
    ) -> Result<Vec<Open>, Failure> {
        let Conditions { title, present, gone, text, value, .. } = expect;
        let inside = json!({
            "present": present,
            "gone": gone,
            "text": text,
            "value": value.as_ref().map(|value| {
                json!({ "target": value.target, "equals": value.equals })
            }),
        });
        if self.frame.is_none() {
            let mut all = inside;
            all["title"] = json!(title);
            return self.ask_conditions(&all, budget).await;
        }
        // The title is the page's, and a text may stand in the frame or around it.
        let mut open = self.ask_conditions(&inside, budget).await?;
        let text_missing = open.iter().any(|one| one.name == Name::Text);
        let around = json!({ "title": title, "text": text.as_ref().filter(|_| text_missing) });
        let frame = self.frame.take();
        let asked = self.ask_conditions(&around, budget).await;
        self.frame = frame;
        open.retain(|one| one.name != Name::Text);
        open.extend(asked?);
        Ok(open)
    }

    async fn ask_conditions(
        &self,
        conditions: &Value,
        budget: &Budget,
    ) -> Result<Vec<Open>, Failure> {
        let none = conditions.as_object().is_none_or(|all| all.values().all(Value::is_null));
        if none {
            return Ok(Vec::new());
        }
        self.ask("check", budget, |ms| json!({ "conditions": conditions, "ms": ms })).await
    }
}

/// The conditions that are about the address and the network.
fn unmet_outside(state: &State, expect: &Conditions) -> Vec<Unmet> {
    let mut unmet = Vec::new();
    let url = state.tab().map(|tab| tab.url.as_str()).unwrap_or_default();
    if let Some(glob) = &expect.url
        && !glob.matches(url)
    {
        unmet.push(Unmet::expectation(format!("expected url {glob}, but it is {url}")));
    }
    if let Some(wanted) = &expect.response {
        let answers = &state.journal.answers;
        if !answers.iter().any(|(url, status)| wanted.matches(url, *status)) {
            let others: Vec<u16> = answers
                .iter()
                .filter(|(url, _)| wanted.url.matches(url))
                .map(|(_, status)| *status)
                .collect();
            unmet.push(no_answer(wanted, &others));
        }
    }
    if let Some(glob) = &expect.download {
        let downloads = &state.journal.downloads;
        let arrived = |download: &DownloadState| {
            download.end == DownloadEnd::Arrived && glob.matches(&download.name)
        };
        if !downloads.iter().any(arrived) {
            unmet.push(no_download(glob, downloads));
        }
    }
    unmet
}

fn no_answer(wanted: &domain::plan::ResponseCondition, others: &[u16]) -> Unmet {
    let status = match wanted.status {
        Some(status) => format!("with status {status}"),
        None => "below 400".into(),
    };
    let came = if others.is_empty() {
        "none came".into()
    } else {
        let statuses: Vec<String> = others.iter().map(u16::to_string).collect();
        format!("it answered {}", statuses.join(", "))
    };
    let says = format!("expected an answer from {} {status}, but {came}", wanted.url);
    let class = match others.last() {
        Some(429) => ErrorClass::RateLimited,
        _ => ErrorClass::ExpectationFailed,
    };
    Unmet { class, says, matched: Vec::new() }
}

fn no_download(glob: &domain::plan::Glob, downloads: &[DownloadState]) -> Unmet {
    let came: Vec<String> = downloads
        .iter()
        .map(|download| match &download.end {
            DownloadEnd::Arrived => format!("{} arrived", download.name),
            DownloadEnd::Pending => format!("{} is still on its way", download.name),
            DownloadEnd::Failed(why) => format!("{} did not arrive: {why}", download.name),
        })
        .collect();
    let came = if came.is_empty() { "none came".into() } else { came.join(", ") };
    let says = format!("expected a download like {glob}, but {came}");
    Unmet { class: ErrorClass::DownloadFailed, says, matched: Vec::new() }
}

/// All that does not hold, as one failure. Its class is that of the particular trouble, when there
/// is nothing else.
fn unmet(expect: &Conditions, open: Vec<Open>, outside: Vec<Unmet>, budget: &Budget) -> Failure {
    let all: Vec<Unmet> = outside
        .into_iter()
        .chain(open.into_iter().map(|open| said(expect, open, budget)))
        .collect();
    let class = match all.as_slice() {
        [one] => one.class,
        _ => ErrorClass::ExpectationFailed,
    };
    let says: Vec<&str> = all.iter().map(|unmet| unmet.says.as_str()).collect();
    Failure {
        matched: all.iter().flat_map(|unmet| unmet.matched.iter().cloned()).take(10).collect(),
        ..Failure::new(class, format!("within {}: {}", budget.shown(), says.join("; ")))
    }
}

fn said(expect: &Conditions, open: Open, budget: &Budget) -> Unmet {
    let Open { name, found, count, matched, failure } = open;
    let found = found.unwrap_or_default();
    let because = |target: &Target| match failure {
        Some(trouble) => trouble.into_failure(target, budget).message,
        None => "it is not".into(),
    };
    let says = match name {
        Name::Title => {
            let title = expect.title.as_deref().unwrap_or_default();
            format!("expected the title {}, but it is {}", quoted(title), quoted(&found))
        }
        Name::Text => {
            let text = expect.text.as_deref().unwrap_or_default();
            format!("expected the text {}, but the page does not show it", quoted(text))
        }
        Name::Gone => match &expect.gone {
            Some(target) => {
                format!("expected {target} to be gone, but {count} such elements are visible")
            }
            None => String::new(),
        },
        Name::Present => match &expect.present {
            Some(target) => format!("expected {target} to be visible, but {}", because(target)),
            None => String::new(),
        },
        Name::Value => match &expect.value {
            Some(value) if matched.is_empty() => {
                let (target, equals) = (&value.target, quoted(&value.equals));
                format!("expected {target} to hold {equals}, but {}", because(target))
            }
            Some(value) => format!(
                "expected {} to hold {}, but it holds {}",
                value.target,
                quoted(&value.equals),
                quoted(&found)
            ),
            None => String::new(),
        },
    };
    Unmet { matched, ..Unmet::expectation(says) }
}
