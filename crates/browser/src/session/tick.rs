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
    on: bool,
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
        if before.on == wanted {
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
        let unchanged = matches!(
            pressed,
            Pressed::Settled(settled) if settled.ticked == Some(!wanted)
        );
        if unchanged && !self.becomes_ticked(wanted, budget).await {
            let still = if wanted { "not ticked" } else { "ticked" };
            return Err(Failure::new(
                ErrorClass::NotInteractable,
                format!("{target} was clicked and is still {still}"),
            ));
        }
        Ok(acted)
    }

    async fn becomes_ticked(&self, wanted: bool, budget: &Budget) -> bool {
        let Some(spot) = self.spot_now() else { return true };
        let wait = json!({ "wanted": wanted, "ms": budget.page_ms() });
        let became: Result<Became, _> = self.call(&spot, "whenTicked", &wait, budget).await;
        // A page that went elsewhere took the click.
        became.map_or(true, |became| became.done)
    }
}

#[derive(Deserialize)]
struct Became {
    done: bool,
}
