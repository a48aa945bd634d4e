//! Pressing keys.

use super::BrowserSession;
use super::act::Touched;
use super::budget::Budget;
use super::call::Stop;
use domain::plan::keys::{self, Key};
use super::trouble::Answer;
use crate::cdp::Reply;
use domain::failure::{ErrorClass, Failure};
use domain::plan::Target;
use domain::ports::Acted;
use serde_json::{Value, json};

impl BrowserSession {
    pub(super) async fn press(
        &mut self,
        target: Option<&Target>,
        key: &str,
        budget: &Budget,
    ) -> Result<Acted, Failure> {
        let mut acted = Acted::default();
        if let Some(target) = target {
            let answer: Answer<Touched> =
                self.ask("focus", budget, |ms| json!({ "target": target, "ms": ms })).await?;
            acted = answer.or_failure(target, budget)?.into();
        }
        let (begun, _) = self.begun();
        self.keys(key, budget).await?;
        self.flushed(budget).await?;
        self.arrived(begun, budget, true).await?;
        Ok(acted)
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

    /// Waits until an input event was dealt with; that it opened a dialog or led elsewhere is a
    /// way of dealing with it.
    pub(super) async fn answered(&self, reply: Reply, budget: &Budget) -> Result<(), Failure> {
        match self.answer::<Value>(reply, budget).await {
            Ok(_) | Err(Stop::Gone | Stop::Dialog) => Ok(()),
            Err(stop) => Err(self.stopped(stop, budget)),
        }
    }
}
