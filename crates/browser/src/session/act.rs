//! One action, from its beginning to its end.

use super::BrowserSession;
use super::budget::Budget;
use super::state::Load;
use domain::failure::Failure;
use domain::plan::{Action, Value};
use domain::ports::Acted;
use domain::snapshot::Fingerprint;
use serde::Deserialize;
use std::time::Duration;
use tokio::time::Instant;

/// What the page was when the last action began.
#[derive(Debug, Clone)]
pub(super) struct Began {
    pub(super) at: Instant,
    pub(super) url: String,
    /// Whether the action may have sent a form.
    pub(super) pressed: bool,
}

impl Default for Began {
    fn default() -> Self {
        Self { at: Instant::now(), url: String::new(), pressed: false }
    }
}

/// What most of our functions in the page tell of what they acted upon.
#[derive(Debug, Deserialize)]
pub(super) struct Touched {
    pub(super) fingerprint: Option<Fingerprint>,
}

impl From<Touched> for Acted {
    fn from(touched: Touched) -> Self {
        Self { fingerprint: touched.fingerprint, extracted: None }
    }
}

/// Whether an action does something to the page. An answer that was given before waits for such a
/// one, and not for a look at the page.
const fn may_open_dialogs(action: &Action) -> bool {
    !matches!(
        action,
        Action::HandleDialog { .. }
            | Action::WaitFor { .. }
            | Action::Extract(_)
            | Action::Screenshot { .. }
            | Action::Assert
    )
}

impl BrowserSession {
    /// Carries an action out, and judges a failure by what the page shows.
    pub(super) async fn carry_out(
        &mut self,
        action: &Action,
        within: Duration,
    ) -> Result<Acted, Failure> {
        let budget = Budget::new(within);
        self.begin(action);
        self.cover_from_now(action);
        match self.dispatch(action, &budget).await {
            Ok(acted) => Ok(acted),
            Err(failure) => {
                if failure.class.touched_nothing() {
                    // It is made again in another way; the answer was meant for that as well.
                    self.watched.change(|state| state.dialogs.keep());
                }
                Err(self.explained(failure, Some(action)).await)
            }
        }
    }

    /// A secret that is typed may have come after the session was opened, as a code that a human
    /// gives: pictures cover it, too.
    fn cover_from_now(&mut self, action: &Action) {
        let Action::Fill { value, .. } = action else { return };
        let typed = value.reveal();
        if value.is_secret() && !typed.is_empty() && !self.secrets.iter().any(|it| it == typed) {
            self.secrets.push(typed.to_owned());
        }
    }

    fn begin(&mut self, action: &Action) {
        let pressed = matches!(action, Action::Click { .. } | Action::Press { .. });
        self.began = self.watched.change(|state| {
            state.journal.begin_action();
            if may_open_dialogs(action) {
                state.dialogs.next_action();
            }
            let tab = state.tab();
            Began {
                at: Instant::now(),
                url: tab.map(|tab| tab.url.clone()).unwrap_or_default(),
                pressed,
            }
        });
    }

    async fn dispatch(&mut self, action: &Action, budget: &Budget) -> Result<Acted, Failure> {
        if !matches!(action, Action::HandleDialog { .. }) {
            self.no_dialog()?;
        }
        match action {
            Action::Navigate { .. } | Action::HandleDialog { .. } => {}
            Action::Back
            | Action::Reload
            | Action::SwitchFrame { .. }
            | Action::SwitchTab { .. } => {
                self.document_there(budget).await?;
            }
            _ => {
                self.document_there(budget).await?;
                self.frame_there()?;
            }
        }
        match action {
            Action::Navigate { url } => self.navigate(url, budget).await,
            Action::Back => self.back(budget).await,
            Action::Reload => self.reload(budget).await,
            Action::Click { target } => self.click(target, 1, budget).await,
            Action::DoubleClick { target } => self.click(target, 2, budget).await,
            Action::Hover { target } => self.hover(target, budget).await,
            Action::Drag { target, to } => self.drag(target, to, budget).await,
            Action::Fill { target, value } => self.fill(target, value, budget).await,
            Action::Clear { target } => self.fill(target, &Value::open(""), budget).await,
            Action::Press { target, key } => self.press(target.as_ref(), key, budget).await,
            Action::Select { target, options } => self.choose(target, options, budget).await,
            Action::Check { target } => self.tick(target, true, budget).await,
            Action::Uncheck { target } => self.tick(target, false, budget).await,
            Action::Scroll { target, by } => self.scroll(target.as_ref(), *by, budget).await,
            Action::Upload { target, files } => self.upload(target, files, budget).await,
            Action::WaitFor { target: Some((target, state)) } => {
                self.wait_for(target, *state, budget).await
            }
            Action::Extract(extract) => self.extract(extract, budget).await,
            Action::SwitchFrame { target } => self.switch_frame(target.as_ref(), budget).await,
            Action::SwitchTab { tab } => self.switch_tab(tab, budget).await,
            Action::HandleDialog { accept, text } => {
                self.handle_dialog(*accept, text.as_ref(), budget).await
            }
            // Conditions are checked and pictures taken by whoever asked for the step.
            Action::WaitFor { target: None } | Action::Screenshot { .. } | Action::Assert => {
                Ok(Acted::default())
            }
        }
    }

    /// Waits for the document that is being loaded, if one is.
    pub(super) async fn document_there(&self, budget: &Budget) -> Result<(), Failure> {
        enum Found {
            There,
            Dead,
        }
        let found = self
            .watched
            .until(budget.deadline, |state| {
                if state.is_dead() {
                    return Some(Found::Dead);
                }
                let idle = state.tab().is_none_or(|tab| tab.load == Load::Idle);
                (idle || state.dialog.is_some()).then_some(Found::There)
            })
            .await;
        match found {
            Some(Found::There) => Ok(()),
            Some(Found::Dead) => Err(self.crashed()),
            None => Err(self.still_loading(budget)),
        }
    }
}
