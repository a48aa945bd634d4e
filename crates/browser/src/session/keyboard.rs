//! Pressing keys.

use super::BrowserSession;
use super::act::Touched;
use super::budget::Budget;
use super::call::{Spot, Stop};
use super::mouse::{Pressed, Settled};
use super::trouble::Answer;
use crate::cdp::Reply;
use domain::failure::{ErrorClass, Failure};
use domain::plan::Target;
use domain::plan::keys::{self, Key};
use domain::ports::Acted;
use futures::future::join_all;
use serde_json::{Value, json};
use std::time::Duration;

/// How long the other frames of a page are waited for before something is typed.
const HUSH_WITHIN: Duration = Duration::from_millis(500);

impl BrowserSession {
    pub(super) async fn press(
        &mut self,
        target: Option<&Target>,
        key: &str,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let (begun, _) = self.begun();
        let touched = match target {
            Some(target) => self.press_on(target, key, budget).await?,
            None => self.press_where_focus_is(key, budget).await?,
        };
        self.arrived(begun, budget, true).await?;
        Ok(touched.into())
    }

    async fn press_where_focus_is(&self, key: &str, budget: &Budget) -> Result<Touched, Failure> {
        let touched = self.ask("focused", budget, |_| json!({})).await?;
        self.keys(key, budget).await?;
        self.flushed(budget).await?;
        Ok(touched)
    }

    /// Focuses and presses until the key went where it was meant.
    async fn press_on(
        &self,
        target: &Target,
        key: &str,
        budget: &Budget,
    ) -> Result<Touched, Failure> {
        loop {
            let answer: Answer<Touched> =
                self.ask("focus", budget, |ms| json!({ "target": target, "ms": ms })).await?;
            let touched = answer.or_failure(target, budget)?;
            let hushed = self.hush_others(budget).await;
            let pressed = self.keys(key, budget).await;
            self.let_speak(&hushed);
            pressed?;
            match self.settle(budget).await? {
                Pressed::Settled(Settled { strayed: Some(by), .. }) => {
                    if budget.page_ms() == 0 {
                        return Err(strayed(target, &by));
                    }
                }
                _ => return Ok(touched),
            }
        }
    }

    /// Presses and releases a key, with the others of its chord held meanwhile.
    pub(super) async fn keys(&self, chord: &str, budget: &Budget) -> Result<(), Failure> {
        let (held, key) =
            keys::parse(chord).map_err(|why| Failure::new(ErrorClass::NotInteractable, why))?;
        let bits = keys::modifiers(&held);
        let mut replies = Vec::new();
        let mut down = 0;
        for modifier in &held {
            down |= modifier.modifier;
            replies.push(self.key("rawKeyDown", modifier, down)?);
        }
        let kind = if key.text.is_some() { "keyDown" } else { "rawKeyDown" };
        replies.push(self.key(kind, &key, bits)?);
        replies.push(self.key("keyUp", &key, bits)?);
        for modifier in held.iter().rev() {
            down &= !modifier.modifier;
            replies.push(self.key("keyUp", modifier, down)?);
        }
        for reply in replies {
            self.answered(reply, budget).await?;
        }
        Ok(())
    }

    fn key(&self, kind: &str, key: &Key, modifiers: u32) -> Result<Reply, Failure> {
        let session = self.tab_session()?;
        let Some(connection) = self.connection() else { return Err(self.crashed()) };
        let mut event = json!({
            "type": kind,
            "modifiers": modifiers,
            "key": key.name,
            "code": key.code,
            "windowsVirtualKeyCode": key.number,
            "location": key.location,
        });
        if kind == "keyDown" {
            event["text"] = key.text.clone().into();
            event["unmodifiedText"] = key.text.clone().into();
        }
        Ok(connection.start(Some(&session), "Input.dispatchKeyEvent", event))
    }

    /// Keeps keys out of every other frame of the tab. The browser sends them to whichever frame
    /// has the focus when they arrive, and the page may have moved it since it was looked at.
    /// Pages without frames, which are most, are not asked anything.
    pub(super) async fn hush_others(&self, budget: &Budget) -> Vec<Spot> {
        let alone = self.watched.see(|state| state.tab().is_none_or(|tab| tab.frames.len() < 2));
        if alone {
            return Vec::new();
        }
        // A frame that is too busy to answer is no reason not to type.
        let budget = budget.at_most(HUSH_WITHIN);
        let here = self.spot_now();
        let mut others = self.all_spots(&budget).await;
        others.retain(|spot| Some(spot) != here.as_ref());
        let on = json!({ "on": true });
        join_all(others.iter().map(|spot| self.call::<Value>(spot, "hush", &on, &budget))).await;
        others
    }

    pub(super) fn let_speak(&self, hushed: &[Spot]) {
        for spot in hushed {
            // Its document may be gone, and with it what was set.
            self.start_call(spot, "hush", &json!({ "on": false })).map(drop).ok();
        }
    }

    /// Waits until an input event was dealt with; that it opened a dialog or led elsewhere is a
    /// way of dealing with it.
    pub(super) async fn answered(&self, reply: Reply, budget: &Budget) -> Result<(), Failure> {
        match self.answer::<Value>(reply, budget).await {
            Ok(_) | Err(Stop::Gone | Stop::Dialog) => Ok(()),
            Err(stop) => Err(self.stopped(stop, budget)),
        }
    }
}

/// The page moved the focus away before anything was typed.
pub(super) fn strayed(target: &Target, by: &str) -> Failure {
    Failure {
        blocked_by: Some(by.to_owned()),
        ..Failure::new(
            ErrorClass::NotInteractable,
            format!("{target} does not keep the focus ({by}); nothing was typed"),
        )
    }
}
