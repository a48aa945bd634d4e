//! Frames: acting inside of one, whichever process it lives in.

use super::BrowserSession;
use super::budget::Budget;
use super::call::{Spot, Stop};
use super::trouble::Answer;
use crate::session::act::Touched;
use domain::failure::{ErrorClass, Failure};
use domain::plan::Target;
use domain::ports::Acted;
use serde::Deserialize;
use serde_json::json;

/// The frame that is acted in.
#[derive(Debug, Clone)]
pub(super) struct InFrame {
    pub(super) id: String,
    /// The elements that hold it, from the page inwards.
    owners: Vec<Owner>,
    /// The document of the page around it, and its tab.
    around: (String, String),
}

/// The element that holds a frame, in the document around it.
#[derive(Debug, Clone)]
struct Owner {
    session: String,
    object: String,
}

#[derive(Debug, Deserialize)]
struct FrameBox {
    #[serde(default)]
    x: f64,
    #[serde(default)]
    y: f64,
    #[serde(default)]
    gone: bool,
}

#[derive(Debug, Deserialize)]
struct FrameHit {
    blocked_by: Option<String>,
}

#[derive(Deserialize)]
struct Described {
    node: Node,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    node_name: String,
    frame_id: Option<String>,
}

impl BrowserSession {
    pub(super) async fn switch_frame(
        &mut self,
        target: Option<&Target>,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        if target.is_none() || self.frame_there().is_err() {
            self.frame = None;
        }
        let Some(target) = target else { return Ok(Acted::default()) };
        let answer: Answer<Touched> =
            self.ask("frameElement", budget, |ms| json!({ "target": target, "ms": ms })).await?;
        let touched = answer.or_failure(target, budget)?;
        let spot = self.spot(budget).await?;
        let (id, owner) = self
            .frame_in(&spot, budget)
            .await
            .map_err(|stop| self.stopped(stop, budget))?
            .ok_or_else(|| {
                Failure::new(
                    ErrorClass::NotInteractable,
                    format!("{target} is not a frame; switch_frame takes an iframe"),
                )
            })?;
        let mut owners = self.frame.take().map(|frame| frame.owners).unwrap_or_default();
        owners.push(owner);
        let around = self.around();
        self.frame = Some(InFrame { id, owners, around });
        // Its document may still be on its way.
        self.spot(budget).await?;
        Ok(touched.into())
    }

    /// The frame that the element located last holds.
    async fn frame_in(
        &self,
        spot: &Spot,
        budget: &Budget,
    ) -> Result<Option<(String, Owner)>, Stop> {
        let object = self.held(spot, budget).await?;
        let connection = self.connection().ok_or(Stop::Dead)?;
        let reply = connection.start(
            Some(&spot.session),
            "DOM.describeNode",
            json!({ "objectId": object }),
        );
        let Described { node } = self.answer(reply, budget).await?;
        let holds = matches!(node.node_name.as_str(), "IFRAME" | "FRAME");
        let owner = Owner { session: spot.session.clone(), object };
        Ok(node.frame_id.filter(|_| holds).map(|id| (id, owner)))
    }

    /// The document of the page, and its tab.
    fn around(&self) -> (String, String) {
        self.watched.see(|state| {
            let tab = state.tab();
            tab.map(|tab| (tab.document.loader.clone(), tab.target.clone())).unwrap_or_default()
        })
    }

    /// Leaves a frame whose page is gone: the page that took its place is what comes next.
    pub(super) fn leave_gone_page(&mut self) {
        if self.frame.as_ref().is_some_and(|frame| frame.around != self.around()) {
            self.frame = None;
        }
    }

    /// A frame that left its page is a failure; going on in the page itself could mean acting on
    /// something else that looks the same.
    pub(super) fn frame_there(&mut self) -> Result<(), Failure> {
        self.leave_gone_page();
        let Some(frame) = &self.frame else { return Ok(()) };
        let there = self
            .watched
            .see(|state| state.tab().is_some_and(|tab| tab.frames.contains_key(&frame.id)));
        if there { Ok(()) } else { Err(frame_gone()) }
    }

    /// Scrolls the frame that is acted in into view, from outside.
    pub(super) async fn frame_in_view(&self, budget: &Budget) -> Result<(), Failure> {
        for owner in self.owners() {
            self.frame_box(owner, "frameIntoView", budget).await?;
        }
        Ok(())
    }

    /// A point in the frame as a point in the tab; or what lies over the frame at that point.
    pub(super) async fn out_of_frame(
        &self,
        x: f64,
        y: f64,
        budget: &Budget,
    ) -> Result<Result<(f64, f64), String>, Failure> {
        let (mut x, mut y) = (x, y);
        for owner in self.owners().iter().rev() {
            let frame = self.frame_box(owner, "frameBox", budget).await?;
            x += frame.x;
            y += frame.y;
            let at = (owner.session.as_str(), owner.object.as_str());
            let hit: FrameHit = self
                .call_with(at, "frameHit", &[json!(x), json!(y)], budget)
                .await
                .map_err(|stop| self.stopped(stop, budget))?;
            if let Some(by) = hit.blocked_by {
                return Ok(Err(by));
            }
        }
        Ok(Ok((x, y)))
    }

    fn owners(&self) -> &[Owner] {
        self.frame.as_ref().map_or(&[], |frame| &frame.owners)
    }

    async fn frame_box(
        &self,
        owner: &Owner,
        function: &'static str,
        budget: &Budget,
    ) -> Result<FrameBox, Failure> {
        let at = (owner.session.as_str(), owner.object.as_str());
        let frame: FrameBox = self
            .call_with(at, function, &[], budget)
            .await
            .map_err(|stop| self.stopped(stop, budget))?;
        if frame.gone {
            return Err(frame_gone());
        }
        Ok(frame)
    }

    /// Where the frame that is acted in can be called now.
    pub(super) fn spot_now(&self) -> Option<Spot> {
        self.watched.see(|state| self.spot_in(state))
    }
}

fn frame_gone() -> Failure {
    Failure::new(
        ErrorClass::Detached,
        "the frame that was switched to is no longer on the page; switch to the new one, or to \
         the page with a `switch_frame` without target",
    )
}
