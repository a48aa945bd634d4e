//! The service that is asked: without workers, over the kept database.

use super::http::Client;
use super::options::Options;
use crate::bench::database::{Database, PROJECT};
use crate::bench::served::{Launch, Served};
use crate::database::KEY;
use anyhow::Result;

/// A running `waymark serve`.
pub(super) struct Service {
    served: Served,
    /// A client with every right in the project of the situations.
    pub(super) client: Client,
}

impl Service {
    pub(super) async fn start(options: &Options, database: &Database) -> Result<Self> {
        let served = Served::start(Launch {
            binary: &options.binary,
            arguments: &["--no-workers"],
            data: options.scratch.join("service"),
            variables: vec![
                ("WAYMARK_SECRET_KEY", KEY.into()),
                ("DATABASE_URL", database.url().into()),
            ],
            log: options.results.join("memory.log"),
        })
        .await?;
        let client = Client::new(&served.url, &served.key(PROJECT).await?)?;
        Ok(Self { served, client })
    }

    pub(super) async fn stop(self) -> Result<()> {
        self.served.stop().await
    }
}
