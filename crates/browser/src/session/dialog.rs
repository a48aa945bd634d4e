//! Dialogs of the page's script.

use super::BrowserSession;
use super::budget::Budget;
use super::state::DialogAnswer;
use domain::failure::{ErrorClass, Failure};
use domain::plan::Value;
use domain::ports::Acted;
use serde_json::json;

impl BrowserSession {
    pub(super) fn no_dialog(&self) -> Result<(), Failure> {
        if self.watched.see(|state| state.dialog.is_some()) {
            return Err(self.blocked_by_dialog());
        }
        Ok(())
    }

    pub(super) fn blocked_by_dialog(&self) -> Failure {
        let open = self.watched.see(|state| state.dialog.clone());
        let (kind, message) = open.map(|open| (open.kind, open.message)).unwrap_or_default();
        Failure {
            blocked_by: Some(format!("{kind}: {message}")),
            ..Failure::new(
                ErrorClass::DialogBlocked,
                format!(
                    "a {kind} is open and holds the page: \"{message}\"; answer it with \
                     `handle_dialog`, here or before the step that opens it"
                ),
            )
        }
    }

    /// Answers the dialog that is open, or keeps the answer for one that the next action opens.
    pub(super) async fn handle_dialog(
        &mut self,
        accept: bool,
        text: Option<&Value>,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let answer = DialogAnswer { accept, text: text.map(|text| text.reveal().to_owned()) };
        let Some(open) = self.watched.see(|state| state.dialog.clone()) else {
            self.watched.change(|state| state.dialogs.arm(answer));
            return Ok(Acted::default());
        };
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let begun = self.begun().0;
        self.watched.change(|state| state.dialogs.asked());
        connection
            .start(
                Some(&open.session),
                "Page.handleJavaScriptDialog",
                json!({ "accept": accept, "promptText": answer.text.unwrap_or_default() }),
            )
            .done(budget.left())
            .await
            .map_err(|error| self.stopped(error.into(), budget))?;
        self.watched
            .until(budget.deadline, |state| {
                (state.is_dead() || state.dialog.as_ref() != Some(&open)).then_some(())
            })
            .await;
        // What the page does with the answer is what the click before was for.
        self.flushed(budget).await?;
        self.arrived(begun, budget, true).await?;
        Ok(Acted::default())
    }
}
