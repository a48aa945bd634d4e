//! Typing into fields, choosing from selects.

use super::BrowserSession;
use super::act::Touched;
use super::budget::Budget;
use super::call::Stop;
use super::keyboard::strayed;
use super::state::Load;
use super::trouble::Answer;
use domain::failure::{ErrorClass, Failure};
use domain::plan::{Target, Value};
use domain::ports::Acted;
use domain::snapshot::Fingerprint;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Prepared {
    mode: Mode,
    fingerprint: Option<Fingerprint>,
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Mode {
    /// The field has the focus, and its content is selected.
    Type,
    /// The field was set, with the events of a choice.
    Picked,
    /// There is nothing left to do.
    Done,
}

/// What became of the text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Filled {
    verdict: Verdict,
    blocked_by: Option<String>,
    /// What the field holds, unless that may not be shown.
    held: Option<String>,
    /// How many characters that is.
    length: usize,
    /// Whether the field takes numbers only.
    number: bool,
    maxlength: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    /// The field holds it, perhaps in a format of its own. So it is when the page went elsewhere,
    /// or a dialog opened.
    #[default]
    Took,
    /// Some of it is missing.
    Cut,
    /// The field holds what it held before.
    Untouched,
    /// The field was drawn anew, without the text.
    Redrawn,
    /// Something else had the focus, and nothing was typed.
    Strayed,
    /// The field was set, and the page made something else of it.
    SetBack,
}

#[derive(Default, Deserialize)]
struct Chosen {
    /// What is chosen instead.
    now: Option<String>,
}

impl BrowserSession {
    /// Replaces the content of a field. The page sees the input events of a person who selects
    /// everything and pastes. What the page undid by drawing the field anew or by moving the focus
    /// is done again.
    pub(super) async fn fill(
        &mut self,
        target: &Target,
        value: &Value,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let mut before: Option<Failure> = None;
        loop {
            let prepared = match (self.prepare(target, value, budget).await, before) {
                // It was there.
                (Err(Failure { class: ErrorClass::ElementNotFound, .. }), Some(before)) => {
                    return Err(before);
                }
                (prepared, _) => prepared?,
            };
            let acted = Acted { fingerprint: prepared.fingerprint, extracted: None };
            match prepared.mode {
                Mode::Done => return Ok(acted),
                Mode::Picked => self.flushed(budget).await?,
                Mode::Type => self.type_text(value.reveal(), budget).await?,
            }
            let filled = self.filled(target, value, budget).await?;
            let again = matches!(filled.verdict, Verdict::Redrawn | Verdict::Strayed);
            match filled.failure(target, value) {
                None => return Ok(acted),
                Some(failure) if !again || budget.page_ms() == 0 => return Err(failure),
                failure => before = failure,
            }
        }
    }

    async fn prepare(
        &self,
        target: &Target,
        value: &Value,
        budget: &Budget,
    ) -> Result<Prepared, Failure> {
        let (text, secret) = (value.reveal(), value.is_secret());
        let answer: Answer<Prepared> = self
            .ask(
                "fill",
                budget,
                |ms| json!({ "target": target, "ms": ms, "text": text, "secret": secret }),
            )
            .await?;
        answer.or_failure(target, budget)
    }

    async fn type_text(&self, text: &str, budget: &Budget) -> Result<(), Failure> {
        let hushed = self.hush_others(budget).await;
        let typed = if text.is_empty() {
            self.keys("Delete", budget).await
        } else {
            self.insert_text(text, budget).await
        };
        self.let_speak(&hushed);
        typed
    }

    async fn insert_text(&self, text: &str, budget: &Budget) -> Result<(), Failure> {
        let session = self.tab_session()?;
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let reply = connection.start(Some(&session), "Input.insertText", json!({ "text": text }));
        self.answered(reply, budget).await
    }

    async fn filled(
        &self,
        target: &Target,
        value: &Value,
        budget: &Budget,
    ) -> Result<Filled, Failure> {
        let Some(spot) = self.spot_now() else { return Ok(Filled::default()) };
        let asked = json!({
            "target": target,
            "ms": budget.page_ms(),
            "text": value.reveal(),
            "secret": value.is_secret(),
        });
        // As after a press: the browser holds calls back once the page goes elsewhere.
        let leaving = self.watched.until(budget.deadline, |state| {
            matches!(state.tab()?.load, Load::Under { .. }).then_some(())
        });
        tokio::select! {
            biased;
            filled = self.call(&spot, "filled", &asked, budget) => match filled {
                Err(Stop::Gone | Stop::Dialog) => Ok(Filled::default()),
                filled => filled.map_err(|stop| self.stopped(stop, budget)),
            },
            Some(()) = leaving => Ok(Filled::default()),
        }
    }

    pub(super) async fn choose(
        &mut self,
        target: &Target,
        options: &[Value],
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let (begun, _) = self.begun();
        let clear: Vec<&str> = options.iter().map(Value::reveal).collect();
        let secret = options.iter().any(Value::is_secret);
        let answer: Answer<Touched> = self
            .ask(
                "choose",
                budget,
                |ms| json!({ "target": target, "ms": ms, "options": clear, "secret": secret }),
            )
            .await?;
        if let Answer::Trouble { failure } = &answer
            && let Some(option) = failure.option.and_then(|index| options.get(index))
        {
            let shown = option.shown().to_owned();
            let mut failure = answer.or_failure(target, budget).map(|_: Touched| ()).err();
            if let Some(failure) = &mut failure {
                failure.message = format!("option `{shown}`: {}", failure.message);
            }
            return failure.map_or_else(|| Ok(Acted::default()), Err);
        }
        let touched = answer.or_failure(target, budget)?;
        // A page may well go elsewhere when something is chosen.
        self.flushed(budget).await?;
        self.arrived(begun, budget, true).await?;
        self.still_chosen(target, secret, budget).await?;
        Ok(touched.into())
    }

    /// A page may set a choice back when it hears of it.
    async fn still_chosen(
        &self,
        target: &Target,
        secret: bool,
        budget: &Budget,
    ) -> Result<(), Failure> {
        let Some(spot) = self.spot_now() else { return Ok(()) };
        let asked = json!({ "target": target, "secret": secret });
        let chosen: Result<Chosen, _> = self.call(&spot, "chosen", &asked, budget).await;
        let Some(now) = chosen.ok().and_then(|chosen| chosen.now) else { return Ok(()) };
        let to = match now.as_str() {
            "" => "something else".to_owned(),
            now => format!("`{now}`"),
        };
        Err(Failure::new(
            ErrorClass::ValidationRejected,
            format!("{target} does not keep this choice: the page set it back to {to}"),
        ))
    }
}

impl Filled {
    fn failure(&self, target: &Target, value: &Value) -> Option<Failure> {
        match self.verdict {
            Verdict::Took => None,
            Verdict::Cut => {
                Some(Failure::new(ErrorClass::ValidationRejected, self.cut(target, value)))
            }
            Verdict::Untouched => Some(Failure::new(
                ErrorClass::NotInteractable,
                format!("{target} did not take the text: it holds what it held before"),
            )),
            Verdict::Redrawn => Some(Failure::new(
                ErrorClass::Detached,
                format!("{target} is drawn anew whenever it is filled, and the text is lost"),
            )),
            Verdict::SetBack => {
                let to = match self.held.as_deref() {
                    Some("") => "nothing".to_owned(),
                    Some(held) => format!("`{held}`"),
                    None => "something else".to_owned(),
                };
                let message =
                    format!("{target} does not keep this value: the page set it back to {to}");
                Some(Failure::new(ErrorClass::ValidationRejected, message))
            }
            Verdict::Strayed => {
                Some(strayed(target, self.blocked_by.as_deref().unwrap_or("focus went away")))
            }
        }
    }

    /// What was asked for and what is held instead; of a secret, how long both are.
    fn cut(&self, target: &Target, value: &Value) -> String {
        let asked = value.reveal().chars().count();
        let (asked, held) = match &self.held {
            Some(held) => (format!("`{}`", value.shown()), format!("`{held}`")),
            None => (
                format!("{} ({asked} characters)", of(value)),
                format!("{} characters", self.length),
            ),
        };
        let because = match self.maxlength {
            _ if self.number => "; it takes numbers only".into(),
            Some(most) => format!("; it takes at most {most} characters"),
            None => String::new(),
        };
        format!(
            "{target} did not take all of the text: it was given {asked} and holds {held}{because}"
        )
    }
}

/// A value that goes into a field that hides it.
fn of(value: &Value) -> &str {
    if value.is_secret() { value.shown() } else { "a text" }
}
