//! One websocket with flat sessions: calls, and the events one waits for.

use anyhow::{Context as _, Result, bail};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The longest that anything takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection to a browser; it closes when dropped.
pub(super) struct Connection {
    writer: tokio::sync::Mutex<SplitSink<Socket, Message>>,
    next: AtomicU64,
    waiting: Arc<Mutex<Waiting>>,
    _reader: JoinSet<()>,
}

#[derive(Default)]
struct Waiting {
    calls: HashMap<u64, oneshot::Sender<Value>>,
    /// By session and name.
    events: HashMap<(String, &'static str), oneshot::Sender<Value>>,
}

/// An answer or an event that is still to come.
pub(super) struct Coming(oneshot::Receiver<Value>);

impl Coming {
    pub(super) async fn here(self) -> Result<Value> {
        let arrived = tokio::time::timeout(PATIENCE, self.0).await;
        let mut message = arrived.context("the browser does not answer")??;
        if let Some(error) = message.get("error") {
            bail!("the browser refuses: {error}");
        }
        let field = if message.get("result").is_some() { "result" } else { "params" };
        Ok(message[field].take())
    }
}

impl Connection {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let (socket, _) = tokio_tungstenite::connect_async(url).await?;
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_nodelay(true)?;
        }
        let (writer, reader) = socket.split();
        let waiting = Arc::<Mutex<Waiting>>::default();
        let mut reading = JoinSet::new();
        reading.spawn(read(reader, Arc::clone(&waiting)));
        Ok(Self {
            writer: tokio::sync::Mutex::new(writer),
            next: AtomicU64::new(1),
            waiting,
            _reader: reading,
        })
    }

    /// Sends a call; its answer is still to come.
    pub(super) async fn send(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Coming> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (answer, coming) = oneshot::channel();
        lock(&self.waiting).calls.insert(id, answer);
        let mut call = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            call["sessionId"] = session.into();
        }
        self.writer.lock().await.send(Message::text(call.to_string())).await?;
        Ok(Coming(coming))
    }

    /// Sends a call and waits for its answer.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value> {
        self.send(session, method, params).await?.here().await
    }

    /// The next event of this name in a session; to be asked for before it can happen.
    pub(super) fn event(&self, session: &str, name: &'static str) -> Coming {
        let (event, coming) = oneshot::channel();
        lock(&self.waiting).events.insert((session.to_owned(), name), event);
        Coming(coming)
    }
}

async fn read(mut socket: SplitStream<Socket>, waiting: Arc<Mutex<Waiting>>) {
    while let Some(Ok(message)) = socket.next().await {
        let Message::Text(text) = message else { continue };
        let Ok(message) = serde_json::from_str::<Value>(&text) else { continue };
        if let Some(waiter) = whose(&message, &waiting) {
            // Whoever gave up waiting does not want it any more.
            drop(waiter.send(message));
        }
    }
}

fn whose(message: &Value, waiting: &Mutex<Waiting>) -> Option<oneshot::Sender<Value>> {
    let mut waiting = lock(waiting);
    if let Some(id) = message["id"].as_u64() {
        return waiting.calls.remove(&id);
    }
    let (session, name) = (message["sessionId"].as_str()?, message["method"].as_str()?);
    let key = waiting.events.keys().find(|(at, event)| at == session && *event == name)?.clone();
    waiting.events.remove(&key)
}

fn lock(waiting: &Mutex<Waiting>) -> std::sync::MutexGuard<'_, Waiting> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}
