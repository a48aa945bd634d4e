//! Tells every process that something changed.
//!
//! Never inside the transaction that made the change: a transaction that notifies takes a lock of
//! the whole server when it commits, which would make all of them queue up. A change is announced
//! after its commit, by one task per process, together with what else changed within a few
//! milliseconds. An announcement that gets lost with its process costs a poll interval, no more.

use domain::id::TaskId;
use sqlx::PgPool;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Every Waymark on a database talks on this channel.
pub(crate) const CHANNEL: &str = "waymark";

/// What a payload begins with when a worker should look.
pub(crate) const QUEUED: &str = "q";

/// At most one `NOTIFY` per process in this time. The first after a pause goes out at once.
const INTERVAL: Duration = Duration::from_millis(5);

/// How long to wait when the database cannot be reached.
const RETRY: Duration = Duration::from_millis(200);

/// A payload holds less than 8000 bytes: a marker and this many ids of 36 characters and a space.
const IDS: usize = 200;

/// Announces changes, from a task of its own that ends with it.
pub(crate) struct Announcer {
    shared: Arc<Shared>,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

#[derive(Default)]
struct Shared {
    pending: Mutex<Pending>,
    some: Notify,
}

#[derive(Default)]
struct Pending {
    queued: bool,
    changed: BTreeSet<TaskId>,
}

impl Announcer {
    pub(crate) fn start(pool: PgPool) -> Self {
        let announcer = Self {
            shared: Arc::default(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        announcer.tasks.spawn(run(Arc::clone(&announcer.shared), announcer.stopping.clone(), pool));
        announcer.tasks.close();
        announcer
    }

    /// A worker should look: this task was queued, or is to be cancelled.
    pub(crate) fn queued(&self, task: TaskId) {
        self.add(|pending| {
            pending.queued = true;
            pending.changed.insert(task);
        });
    }

    /// This task has a new state, step or event.
    pub(crate) fn changed(&self, task: TaskId) {
        self.add(|pending| {
            pending.changed.insert(task);
        });
    }

    /// Announces what is pending, and ends.
    pub(crate) async fn stop(&self) {
        self.stopping.cancel();
        self.tasks.wait().await;
    }

    fn add(&self, note: impl FnOnce(&mut Pending)) {
        note(&mut self.shared.lock());
        self.shared.some.notify_one();
    }
}

impl Drop for Announcer {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock()).payloads()
    }
}

impl Pending {
    /// As few payloads as hold it all.
    fn payloads(self) -> Vec<String> {
        let ids: Vec<TaskId> = self.changed.into_iter().collect();
        let mut payloads: Vec<String> = ids
            .chunks(IDS)
            .map(|ids| {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                ids.join(" ")
            })
            .collect();
        if self.queued {
            match payloads.first_mut() {
                Some(first) => first.insert_str(0, "q "),
                None => payloads.push(QUEUED.to_owned()),
            }
        }
        payloads
    }
}

async fn run(shared: Arc<Shared>, stopping: CancellationToken, pool: PgPool) {
    loop {
        tokio::select! {
            () = shared.some.notified() => {}
            () = stopping.cancelled() => break,
        }
        let next = Instant::now() + INTERVAL;
        let payloads = shared.take();
        send(&pool, &payloads, &stopping).await;
        tokio::select! {
            () = tokio::time::sleep_until(next) => {}
            () = stopping.cancelled() => break,
        }
    }
    // Whatever was noted while it was stopping; if that fails, polling finds it.
    if let Err(error) = notify(&pool, &shared.take()).await {
        tracing::debug!("the last announcement was not made: {error}");
    }
}

/// Sends until it succeeds: whoever listens on a connection that outlived our trouble must hear it.
async fn send(pool: &PgPool, payloads: &[String], stopping: &CancellationToken) {
    while let Err(error) = notify(pool, payloads).await {
        tracing::debug!("an announcement is late: {error}");
        tokio::select! {
            () = tokio::time::sleep(RETRY) => {}
            () = stopping.cancelled() => return,
        }
    }
}

async fn notify(pool: &PgPool, payloads: &[String]) -> Result<(), sqlx::Error> {
    if payloads.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "-- announce.notify
        select pg_notify($1, payload) from unnest($2::text[]) as payload",
        CHANNEL,
        payloads,
    )
    .execute(pool)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn task(number: u128) -> TaskId {
        TaskId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn what_changed_often_is_announced_once() {
        let mut pending = Pending::default();
        for _ in 0..3 {
            pending.changed.insert(task(1));
        }
        pending.queued = true;
        assert_eq!(pending.payloads(), [format!("q {}", task(1))]);
        assert_eq!(Pending::default().payloads(), Vec::<String>::new());
    }

    #[test]
    fn a_payload_is_never_longer_than_postgres_allows() {
        let pending = Pending { queued: true, changed: (0..1000).map(task).collect() };
        let payloads = pending.payloads();
        assert_eq!(payloads.len(), 5);
        assert!(payloads.iter().all(|payload| payload.len() < 8000));
    }
}
