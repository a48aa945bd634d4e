//! The websocket: a writer, a reader, the calls under way, and who hears which event.

use super::call::{CallError, Reply};
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
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Where a browser listens.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// `ws://…`
    pub(crate) url: String,
    /// Headers of the opening request, as remote services want them.
    pub(crate) headers: Vec<(String, String)>,
}

/// Something the browser reports.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    /// The protocol session it comes from: a tab or a frame; none for the browser itself.
    pub(crate) session: Option<String>,
    /// The protocol's name of it.
    pub(crate) method: String,
    params: Arc<RawValue>,
}

impl Event {
    pub(crate) fn raw(&self) -> &str { self.params.get() }
    /// Its particulars; `None` when they are not as expected, which is logged and no more: the
    /// protocol drifts, and an event that cannot be read must not end anything.
    pub(crate) fn read<'a, T: Deserialize<'a>>(&'a self) -> Option<T> {
        serde_json::from_str(self.params.get())
            .inspect_err(|error| tracing::debug!(%error, "event {} cannot be read", self.method))
            .ok()
    }
}

/// What a session hears: events, and the answers to its own calls between them. They take the same
/// way so that whoever gets an answer finds the state as it was when the answer was given.
pub(crate) enum Heard {
    Event(Event),
    Answer(Delivery),
}

/// An answer on its last stretch.
pub(crate) struct Delivery {
    to: oneshot::Sender<Answered>,
    answer: Answered,
}

impl Delivery {
    pub(crate) fn deliver(self) {
        // Nobody may be waiting any more, and that is fine.
        self.to.send(self.answer).ok();
    }
}

type Answered = Result<Box<RawValue>, CallError>;
type Inbox = mpsc::UnboundedSender<Heard>;

/// A connection to one browser, shared by all sessions in it.
pub(crate) struct Connection {
    outgoing: mpsc::UnboundedSender<Message>,
    next_id: AtomicU64,
    state: Mutex<State>,
    closed: CancellationToken,
}

struct State {
    open: bool,
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

impl Connection {
    /// Connects, and runs reader and writer on the tracker until the browser or `stop` ends them.
    pub(crate) async fn open(
        endpoint: &Endpoint,
        tracker: &TaskTracker,
        within: Duration,
    ) -> Result<Arc<Self>, String> {
        let mut request = endpoint
            .url
            .as_str()
            .into_client_request()
            .map_err(|error| format!("`{}` is not a ws:// address: {error}", endpoint.url))?;
        for (name, value) in &endpoint.headers {
            let name = HeaderName::try_from(name)
                .map_err(|_| format!("`{name}` is not the name of a header"))?;
            let value = HeaderValue::try_from(value)
                .map_err(|_| format!("the value of the header `{name}` has impossible characters"))?;
            request.headers_mut().insert(name, value);
        }
        // A page may be large and so may its picture.
        let config = WebSocketConfig::default()
            .max_message_size(Some(256 << 20))
            .max_frame_size(Some(256 << 20));
        let connecting =
            tokio_tungstenite::connect_async_with_config(request, Some(config), true);
        let (socket, _) = tokio::time::timeout(within, connecting)
            .await
            .map_err(|_| format!("{} did not answer in time", endpoint.url))?
            .map_err(|error| format!("cannot connect to {}: {error}", endpoint.url))?;
        let (mut sink, mut stream) = socket.split();
        let (outgoing, mut to_send) = mpsc::unbounded_channel();
        let connection = Arc::new(Self {
            outgoing,
            next_id: AtomicU64::new(1),
            state: Mutex::new(State {
                open: true,
                calls: HashMap::new(),
                sessions: HashMap::new(),
                contexts: HashMap::new(),
            }),
            closed: CancellationToken::new(),
        });

        let closed = connection.closed.clone();
        tracker.spawn(closed.clone().run_until_cancelled_owned(async move {
            while let Some(message) = to_send.recv().await {
                let mut sent = sink.feed(message).await;
                while let (Ok(()), Ok(more)) = (&sent, to_send.try_recv()) {
                    sent = sink.feed(more).await;
                }
                if sent.is_err() || sink.flush().await.is_err() {
                    closed.cancel();
                }
            }
        }));

        let reader = Arc::clone(&connection);
        tracker.spawn(async move {
            let closed = reader.closed.clone();
            let reading = async {
                while let Some(Ok(message)) = stream.next().await {
                    match message {
                        Message::Text(text) => reader.take_in(text.as_str()),
                        Message::Close(_) => break,
                        _ => {}
                    }
                }
            };
            closed.run_until_cancelled(reading).await;
            reader.end();
        });
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
                let message = error.to_string();
                // Nobody can be waiting yet, and the receiver is in our hands.
                answer.send(Err(CallError::Unreadable { method, message })).ok();
                return reply;
            }
        };
        let mut state = self.state();
        if state.open && self.outgoing.send(Message::text(text)).is_ok() {
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
        let (inbox, events) = mpsc::unbounded_channel();
        let mut state = self.state();
        if state.open {
            state.contexts.insert(context.to_owned(), inbox);
        }
        events
    }

    /// Hears no more of a browser context.
    pub(crate) fn forget(&self, context: &str) {
        let mut state = self.state();
        if let Some(inbox) = state.contexts.remove(context) {
            state.sessions.retain(|_, other| !other.same_channel(&inbox));
        }
    }

    /// Ends the connection from our side.
    pub(crate) fn close(&self) {
        self.closed.cancel();
    }

    /// Whether the browser can still be talked to.
    pub(crate) fn is_open(&self) -> bool {
        self.state().open
    }

    /// Returns when the connection has ended.
    pub(crate) async fn ended(&self) {
        self.closed.cancelled().await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while holding it; if something did, the state would still be whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_in(&self, text: &str) {
        let incoming: Incoming = match serde_json::from_str(text) {
            Ok(incoming) => incoming,
            Err(error) => {
                tracing::warn!(%error, "a message of the browser cannot be read");
                return;
            }
        };
        match (incoming.id, incoming.method, incoming.params) {
            (Some(id), _, _) => self.answer(id, incoming.result, incoming.error),
            (None, Some(method), Some(params)) => self.route(Event {
                session: incoming.session,
                method,
                params: params.into(),
            }),
            _ => {}
        }
    }

    fn answer(&self, id: u64, result: Option<Box<RawValue>>, error: Option<RemoteError>) {
        let mut state = self.state();
        let Some(waiting) = state.calls.remove(&id) else { return };
        let method = waiting.method;
        let answer = match (result, error) {
            (_, Some(error)) => Err(CallError::Refused { method, message: error.message }),
            (Some(result), None) => Ok(result),
            (None, None) => Err(CallError::Unreadable {
                method,
                message: "there is neither a result nor an error".into(),
            }),
        };
        let delivery = Delivery { to: waiting.answer, answer };
        match waiting.session.and_then(|session| state.sessions.get(&session)) {
            // The session may be ending; then nobody waits.
            Some(inbox) => drop(inbox.send(Heard::Answer(delivery))),
            None => delivery.deliver(),
        }
    }

    /// Gives an event to whoever hears its session. A target that was just attached belongs to
    /// whoever has its context, or its parent; this is settled here, in the reader, so that none
    /// of the new target's events can come too early.
    fn route(&self, event: Event) {
        let mut state = self.state();
        if event.method == "Target.attachedToTarget" {
            let Some(attached) = event.read::<Attached>() else { return };
            let heir = match (&event.session, &attached.target_info.browser_context_id) {
                (Some(parent), _) => state.sessions.get(parent).cloned(),
                (None, Some(context)) => state.contexts.get(context).cloned(),
                (None, None) => None,
            };
            match heir {
                Some(inbox) => {
                    state.sessions.insert(attached.session_id, inbox.clone());
                    inbox.send(Heard::Event(event)).ok();
                }
                None => {
                    drop(state);
                    self.let_go(None, &attached.session_id);
                }
            }
            return;
        }
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

    /// Lets a target run that is nothing to us: a worker, or somebody else's tab in a shared
    /// browser. `parent` is the session that attached to it.
    pub(crate) fn let_go(&self, parent: Option<&str>, session: &str) {
        drop(self.start(Some(session), "Runtime.runIfWaitingForDebugger", Empty {}));
        drop(self.start(
            parent,
            "Target.detachFromTarget",
            serde_json::json!({ "sessionId": session }),
        ));
    }

    /// Stops routing for a session that is detached.
    pub(crate) fn detached(&self, event: &Event) -> Option<String> {
        let session = event.read::<Detached>()?.session_id;
        let mut state = self.state();
        state.sessions.remove(&session);
        // The browser forgets to answer what was asked of a tab that closed.
        let unanswered = state.calls.extract_if(|_, call| call.session.as_ref() == Some(&session));
        for (_, Waiting { method, answer, .. }) in unanswered {
            let message = "Target closed".into();
            answer.send(Err(CallError::Refused { method, message })).ok();
        }
        drop(state);
        Some(session)
    }

    fn end(&self) {
        self.closed.cancel();
        let mut state = self.state();
        state.open = false;
        // Dropping the senders tells everyone who waits or listens.
        state.calls.clear();
        state.sessions.clear();
        state.contexts.clear();
    }
}

/// Parameters of a call that takes none.
#[derive(Serialize)]
pub(crate) struct Empty {}
