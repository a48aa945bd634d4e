//! Hears what any process announced.

use crate::announce::{CHANNEL, QUEUED};
use crate::error::StoreError;
use async_trait::async_trait;
use domain::id::TaskId;
use domain::ports::Wakeups;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// How far a receiver may lag before it is told that it missed something.
const BUFFER: usize = 1024;

/// How long to wait before connecting anew, at first and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// After this much silence the connection is tried, for a peer that vanished without a word would
/// else never be missed.
const SILENCE: Duration = Duration::from_secs(15);

/// How long the answer may take.
const ANSWER: Duration = Duration::from_secs(5);

/// What was announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announcement {
    /// A worker should look: a task was queued, or is to be cancelled.
    TaskQueued,
    /// This task has a new state, step or event.
    TaskChanged(TaskId),
    /// The connection was made anew, so something may have been missed: look again.
    Reconnected,
}

/// The listeners of a store, which end with it.
#[derive(Default)]
pub(crate) struct Listeners {
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Listeners {
    pub(crate) async fn start(&self, connect: PgConnectOptions) -> Result<Listener, StoreError> {
        let mut ear = Ear::open(&connect).await?;
        let (sender, _) = broadcast::channel(BUFFER);
        let stopping = self.closing.child_token();
        let (told, stopped) = (sender.clone(), stopping.clone());
        let task = self.tasks.spawn(async move {
            stopped.run_until_cancelled(hear(&mut ear, &connect, &told)).await;
            ear.close().await;
        });
        Ok(Listener { sender, task, stopping: stopping.drop_guard() })
    }

    /// Closes the connections of all of them.
    pub(crate) async fn stop(&self) {
        self.closing.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Listens on a connection of its own until it is stopped or dropped, or its store is closed.
#[derive(Debug)]
pub struct Listener {
    sender: broadcast::Sender<Announcement>,
    task: JoinHandle<()>,
    stopping: DropGuard,
}

impl Listener {
    /// Everything announced from now on. A receiver that lags has missed something: it should look
    /// again, as after [`Announcement::Reconnected`].
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Announcement> {
        self.sender.subscribe()
    }

    /// What wakes a worker.
    #[must_use]
    pub fn wakeups(&self) -> TaskWakeups {
        TaskWakeups { receiver: self.subscribe() }
    }

    /// Stops listening and closes the connection.
    pub async fn stop(self) {
        self.stopping.disarm().cancel();
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "listening for announcements did not end in order");
        }
    }
}

/// Wakes a worker when a task was queued or is to be cancelled.
#[derive(Debug)]
pub struct TaskWakeups {
    receiver: broadcast::Receiver<Announcement>,
}

#[async_trait]
impl Wakeups for TaskWakeups {
    async fn next(&mut self) {
        use broadcast::error::RecvError;
        loop {
            match self.receiver.recv().await {
                Ok(Announcement::TaskChanged(_)) => {}
                Ok(Announcement::TaskQueued | Announcement::Reconnected)
                | Err(RecvError::Lagged(_)) => return,
                // The listener was stopped: nothing will ever be announced again.
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

/// What hears: a connection, and the pool of it alone that it goes back to.
struct Ear {
    connection: PgListener,
    pool: PgPool,
}

impl Ear {
    async fn open(connect: &PgConnectOptions) -> Result<Self, sqlx::Error> {
        let pool = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .acquire_timeout(ANSWER)
            .connect_with(connect.clone())
            .await?;
        let mut connection = PgListener::connect_with(&pool).await?;
        connection.ignore_pool_close_event(true);
        connection.eager_reconnect(false);
        connection.listen(CHANNEL).await?;
        Ok(Self { connection, pool })
    }

    /// A dropped connection goes back to its pool in its own time, and would find the server gone that is
    /// stopped next.
    async fn close(self) {
        drop(self.connection);
        if tokio::time::timeout(ANSWER, self.pool.close()).await.is_err() {
            tracing::debug!("the connection for announcements is left to itself: no answer");
        }
    }
}

/// Hears until the connection breaks, then makes a new one and says so, for ever.
async fn hear(ear: &mut Ear, connect: &PgConnectOptions, sender: &broadcast::Sender<Announcement>) {
    loop {
        let error = hear_until_broken(&mut ear.connection, sender).await;
        tracing::warn!("the connection for announcements broke and is made anew: {error}");
        *ear = reopen(connect).await;
        tell(sender, Announcement::Reconnected);
    }
}

async fn hear_until_broken(
    connection: &mut PgListener,
    sender: &broadcast::Sender<Announcement>,
) -> String {
    loop {
        match tokio::time::timeout(SILENCE, connection.try_recv()).await {
            Ok(Ok(Some(notification))) => {
                for announcement in read(notification.payload()) {
                    tell(sender, announcement);
                }
            }
            Ok(Ok(None)) => return "it was closed".to_owned(),
            Ok(Err(error)) => return error.to_string(),
            Err(_silence) => {
                let asked = sqlx::query("select 1").execute(&mut *connection);
                match tokio::time::timeout(ANSWER, asked).await {
                    Ok(Ok(_)) => {}
                    Ok(Err(error)) => return error.to_string(),
                    Err(_) => return "the server does not answer".to_owned(),
                }
            }
        }
    }
}

async fn reopen(connect: &PgConnectOptions) -> Ear {
    let (mut wait, most) = BACK_OFF;
    loop {
        match Ear::open(connect).await {
            Ok(ear) => return ear,
            Err(error) => tracing::debug!("announcements cannot be heard yet: {error}"),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(most);
    }
}

fn tell(sender: &broadcast::Sender<Announcement>, announcement: Announcement) {
    if sender.send(announcement).is_err() {
        tracing::trace!("nobody listens to {announcement:?}");
    }
}

/// What a payload says. Words of a newer version are skipped.
fn read(payload: &str) -> impl Iterator<Item = Announcement> {
    payload.split(' ').filter_map(|word| match word {
        QUEUED => Some(Announcement::TaskQueued),
        id => id.parse().ok().map(Announcement::TaskChanged),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_read_word_by_word() {
        let id = "0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f";
        let heard: Vec<_> = read(&format!("q {id} x:new")).collect();
        assert_eq!(
            heard,
            [Announcement::TaskQueued, Announcement::TaskChanged(id.parse().unwrap())]
        );
    }
}
