//! A wire between the store and Postgres that can say again what was said through it: the same
//! statements with the same values, and nothing of ours around them. That is the floor, whatever
//! statements a question takes.

use crate::bench::milliseconds;
use anyhow::{Context as _, Result, bail, ensure};
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::str::FromStr as _;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Where the store connects instead.
pub(super) struct Tap {
    /// Its address, with user and password.
    pub(super) url: String,
    newest: Newest,
    /// Ends with this.
    _wires: JoinSet<()>,
}

/// The connection that was made last is the one that is used.
type Newest = Arc<Mutex<Option<mpsc::Sender<Order>>>>;

/// What a wire is told.
enum Order {
    /// Forget what was said, and tell that it is forgotten.
    Forget(oneshot::Sender<()>),
    /// Say it again, and tell how long that took.
    Repeat(oneshot::Sender<Result<f64>>),
}

impl Tap {
    /// Opens a way to the database of this URL.
    pub(super) async fn open(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)?;
        let server = (options.get_host().to_owned(), options.get_port());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let options = options.host("127.0.0.1").port(port).ssl_mode(PgSslMode::Disable);
        let newest = Newest::default();
        let mut wires = JoinSet::new();
        wires.spawn(accept(listener, server, Arc::clone(&newest)));
        Ok(Self { url: options.to_url_lossy().to_string(), newest, _wires: wires })
    }

    /// Forgets what was said so far.
    pub(super) async fn forget(&self) -> Result<()> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Forget(answer)).await?;
        answered.await.context("the connection has ended")
    }

    /// Says again what was said since; in how many milliseconds.
    pub(super) async fn repeat(&self) -> Result<f64> {
        let (answer, answered) = oneshot::channel();
        self.order(Order::Repeat(answer)).await?;
        answered.await.context("the connection has ended")?
    }

    async fn order(&self, order: Order) -> Result<()> {
        let newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let wire = newest.context("nothing has connected yet")?;
        ensure!(wire.send(order).await.is_ok(), "the connection has ended");
        Ok(())
    }
}

async fn accept(listener: TcpListener, server: (String, u16), newest: Newest) {
    let mut wires = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let (send, orders) = mpsc::channel(1);
        *newest.lock().unwrap_or_else(PoisonError::into_inner) = Some(send);
        let server = server.clone();
        // Whoever connected hears that the connection has ended, and says why that matters.
        wires.spawn(async move { drop(carry(client, server, orders).await) });
    }
}

/// Carries messages both ways until either end is gone.
async fn carry(
    client: TcpStream,
    server: (String, u16),
    mut orders: mpsc::Receiver<Order>,
) -> Result<()> {
    let server = TcpStream::connect(server).await?;
    for end in [&client, &server] {
        end.set_nodelay(true)?;
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let mut client = Messages::new(from_client);
    let mut wire = Wire { from: Messages::new(from_server), to: to_server, back: to_client };
    // The first message has no kind, and is answered in several turns.
    let hello = client.untyped().await?;
    wire.to.write_all(&hello).await?;
    let mut said = Vec::new();
    loop {
        tokio::select! {
            message = client.next() => {
                let message = message?;
                wire.to.write_all(&message).await?;
                said.push(message);
            }
            message = wire.from.next() => wire.back.write_all(&message?).await?,
            order = orders.recv() => match order {
                // Nobody waits for an answer when the benchmark has failed meanwhile.
                Some(Order::Forget(answer)) => {
                    said.clear();
                    answer.send(()).unwrap_or_default();
                }
                Some(Order::Repeat(answer)) => {
                    drop(answer.send(wire.repeat(&said).await));
                }
                None => return Ok(()),
            },
        }
    }
}

/// The way to the server and back.
struct Wire {
    from: Messages,
    to: OwnedWriteHalf,
    back: OwnedWriteHalf,
}

impl Wire {
    /// Says messages, waiting where whoever said them had waited; in how many milliseconds.
    async fn repeat(&mut self, said: &[Vec<u8>]) -> Result<f64> {
        ensure!(!said.is_empty(), "nothing was said");
        let begun = Instant::now();
        for turn in turns(said) {
            self.to.write_all(&turn.concat()).await?;
            loop {
                let message = self.from.next().await?;
                match message[0] {
                    b'Z' => break,
                    b'E' => bail!("refused: {}", String::from_utf8_lossy(&message[5..])),
                    _ => {}
                }
            }
        }
        Ok(milliseconds(begun))
    }
}

/// What is said between two waits. A turn that only asks whether the server is there is nobody's
/// question.
fn turns(said: &[Vec<u8>]) -> impl Iterator<Item = &[Vec<u8>]> {
    let ends_turn = |message: &Vec<u8>| matches!(message[0], b'S' | b'Q');
    said.split_inclusive(ends_turn).filter(|turn| turn.len() > 1 || turn[0][0] == b'Q')
}

/// Messages as they come: a kind, a length that counts itself, and the rest.
struct Messages {
    from: OwnedReadHalf,
    /// What has come of the messages that are not whole yet.
    bytes: Vec<u8>,
}

impl Messages {
    const fn new(from: OwnedReadHalf) -> Self {
        Self { from, bytes: Vec::new() }
    }

    async fn untyped(&mut self) -> Result<Vec<u8>> {
        self.whole(0).await
    }

    async fn next(&mut self) -> Result<Vec<u8>> {
        self.whole(1).await
    }

    /// Loses nothing when it is dropped before its end.
    async fn whole(&mut self, kind: usize) -> Result<Vec<u8>> {
        loop {
            if let Some(length) = self.bytes.get(kind..kind + 4) {
                let length = u32::from_be_bytes(length.try_into()?);
                let all = kind + usize::try_from(length)?;
                if self.bytes.len() >= all {
                    return Ok(self.bytes.drain(..all).collect());
                }
            }
            let read = self.from.read_buf(&mut self.bytes).await?;
            ensure!(read > 0, "the connection has ended");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::turns;

    #[test]
    fn a_turn_ends_where_an_answer_is_waited_for() {
        let said: Vec<Vec<u8>> =
            [b"B1", b"E1", b"S1", b"S2", b"Q1", b"B2", b"S3"].map(|it| it.to_vec()).into();
        let turns: Vec<String> =
            turns(&said).map(|turn| String::from_utf8(turn.concat()).unwrap()).collect();
        assert_eq!(turns, ["B1E1S1", "Q1", "B2S3"]);
    }
}
