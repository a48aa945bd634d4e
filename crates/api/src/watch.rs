//! Waiting for a task to change. Announcements come from Postgres and one can be missed, so whoever
//! waits also looks for itself every few seconds.

use crate::AppState;
use domain::id::TaskId;
use store::Announcement;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep, timeout_at};

/// Listens from the moment it is made: make it, look at the task, wait, look again.
pub(crate) struct Watch {
    app: AppState,
    task: TaskId,
    announcements: Receiver<Announcement>,
}

/// Why the waiting ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Woken {
    /// The task may have changed.
    LookAgain,
    /// The service stops.
    Stopping,
}

impl Watch {
    pub(crate) fn new(app: &AppState, task: TaskId) -> Self {
        Self { app: app.clone(), task, announcements: app.listener.subscribe() }
    }

    /// Waits until the task may have changed.
    pub(crate) async fn changed(&mut self) -> Woken {
        let stopping = self.app.shutdown.clone();
        tokio::select! {
            biased;
            () = stopping.cancelled() => Woken::Stopping,
            () = self.announced() => Woken::LookAgain,
        }
    }

    async fn announced(&mut self) {
        let look_anyway = Instant::now() + self.app.limits.poll;
        loop {
            match timeout_at(look_anyway, self.announcements.recv()).await {
                Ok(Ok(Announcement::TaskChanged(task))) if task != self.task => {}
                Ok(Ok(Announcement::TaskQueued)) => {}
                // Nobody announces any more: the service is about to stop.
                Ok(Err(RecvError::Closed)) => return sleep(self.app.limits.poll).await,
                Ok(Ok(_) | Err(RecvError::Lagged(_))) | Err(_) => return,
            }
        }
    }
}
