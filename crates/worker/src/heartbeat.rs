//! Extending a lease while its run goes on.

use agent::Signals;
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;
use domain::ports::{Lease, LeaseError, Leases};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::warn;

/// The heartbeat of one lease.
pub(crate) struct Heart<'a> {
    leases: &'a dyn Leases,
    clock: &'a dyn Clock,
    lease: &'a Lease,
    length: Duration,
    until: DateTime<Utc>,
    nudges: watch::Receiver<()>,
}

/// Beats come at least this often, so that a request to cancel is heard even if its announcement
/// was not.
const SLOWEST: Duration = Duration::from_secs(2);

/// Beats come at most this often, however much is announced.
const FASTEST: Duration = Duration::from_millis(200);

impl<'a> Heart<'a> {
    pub(crate) fn new(
        leases: &'a dyn Leases,
        clock: &'a dyn Clock,
        lease: &'a Lease,
        length: Duration,
        nudges: watch::Receiver<()>,
    ) -> Self {
        Self { leases, clock, lease, length, until: lease.until, nudges }
    }

    /// Beats until the lease is lost; the caller drops the call when the run ends.
    pub(crate) async fn beat(&mut self, signals: &Signals) {
        let period = (self.length / 3).min(SLOWEST);
        loop {
            self.pause(period).await;
            let lost = self.extend(signals).await;
            if lost || self.expires_soon(period) {
                return signals.lost.cancel();
            }
        }
    }

    /// Waits for the next beat: a period, or less when something was announced.
    async fn pause(&mut self, period: Duration) {
        let earliest = Instant::now() + FASTEST.min(period);
        tokio::select! {
            () = tokio::time::sleep(period) => {}
            Ok(()) = self.nudges.changed() => tokio::time::sleep_until(earliest).await,
        }
    }

    /// Extends the lease once; true when it is known to be lost.
    async fn extend(&mut self, signals: &Signals) -> bool {
        let extend = self.leases.extend(self.lease, self.length);
        match tokio::time::timeout(self.length / 3, extend).await {
            Ok(Ok(beat)) => {
                self.until = beat.until;
                if beat.cancel_requested {
                    signals.cancelled.cancel();
                }
            }
            Ok(Err(LeaseError::Lost)) => return true,
            Ok(Err(error)) => warn!(%error, "the lease was not extended"),
            Err(_) => warn!("the lease was not extended: the store does not answer"),
        }
        false
    }

    /// Whether the lease may be gone before the next beat. Given up early, by a sixth of its
    /// length, so that a clock that is a little off lets nobody act beside the next holder.
    fn expires_soon(&self, period: Duration) -> bool {
        let margin = (self.length / 6).max(period.min(self.length / 4));
        let margin = TimeDelta::from_std(margin).unwrap_or_else(|_| TimeDelta::seconds(1));
        self.clock.now() + margin >= self.until
    }
}
