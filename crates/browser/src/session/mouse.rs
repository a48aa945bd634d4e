//! Pointing, clicking, hovering.

use super::BrowserSession;
use super::budget::Budget;
use super::call::Stop;
use super::state::Load;
use super::trouble::Answer;
use crate::cdp::Reply;
use domain::failure::{ErrorClass, Failure};
use domain::plan::Target;
use domain::ports::Acted;
use domain::snapshot::Fingerprint;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a target is pointed at for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Click,
    /// A click that brings a checkbox into a state, if it is not in it already.
    Tick(bool),
    Hover,
    /// The beginning of a drag.
    Drag,
    /// Its end.
    Drop,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::Tick(_) => "tick",
            Self::Hover => "hover",
            Self::Drag => "drag",
            Self::Drop => "drop",
        }
    }

    const fn wanted(self) -> Option<bool> {
        match self {
            Self::Tick(wanted) => Some(wanted),
            Self::Click | Self::Hover | Self::Drag | Self::Drop => None,
        }
    }
}

/// Where a target can be pointed at, in the coordinates of the tab.
#[derive(Debug)]
pub(super) struct Pointed {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) fingerprint: Option<Fingerprint>,
    /// There is nothing left to do.
    done: bool,
}

impl Pointed {
    /// A point that is no element's.
    pub(super) const fn at(x: f64, y: f64) -> Self {
        Self { x, y, fingerprint: None, done: false }
    }
}

#[derive(Debug, Deserialize)]
struct Located {
    x: f64,
    y: f64,
    done: bool,
    fingerprint: Option<Fingerprint>,
}

/// What became of a press of the button.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Settled {
    /// Whether it hit what it was meant for; `None` when the page did not see it.
    pub(super) hit: Option<bool>,
    pub(super) blocked_by: Option<String>,
    /// Whether what it was meant for left the page.
    detached: bool,
    pub(super) ticked: Option<bool>,
    pub(super) drag_started: bool,
    /// Where the focus went that keys were meant for.
    pub(super) strayed: Option<String>,
}

impl Settled {
    /// Every press went somewhere else.
    fn missed(self, target: &Target) -> Failure {
        let by = self.blocked_by.as_deref().unwrap_or("something else");
        let (class, how) = if self.detached {
            (ErrorClass::Detached, "is replaced")
        } else {
            (ErrorClass::NotInteractable, "is covered")
        };
        let message = format!("{target} {how} by {by} whenever it is clicked");
        Failure { blocked_by: self.blocked_by, ..Failure::new(class, message) }
    }
}

/// How a press of the button ended.
pub(super) enum Pressed {
    /// The page dealt with it.
    Settled(Settled),
    /// A dialog opened, or the document was replaced: the page dealt with it, and how.
    Away,
    /// It was not needed.
    Needless,
}

impl BrowserSession {
    pub(super) async fn click(
        &mut self,
        target: &Target,
        times: u32,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let (begun, _) = self.begun();
        let (pointed, _) = self.click_through(target, Purpose::Click, times, budget).await?;
        self.arrived(begun, budget, true).await?;
        Ok(Acted { fingerprint: pointed.fingerprint, extracted: None })
    }

    /// Points and presses until the press went where it was meant.
    pub(super) async fn click_through(
        &mut self,
        target: &Target,
        purpose: Purpose,
        times: u32,
        budget: &Budget,
    ) -> Result<(Pointed, Pressed), Failure> {
        loop {
            let pointed = self.point(target, purpose, budget).await?;
            if pointed.done {
                return Ok((pointed, Pressed::Needless));
            }
            let settled = match self.press_at(&pointed, times, budget).await? {
                Pressed::Settled(settled) => settled,
                other => return Ok((pointed, other)),
            };
            if settled.hit != Some(false) {
                return Ok((pointed, Pressed::Settled(settled)));
            }
            if budget.page_ms() == 0 {
                return Err(settled.missed(target));
            }
        }
    }

    /// Waits until a target can be pointed at.
    pub(super) async fn point(
        &mut self,
        target: &Target,
        purpose: Purpose,
        budget: &Budget,
    ) -> Result<Pointed, Failure> {
        let argument = |ms| {
            json!({
                "target": target,
                "purpose": purpose.as_str(),
                "wanted": purpose.wanted(),
                "ms": ms,
            })
        };
        loop {
            self.frame_in_view(budget).await?;
            let answer: Answer<Located> = self.ask("locate", budget, argument).await?;
            let located = answer.or_failure(target, budget)?;
            let Located { x, y, done, fingerprint } = located;
            if done {
                return Ok(Pointed { x, y, fingerprint, done });
            }
            match self.out_of_frame(x, y, budget).await? {
                Ok((x, y)) => return Ok(Pointed { x, y, fingerprint, done }),
                Err(_) if budget.page_ms() > 0 => tokio::task::yield_now().await,
                Err(by) => {
                    return Err(Failure {
                        blocked_by: Some(by.clone()),
                        ..Failure::new(
                            ErrorClass::NotInteractable,
                            format!("{target} is covered by {by}, which lies over its frame"),
                        )
                    });
                }
            }
        }
    }

    /// Moves, presses, releases, all sent at once; then asks the page what became of it, which it
    /// answers after everything it did about the press.
    async fn press_at(
        &self,
        pointed: &Pointed,
        times: u32,
        budget: &Budget,
    ) -> Result<Pressed, Failure> {
        let mut replies = vec![self.mouse("mouseMoved", pointed, json!({}))?];
        for count in 1..=times {
            let button = json!({ "button": "left", "buttons": 1, "clickCount": count });
            replies.push(self.mouse("mousePressed", pointed, button)?);
            let button = json!({ "button": "left", "clickCount": count });
            replies.push(self.mouse("mouseReleased", pointed, button)?);
        }
        for reply in replies {
            match self.answer::<Value>(reply, budget).await {
                Ok(_) => {}
                Err(Stop::Dialog | Stop::Gone) => return Ok(Pressed::Away),
                Err(stop) => return Err(self.stopped(stop, budget)),
            }
        }
        self.settle(budget).await
    }

    /// Asks the page what became of a press.
    pub(super) async fn settle(&self, budget: &Budget) -> Result<Pressed, Failure> {
        let Some(spot) = self.spot_now() else { return Ok(Pressed::Away) };
        // From the moment a navigation begins the browser holds calls back for the new document.
        let leaving = self.watched.until(budget.deadline, |state| {
            let tab = state.tab()?;
            matches!(tab.load, Load::Under { .. }).then_some(())
        });
        let nothing = json!({});
        tokio::select! {
            biased;
            settled = self.call(&spot, "settle", &nothing, budget) => match settled {
                Ok(settled) => Ok(Pressed::Settled(settled)),
                Err(Stop::Gone | Stop::Dialog) => Ok(Pressed::Away),
                Err(stop) => Err(self.stopped(stop, budget)),
            },
            Some(()) = leaving => Ok(Pressed::Away),
        }
    }

    /// Waits until the page has dealt with everything that was sent to it.
    pub(super) async fn flushed(&self, budget: &Budget) -> Result<(), Failure> {
        self.settle(budget).await.map(|_| ())
    }

    /// Sends one event of the mouse.
    pub(super) fn mouse(
        &self,
        kind: &str,
        at: &Pointed,
        mut more: Value,
    ) -> Result<Reply, Failure> {
        let session = self.tab_session()?;
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        more["type"] = kind.into();
        more["x"] = at.x.into();
        more["y"] = at.y.into();
        Ok(connection.start(Some(&session), "Input.dispatchMouseEvent", more))
    }

    pub(super) async fn hover(
        &mut self,
        target: &Target,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let pointed = self.point(target, Purpose::Hover, budget).await?;
        let reply = self.mouse("mouseMoved", &pointed, json!({}))?;
        match self.answer::<Value>(reply, budget).await {
            Ok(_) | Err(Stop::Gone | Stop::Dialog) => {}
            Err(stop) => return Err(self.stopped(stop, budget)),
        }
        self.flushed(budget).await?;
        Ok(Acted { fingerprint: pointed.fingerprint, extracted: None })
    }
}
