//! Drag and drop, for pages that follow the mouse and for those that use the browser's own.

use super::BrowserSession;
use super::budget::Budget;
use super::mouse::{Pointed, Pressed, Purpose};
use domain::failure::{ErrorClass, Failure};
use domain::plan::Target;
use domain::ports::Acted;
use serde_json::{Value, json};

impl BrowserSession {
    pub(super) async fn drag(
        &mut self,
        target: &Target,
        to: &Target,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let (begun, _) = self.begun();
        self.watched.change(|state| state.dragged = None);
        let from = self.point(target, Purpose::Drag, budget).await?;
        let pressed = json!({ "button": "left", "buttons": 1, "clickCount": 1 });
        let held = json!({ "button": "left", "buttons": 1 });
        let down = [
            self.mouse("mouseMoved", &from, json!({}))?,
            self.mouse("mousePressed", &from, pressed)?,
        ];
        for reply in down {
            self.answered(reply, budget).await?;
        }
        // Scrolling the destination into view may move the source; what is held stays held.
        let onto = match self.point(to, Purpose::Drop, budget).await {
            Ok(onto) => onto,
            Err(failure) => {
                let up = self.mouse("mouseReleased", &from, json!({ "button": "left" }))?;
                self.answered(up, budget).await?;
                return Err(failure);
            }
        };
        // A few places on the way, as a hand has: pages wait for some distance before they believe
        // that something is dragged.
        for part in [0.1, 0.5, 1.0] {
            let at = between(&from, &onto, part);
            let reply = self.mouse("mouseMoved", &at, held.clone())?;
            self.answered(reply, budget).await?;
        }
        let started = match self.settle(budget).await? {
            Pressed::Settled(settled) => settled.drag_started,
            Pressed::Away | Pressed::Needless => false,
        };
        if started {
            self.drop_native(&onto, budget).await?;
        }
        let up =
            self.mouse("mouseReleased", &onto, json!({ "button": "left", "clickCount": 1 }))?;
        self.answered(up, budget).await?;
        self.flushed(budget).await?;
        self.arrived(begun, budget, true).await?;
        Ok(Acted { fingerprint: from.fingerprint, extracted: None })
    }

    /// The browser handed the drag over to us instead of the desktop; so its events are ours too.
    async fn drop_native(&self, onto: &Pointed, budget: &Budget) -> Result<(), Failure> {
        let dragged = self
            .watched
            .until(budget.deadline, |state| {
                state.dragged.clone().or_else(|| state.is_dead().then_some(Value::Null))
            })
            .await;
        let Some(data) = dragged.filter(|data| !data.is_null()) else {
            return Err(Failure::new(
                ErrorClass::NotInteractable,
                "the page started to drag, but the browser did not say what",
            ));
        };
        let session = self.tab_session()?;
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        for kind in ["dragEnter", "dragOver", "drop"] {
            let event = json!({ "type": kind, "x": onto.x, "y": onto.y, "data": data });
            let reply = connection.start(Some(&session), "Input.dispatchDragEvent", event);
            self.answered(reply, budget).await?;
        }
        Ok(())
    }
}

fn between(from: &Pointed, to: &Pointed, part: f64) -> Pointed {
    Pointed::at(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part)
}
