//! Typing into fields, choosing from selects.

use super::BrowserSession;
use super::act::Touched;
use super::budget::Budget;
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
    /// There is nothing left to do.
    Done,
}

#[derive(Deserialize)]
struct Filled {
    took: bool,
}

impl BrowserSession {
    /// Replaces the content of a field. The page sees the input events of a person who selects
    /// everything and pastes.
    pub(super) async fn fill(
        &mut self,
        target: &Target,
        value: &Value,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let text = value.reveal();
        let answer: Answer<Prepared> = self
            .ask("fill", budget, |ms| {
                json!({ "target": target, "ms": ms, "text": text, "secret": value.is_secret() })
            })
            .await?;
        let prepared = answer.or_failure(target, budget)?;
        let acted = Acted { fingerprint: prepared.fingerprint, extracted: None };
        if prepared.mode == Mode::Done {
            return Ok(acted);
        }
        if text.is_empty() {
            self.keys("Delete", budget).await?;
        } else {
            self.insert_text(text, budget).await?;
        }
        self.took(target, value, budget).await?;
        Ok(acted)
    }

    async fn insert_text(&self, text: &str, budget: &Budget) -> Result<(), Failure> {
        let session = self.tab_session()?;
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let reply = connection.start(Some(&session), "Input.insertText", json!({ "text": text }));
        self.answered(reply, budget).await
    }

    /// A field that holds what it held before did not take the text: its script, or another focus,
    /// undid it. A text that was only formatted or cut is taken.
    async fn took(&self, target: &Target, value: &Value, budget: &Budget) -> Result<(), Failure> {
        let Some(spot) = self.spot_now() else { return Ok(()) };
        let filled: Result<Filled, _> =
            self.call(&spot, "filled", &json!(value.reveal()), budget).await;
        match filled {
            Ok(Filled { took: false }) => Err(Failure::new(
                ErrorClass::NotInteractable,
                format!("{target} did not take the text: it holds what it held before"),
            )),
            // The page went elsewhere, or a dialog opened: it did take it.
            _ => Ok(()),
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
        Ok(touched.into())
    }
}
