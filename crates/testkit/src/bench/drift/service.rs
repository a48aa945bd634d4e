//! The service that is measured, over a database of its own.

use super::client::Client;
use super::options::Options;
use crate::bench::served::{Launch, Served};
use anyhow::Result;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whoever runs may ask: the human answers at once, on the page that was asked about.
const ARGUMENTS: &[&str] =
    &["--site-concurrency", "64", "--poll-ms", "200", "--slots", "5", "--parked-sessions", "4"];

/// A running `waymark serve`.
pub(super) struct Service {
    served: Served,
    projects: AtomicUsize,
}

impl Service {
    pub(super) async fn start(options: &Options) -> Result<Self> {
        let served = Served::start(Launch {
            binary: &options.binary,
            arguments: ARGUMENTS,
            data: options.scratch.join("data"),
            variables: vec![("WAYMARK_ALLOW_EGRESS", "127.0.0.0/8".into())],
            log: options.results.join("drift.log"),
        })
        .await?;
        Ok(Self { served, projects: AtomicUsize::new(0) })
    }

    /// A client in a project that nobody has used.
    pub(super) async fn project(&self) -> Result<Client> {
        let number = self.projects.fetch_add(1, Ordering::Relaxed);
        let key = self.served.key(&format!("drift-{number}")).await?;
        Client::new(&self.served.url, &key)
    }

    /// Ends it, its database included.
    pub(super) async fn stop(&self) -> Result<()> {
        self.served.stop().await
    }
}
