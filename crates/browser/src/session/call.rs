//! Calls into pages: our functions in our world, in the frame that is acted in.

use super::BrowserSession;
use super::budget::Budget;
use super::json::parse;
use super::state::{Load, State};
use crate::cdp::{CallError, Reply};
use crate::page;
use domain::failure::{ErrorClass, Failure};
use futures::future::join_all;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// How long a page may take beyond the time it was given, before it counts as not answering.
const GRACE: Duration = Duration::from_millis(500);

/// How long a document may be without our world before it is asked for.
const WORLD_WITHIN: Duration = Duration::from_millis(250);

/// Why a call into a page has no result.
#[derive(Debug)]
pub(super) enum Stop {
    /// A dialog opened and holds the page.
    Dialog,
    /// The browser or the tab is gone.
    Dead,
    /// The page did not answer in time.
    Late,
    /// The document was replaced.
    Gone,
    /// Our functions are not in the document.
    Bare,
    /// What was called failed.
    Broken(String),
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Closed => Self::Dead,
            CallError::Deadline { .. } => Self::Late,
            error if error.is_gone_document() => Self::Gone,
            error => Self::Broken(error.to_string()),
        }
    }
}

/// Where a call goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// The protocol session.
    pub(super) session: String,
    /// Our world in the frame's document.
    pub(super) world: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Returned {
    result: Remote,
    exception_details: Option<Details>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Remote {
    #[serde(default)]
    value: Option<Box<serde_json::value::RawValue>>,
    object_id: Option<String>,
}

#[derive(Deserialize)]
struct Details {
    text: String,
    exception: Option<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    description: Option<String>,
}

impl BrowserSession {
    /// The protocol session of the tab that is acted in.
    pub(super) fn tab_session(&self) -> Result<String, Failure> {
        self.watched
            .see(|state| state.tab().map(|tab| tab.session.clone()))
            .ok_or_else(|| self.crashed())
    }

    /// Asks a function of ours in the frame that is acted in, again if the document is replaced
    /// meanwhile. The argument is made from the milliseconds the page may wait.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        function: &'static str,
        budget: &Budget,
        argument: impl Fn(u64) -> Value,
    ) -> Result<T, Failure> {
        loop {
            let spot = self.spot(budget).await?;
            let answer = self.call(&spot, function, &argument(budget.page_ms()), budget).await;
            match answer {
                Ok(answer) => return Ok(answer),
                Err(Stop::Gone) if !budget.is_spent() => self.left(&spot, budget).await,
                Err(stop) => return Err(self.stopped(stop, budget)),
            }
        }
    }

    /// Waits until the browser says that a document is gone, after a call already found out.
    async fn left(&self, spot: &Spot, budget: &Budget) {
        let left = |state: &State| {
            (state.is_dead() || self.spot_in(state).as_ref() != Some(spot)).then_some(())
        };
        self.watched.until(budget.deadline, left).await;
    }

    /// Where the frame that is acted in can be called, once its document is there.
    pub(super) async fn spot(&self, budget: &Budget) -> Result<Spot, Failure> {
        enum Found {
            Spot(Spot),
            Dialog,
            Dead,
        }
        loop {
            let patience = budget.deadline.min(Instant::now() + WORLD_WITHIN);
            let found = self
                .watched
                .until(patience, |state| match self.spot_in(state) {
                    _ if state.is_dead() => Some(Found::Dead),
                    _ if state.dialog.is_some() => Some(Found::Dialog),
                    spot => spot.map(Found::Spot),
                })
                .await;
            match found {
                Some(Found::Spot(spot)) => return Ok(spot),
                Some(Found::Dialog) => return Err(self.stopped(Stop::Dialog, budget)),
                Some(Found::Dead) => return Err(self.crashed()),
                None if budget.is_spent() => return Err(self.not_there(budget)),
                None => self.ask_for_world(),
            }
        }
    }

    /// Asks for our world in the frame's document. Chrome makes it with the document, but does not
    /// always say so when a frame's first, empty document gives way to its real one; asked, it
    /// tells of the world that is there, or makes one.
    fn ask_for_world(&self) {
        let frame = self.watched.see(|state| {
            let tab = state.tab()?;
            let id = self.frame.as_ref().map_or(&tab.target, |frame| &frame.id);
            let session = tab.frames.get(id).map_or(&tab.session, |frame| &frame.session);
            Some((id.clone(), session.clone()))
        });
        if let (Some((frame, session)), Some(connection)) = (frame, self.connection()) {
            let params = json!({ "frameId": frame, "worldName": page::WORLD });
            drop(connection.start(Some(&session), "Page.createIsolatedWorld", params));
        }
    }

    /// Every frame of the tab that can be called. Frames whose world nobody told of are asked for it
    /// first, as in [`Self::ask_for_world`].
    pub(super) async fn all_spots(&self, budget: &Budget) -> Vec<Spot> {
        let untold: Vec<(String, String)> = self.watched.see(|state| {
            let frames = state.tab().into_iter().flat_map(|tab| &tab.frames);
            let untold = frames.filter(|(_, frame)| frame.world.is_none());
            untold.map(|(id, frame)| (id.clone(), frame.session.clone())).collect()
        });
        if let Some(connection) = self.connection() {
            let asked = untold.iter().map(|(frame, session)| {
                let params = json!({ "frameId": frame, "worldName": page::WORLD });
                connection.start(Some(session), "Page.createIsolatedWorld", params)
            });
            // The answer comes after the event that tells of the world. A frame that is gone by
            // now has no answer to give.
            join_all(asked.map(|reply| self.answer::<Value>(reply, budget))).await;
        }
        self.watched.see(|state| {
            let frames = state.tab().into_iter().flat_map(|tab| tab.frames.values());
            frames
                .filter_map(|frame| {
                    let world = frame.world.clone()?;
                    Some(Spot { session: frame.session.clone(), world })
                })
                .collect()
        })
    }

    fn not_there(&self, budget: &Budget) -> Failure {
        let what = if self.frame.is_some() { "frame" } else { "page" };
        let (url, within) = (self.url(), budget.shown());
        let message = format!("the document of the {what} at {url} did not come within {within}");
        Failure::new(ErrorClass::Timeout, message)
    }

    pub(super) fn spot_in(&self, state: &State) -> Option<Spot> {
        let tab = state.tab()?;
        let frame = self.frame.as_ref().map_or(&tab.target, |frame| &frame.id);
        let frame = tab.frames.get(frame)?;
        Some(Spot { session: frame.session.clone(), world: frame.world.clone()? })
    }

    /// Where the page itself can be called, whichever frame is acted in.
    pub(super) fn main_spot(&self) -> Option<Spot> {
        self.watched.see(|state| {
            let tab = state.tab()?;
            let frame = tab.frames.get(&tab.target)?;
            Some(Spot { session: frame.session.clone(), world: frame.world.clone()? })
        })
    }

    /// Calls a function of ours and reads its result.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        spot: &Spot,
        function: &'static str,
        argument: &impl Serialize,
        budget: &Budget,
    ) -> Result<T, Stop> {
        let reply = self.start_call(spot, function, argument)?;
        let returned = self.answer::<Returned>(reply, budget).await?;
        match read_value(returned) {
            Err(Stop::Bare) => {
                self.install(spot, budget).await?;
                let reply = self.start_call(spot, function, argument)?;
                read_value(self.answer::<Returned>(reply, budget).await?)
            }
            value => value,
        }
    }

    /// Puts our functions into a world that was made without them.
    async fn install(&self, spot: &Spot, budget: &Budget) -> Result<(), Stop> {
        let connection = self.connection().ok_or(Stop::Dead)?;
        let params = json!({ "expression": page::source(), "uniqueContextId": spot.world });
        let reply = connection.start(Some(&spot.session), "Runtime.evaluate", params);
        self.answer::<Returned>(reply, budget).await.map(|_| ())
    }

    /// Sends a call of a function of ours.
    pub(super) fn start_call(
        &self,
        spot: &Spot,
        function: &'static str,
        argument: &impl Serialize,
    ) -> Result<Reply, Stop> {
        let connection = self.connection().ok_or(Stop::Dead)?;
        Ok(connection.start(
            Some(&spot.session),
            "Runtime.callFunctionOn",
            json!({
                "functionDeclaration": format!("function(a){{waymark.watch();return waymark.{function}(a)}}"),
                "uniqueContextId": spot.world,
                "arguments": [{ "value": argument }],
                "awaitPromise": true,
                "returnByValue": true,
            }),
        ))
    }

    /// Calls a function of ours with an element of the page and more.
    pub(super) async fn call_with<T: DeserializeOwned>(
        &self,
        (session, object): (&str, &str),
        function: &'static str,
        arguments: &[Value],
        budget: &Budget,
    ) -> Result<T, Stop> {
        let connection = self.connection().ok_or(Stop::Dead)?;
        let arguments: Vec<Value> =
            arguments.iter().map(|argument| json!({ "value": argument })).collect();
        let reply = connection.start(
            Some(session),
            "Runtime.callFunctionOn",
            json!({
                "functionDeclaration":
                    format!("function(...a){{waymark.watch();return waymark.{function}(this,...a)}}"),
                "objectId": object,
                "arguments": arguments,
                "awaitPromise": true,
                "returnByValue": true,
            }),
        );
        let returned = self.answer::<Returned>(reply, budget).await?;
        read_value(returned)
    }

    /// A handle on the element that was located last.
    pub(super) async fn held(&self, spot: &Spot, budget: &Budget) -> Result<String, Stop> {
        let connection = self.connection().ok_or(Stop::Dead)?;
        let reply = connection.start(
            Some(&spot.session),
            "Runtime.evaluate",
            json!({ "expression": "waymark.held()", "uniqueContextId": spot.world }),
        );
        let returned = self.answer::<Returned>(reply, budget).await?;
        returned.result.object_id.ok_or(Stop::Gone)
    }

    /// Waits for an answer, but not when the page can no longer give one: a dialog holds it, or
    /// it died.
    pub(super) async fn answer<T: DeserializeOwned>(
        &self,
        reply: Reply,
        budget: &Budget,
    ) -> Result<T, Stop> {
        let hindered = self.watched.until(budget.deadline + GRACE, |state| {
            if state.is_dead() {
                Some(Stop::Dead)
            } else {
                state.dialog.as_ref().map(|_| Stop::Dialog)
            }
        });
        tokio::select! {
            biased;
            answer = reply.read(budget.left() + GRACE) => Ok(answer?),
            stop = hindered => Err(stop.unwrap_or(Stop::Late)),
        }
    }

    /// A stop as the failure of an action.
    pub(super) fn stopped(&self, stop: Stop, budget: &Budget) -> Failure {
        match stop {
            Stop::Dialog => self.blocked_by_dialog(),
            Stop::Dead => self.crashed(),
            Stop::Late if self.is_leaving() => self.still_loading(budget),
            Stop::Late => Failure::new(
                ErrorClass::Timeout,
                format!(
                    "the page at {} did not answer within {}: it is still loading, or its script \
                     is busy",
                    self.url(),
                    budget.shown()
                ),
            ),
            Stop::Gone => Failure::new(
                ErrorClass::Detached,
                "the page was replaced by another while it was acted upon",
            ),
            Stop::Bare => {
                Failure::new(ErrorClass::Unclassified, "the page cannot be looked at from inside")
            }
            Stop::Broken(message) => Failure::new(ErrorClass::Unclassified, message),
        }
    }

    /// Whether the tab is on its way to another document.
    fn is_leaving(&self) -> bool {
        self.watched
            .see(|state| state.tab().is_some_and(|tab| matches!(tab.load, Load::Under { .. })))
    }

    pub(super) fn crashed(&self) -> Failure {
        let (gone, tabs) = self.watched.see(|state| (state.gone, state.tabs.len()));
        let message = match (gone, tabs) {
            (true, _) => "the browser ended; the attempt can be made again on a fresh one",
            (false, 0) => "the page closed its only tab; the attempt can be made again",
            (false, _) => "the tab crashed; the attempt can be made again",
        };
        Failure::new(ErrorClass::BrowserCrashed, message)
    }

    /// The URL of the tab that is acted in.
    pub(super) fn url(&self) -> String {
        self.watched.see(|state| state.tab().map(|tab| tab.url.clone())).unwrap_or_default()
    }
}

fn read_value<T: DeserializeOwned>(returned: Returned) -> Result<T, Stop> {
    if let Some(details) = returned.exception_details {
        let text = details.exception.and_then(|e| e.description).unwrap_or(details.text);
        let text = text.lines().next().unwrap_or_default();
        if text.contains("waymark is not defined") {
            return Err(Stop::Bare);
        }
        return Err(Stop::Broken(format!("the page cannot be looked at: {text}")));
    }
    let text = returned.result.value.as_ref().map_or("null", |value| value.get());
    parse(text)
        .map_err(|error| Stop::Broken(format!("what the page said cannot be understood: {error}")))
}
