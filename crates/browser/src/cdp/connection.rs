//! A connection: a writer, a reader, the calls under way, and who hears which event.

use super::call::{CallError, Reply};
use super::dial::{Endpoint, Socket, dial};
use super::heard::{Answered, Delivery, Event, Heard};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use headless_chrome::protocol::cdp::types::Method;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

type Inbox = mpsc::UnboundedSender<Heard>;

/// A connection to one browser, shared by all sessions in it.
pub(crate) struct Connection {
    outgoing: mpsc::UnboundedSender<Message>,
    next_id: AtomicU64,
    state: Mutex<State>,
    closed: CancellationToken,
}

#[derive(Default)]
struct State {
    /// Nothing can be called any more.
    ended: bool,
    calls: HashMap<u64, Waiting>,
    /// Who hears the events of a protocol session.
    sessions: HashMap<String, Inbox>,
    /// Who hears of the targets of a browser context.
    contexts: HashMap<String, Inbox>,
}

struct Waiting {
    method: &'static str,
    session: Option<String>,
    answer: oneshot::Sender<Answered>,
}

#[derive(Serialize)]
struct Outgoing<'a, P> {
    id: u64,
    method: &'a str,
    params: P,
    #[serde(rename = "sessionId", skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
}

#[derive(Deserialize)]
struct Incoming {
    id: Option<u64>,
    method: Option<String>,
    params: Option<Box<RawValue>>,
    result: Option<Box<RawValue>>,
    error: Option<RemoteError>,
    #[serde(rename = "sessionId")]
    session: Option<String>,
}

#[derive(Deserialize)]
struct RemoteError {
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attached {
    session_id: String,
    target_info: AttachedTarget,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AttachedTarget {
    browser_context_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detached {
    session_id: String,
}

/// Parameters of a call that takes none.
#[derive(Serialize)]
struct Nothing {}

impl Connection {
    /// Connects, and runs reader and writer on the tracker until either side ends it.
    pub(crate) async fn open(
        endpoint: &Endpoint,
        tracker: &TaskTracker,
        within: Duration,
    ) -> Result<Arc<Self>, String> {
        let (sink, stream) = dial(endpoint, within).await?.split();
        let (outgoing, to_send) = mpsc::unbounded_channel();
        let connection = Arc::new(Self {
            outgoing,
            next_id: AtomicU64::new(1),
            state: Mutex::default(),
            closed: CancellationToken::new(),
        });
        let closed = connection.closed.clone();
        tracker.spawn(closed.clone().run_until_cancelled_owned(write(sink, to_send, closed)));
        tracker.spawn(Arc::clone(&connection).read(stream));
        Ok(connection)
    }

    /// Sends a call, with parameters as the protocol's JSON.
    pub(crate) fn start(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: impl Serialize,
    ) -> Reply {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (answer, receiver) = oneshot::channel();
        let reply = Reply { method, answer: receiver };
        let text = match serde_json::to_string(&Outgoing { id, method, params, session }) {
            Ok(text) => text,
            Err(error) => {
                let error = CallError::Unreadable { method, message: error.to_string() };
                Delivery { to: answer, answer: Err(error) }.deliver();
                return reply;
            }
        };
        let mut state = self.state();
        // Sent while the state is held: the answer cannot come before it is waited for.
        if !state.ended && self.outgoing.send(Message::text(text)).is_ok() {
            let session = session.map(str::to_owned);
            state.calls.insert(id, Waiting { method, session, answer });
        }
        reply
    }

    /// Sends a call with the protocol's own types and waits for its answer.
    pub(crate) async fn call<M: Method + Serialize>(
        &self,
        session: Option<&str>,
        method: M,
        within: Duration,
    ) -> Result<M::ReturnObject, CallError> {
        self.start(session, M::NAME, method).read(within).await
    }

    /// From now on, hears of the targets of a browser context and everything in them.
    pub(crate) fn listen(&self, context: &str) -> mpsc::UnboundedReceiver<Heard> {
        let (inbox, heard) = mpsc::unbounded_channel();
        let mut state = self.state();
        if !state.ended {
            state.contexts.insert(context.to_owned(), inbox);
        }
        heard
    }

    /// Hears no more of a browser context.
    pub(crate) fn forget(&self, context: &str) {
        let mut state = self.state();
        if let Some(inbox) = state.contexts.remove(context) {
            state.sessions.retain(|_, other| !other.same_channel(&inbox));
        }
    }

    /// Lets a target run that is nothing to us: a worker, or somebody else's tab in a shared
    /// browser. `parent` is the session that attached to it.
    pub(crate) fn let_go(&self, parent: Option<&str>, session: &str) {
        drop(self.start(Some(session), "Runtime.runIfWaitingForDebugger", Nothing {}));
        drop(self.start(
            parent,
            "Target.detachFromTarget",
            serde_json::json!({ "sessionId": session }),
        ));
    }

    /// Forgets a protocol session that ended, and returns which. The browser does not answer what
    /// was asked of a tab that closed.
    pub(crate) fn detached(&self, event: &Event) -> Option<String> {
        let session = event.read::<Detached>()?.session_id;
        let mut state = self.state();
        state.sessions.remove(&session);
        let unanswered = state.calls.extract_if(|_, call| call.session.as_ref() == Some(&session));
        for (_, Waiting { method, answer, .. }) in unanswered {
            let error = CallError::Refused { method, message: "Target closed".into() };
            Delivery { to: answer, answer: Err(error) }.deliver();
        }
        drop(state);
        Some(session)
    }

    /// Ends the connection from our side.
    pub(crate) fn close(&self) {
        self.closed.cancel();
    }

    /// Whether the browser can still be talked to.
    pub(crate) fn is_open(&self) -> bool {
        !self.state().ended
    }

    /// Returns when the connection has ended.
    pub(crate) async fn ended(&self) {
        self.closed.cancelled().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while holding it; if something did, the state would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn read(self: Arc<Self>, mut stream: SplitStream<Socket>) {
        let reading = async {
            while let Some(Ok(message)) = stream.next().await {
                match message {
                    Message::Text(text) => self.take_in(text.as_str()),
                    Message::Close(_) => break,
                    _ => {}
                }
            }
        };
        self.closed.run_until_cancelled(reading).await;
        self.closed.cancel();
        // Dropping the senders tells everyone who waits or listens.
        *self.state() = State { ended: true, ..State::default() };
    }

    fn take_in(&self, text: &str) {
        let Ok(incoming) = serde_json::from_str(text) else {
            tracing::warn!("a message of the browser cannot be read");
            return;
        };
        let Incoming { id, method, params, result, error, session } = incoming;
        match (id, method, params) {
            (Some(id), _, _) => self.answer(id, result, error),
            (None, Some(method), Some(params)) => {
                self.route(Event { session, method, params: params.into() });
            }
            _ => {}
        }
    }

    fn answer(&self, id: u64, result: Option<Box<RawValue>>, error: Option<RemoteError>) {
        let mut state = self.state();
        let Some(Waiting { method, session, answer: to }) = state.calls.remove(&id) else { return };
        let answer = match (result, error) {
            (_, Some(error)) => Err(CallError::Refused { method, message: error.message }),
            (Some(result), None) => Ok(result),
            (None, None) => {
                let message = "there is neither a result nor an error".into();
                Err(CallError::Unreadable { method, message })
            }
        };
        let delivery = Delivery { to, answer };
        match session.and_then(|session| state.sessions.get(&session)) {
            // The session may be ending; then nobody waits.
            Some(inbox) => drop(inbox.send(Heard::Answer(delivery))),
            None => delivery.deliver(),
        }
    }

    fn route(&self, event: Event) {
        if event.method == "Target.attachedToTarget" {
            self.adopt(event);
            return;
        }
        let state = self.state();
        // A receiver that is gone belongs to a session that is ending.
        match &event.session {
            Some(session) => {
                if let Some(inbox) = state.sessions.get(session) {
                    inbox.send(Heard::Event(event)).ok();
                }
            }
            None => {
                for inbox in state.contexts.values() {
                    inbox.send(Heard::Event(event.clone())).ok();
                }
            }
        }
    }

    /// A target that was just attached belongs to whoever has its context, or its parent. This is
    /// settled here, in the reader, so that none of its events can come too early.
    fn adopt(&self, event: Event) {
        let Some(attached) = event.read::<Attached>() else { return };
        let session = attached.session_id;
        let mut state = self.state();
        let heir = match (&event.session, &attached.target_info.browser_context_id) {
            (Some(parent), _) => state.sessions.get(parent).cloned(),
            (None, Some(context)) => state.contexts.get(context).cloned(),
            (None, None) => None,
        };
        if let Some(inbox) = heir {
            state.sessions.insert(session, inbox.clone());
            inbox.send(Heard::Event(event)).ok();
        } else {
            drop(state);
            self.let_go(event.session.as_deref(), &session);
        }
    }
}

/// Writes what is to be sent, together what has gathered.
async fn write(
    mut sink: SplitSink<Socket, Message>,
    mut to_send: mpsc::UnboundedReceiver<Message>,
    closed: CancellationToken,
) {
    while let Some(message) = to_send.recv().await {
        let mut sent = sink.feed(message).await;
        while let (Ok(()), Ok(more)) = (&sent, to_send.try_recv()) {
            sent = sink.feed(more).await;
        }
        if sent.is_err() || sink.flush().await.is_err() {
            closed.cancel();
        }
    }
}
