//! Two-stage stopping, the same for `serve`, `work` and `demo`.

use crate::output::note;
use anyhow::Result;
use std::time::Duration;
use tokio::signal::unix::{Signal, SignalKind, signal};
use worker::Stop;

/// Listens for SIGINT and SIGTERM: the first asks to stop, the second, or the end of the grace,
/// drops everything.
pub(crate) struct Lifecycle {
    pub(crate) stop: Stop,
    interrupt: Signal,
    terminate: Signal,
    grace: Duration,
}

impl Lifecycle {
    pub(crate) fn new(grace_seconds: u32) -> Result<Self> {
        Ok(Self {
            stop: Stop::default(),
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            grace: Duration::from_secs(grace_seconds.into()),
        })
    }

    /// Runs until the work ends by itself or was told to stop and has ended. True when it ended in
    /// order, false when it had to be dropped.
    pub(crate) async fn govern(mut self, work: impl Future<Output = ()>) -> bool {
        tokio::pin!(work);
        tokio::select! {
            () = &mut work => return true,
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = self.stop.soft.cancelled() => {}
        }
        note("waymark: stopping; once more to stop at once");
        self.stop.soft.cancel();
        tokio::select! {
            () = &mut work => return true,
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            () = tokio::time::sleep(self.grace) => {}
        }
        self.stop.hard.cancel();
        work.await;
        false
    }
}
