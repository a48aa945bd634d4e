//! The door for the launching crate's own connection: it answers, and leads nowhere.
//!
//! `headless_chrome` connects to the browser it launched, attaches to every page over that
//! connection at about 104 ms a call, and lets go only when nothing happened for a while, which
//! in a busy browser is never. So the launcher script names this door instead of Chrome: the
//! crate's one call is answered, its connection is closed, and what remains of it is what we want
//! of it: the owner of the process.

use futures::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

pub(super) struct Door {
    pub(super) port: u16,
    _shut: DropGuard,
}

impl Door {
    pub(super) async fn open(tracker: &TaskTracker) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let shut = CancellationToken::new();
        tracker.spawn(shut.clone().run_until_cancelled_owned(async move {
            while let Ok((stream, _)) = listener.accept().await {
                nod(stream).await;
            }
        }));
        Ok(Self { port, _shut: shut.drop_guard() })
    }
}

/// Says yes to every call.
async fn nod(stream: TcpStream) {
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    while let Some(Ok(Message::Text(call))) = socket.next().await {
        let id = serde_json::from_str::<serde_json::Value>(&call)
            .ok()
            .and_then(|call| call.get("id").cloned());
        let answer = serde_json::json!({ "id": id, "result": {} });
        if socket.send(Message::text(answer.to_string())).await.is_err() {
            return;
        }
    }
}
