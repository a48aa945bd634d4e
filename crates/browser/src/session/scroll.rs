//! Scrolling.

use super::BrowserSession;
use super::act::Touched;
use super::budget::Budget;
use super::mouse::Pointed;
use super::trouble::Answer;
use domain::failure::Failure;
use domain::plan::{ScrollBy, Target};
use domain::ports::Acted;
use serde_json::{Value, json};

impl BrowserSession {
    /// Brings a target into view, or turns the wheel over the middle of the page.
    pub(super) async fn scroll(
        &mut self,
        target: Option<&Target>,
        by: ScrollBy,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        if let Some(target) = target {
            let answer: Answer<Touched> =
                self.ask("scrollTo", budget, |ms| json!({ "target": target, "ms": ms })).await?;
            return answer.or_failure(target, budget).map(Acted::from);
        }
        let middle: Middle = self.ask("middle", budget, |_| json!({})).await?;
        let (x, y) =
            self.out_of_frame(middle.x, middle.y, budget).await?.unwrap_or((middle.x, middle.y));
        let at = Pointed::at(x, y);
        let wheel = self.mouse("mouseWheel", &at, json!({ "deltaX": by.x, "deltaY": by.y }))?;
        self.answered(wheel, budget).await?;
        // The wheel moves the page over some frames.
        let _: Value = self.ask("scrolled", budget, |ms| json!({ "ms": ms.min(1_000) })).await?;
        Ok(Acted::default())
    }
}

#[derive(serde::Deserialize)]
struct Middle {
    x: f64,
    y: f64,
}
