//! Checkboxes, switches and radio buttons.

use super::BrowserSession;
use super::budget::Budget;
use super::mouse::Pressed;
use super::trouble::Answer;
use domain::failure::{ErrorClass, Failure};
use domain::plan::Target;
use domain::ports::Acted;
use domain::snapshot::Fingerprint;
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct Ticked {
    ticked: bool,
    radio: bool,
    fingerprint: Option<Fingerprint>,
}

impl BrowserSession {
    /// Brings a checkbox into a state by a click, if it is not in it already, and looks whether
    /// the click did that.
    pub(super) async fn tick(
        &mut self,
        target: &Target,
        wanted: bool,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let answer: Answer<Ticked> =
            self.ask("ticked", budget, |ms| json!({ "target": target, "ms": ms })).await?;
        let before = answer.or_failure(target, budget)?;
        let acted = Acted { fingerprint: before.fingerprint, extracted: None };
        if before.ticked == wanted {
            return Ok(acted);
        }
        if before.radio && !wanted {
            return Err(Failure::new(
                ErrorClass::NotInteractable,
                format!("{target} is a radio button: it is unticked by choosing another one"),
            ));
        }
        let (begun, _) = self.begun();
        let (_, pressed) = self.click_through(target, "tick", 1, budget).await?;
        self.arrived(begun, budget, true).await?;
        match pressed {
            Pressed::Settled(settled) if settled.ticked == Some(!wanted) => Err(Failure::new(
                ErrorClass::NotInteractable,
                format!(
                    "{target} was clicked and is still {}ticked",
                    if wanted { "not " } else { "" }
                ),
            )),
            Pressed::Settled(_) | Pressed::Away => Ok(acted),
        }
    }
}
