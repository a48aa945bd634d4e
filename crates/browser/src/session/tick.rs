//! Checkboxes, switches and radio buttons.

use super::BrowserSession;
use super::budget::Budget;
use super::mouse::{Pressed, Purpose};
use domain::failure::{ErrorClass, Failure};
use domain::plan::Target;
use domain::ports::Acted;
use serde::Deserialize;
use serde_json::json;

impl BrowserSession {
    /// Brings a checkbox into a state by a click, if it is not in it already, and looks whether
    /// the click did that.
    pub(super) async fn tick(
        &mut self,
        target: &Target,
        wanted: bool,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let (begun, _) = self.begun();
        let purpose = Purpose::Tick(wanted);
        let (pointed, pressed) = self.click_through(target, purpose, 1, budget).await?;
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
        Ok(Acted { fingerprint: pointed.fingerprint, extracted: None })
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
