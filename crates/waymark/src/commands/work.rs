//! `waymark work`: workers only.

use crate::app::{self, Beneath};
use crate::cli::WorkArgs;
use crate::lifecycle::Lifecycle;
use crate::settings::DataArgs;
use anyhow::Result;
use std::process::ExitCode;

pub(crate) async fn work(data: &DataArgs, args: WorkArgs) -> Result<ExitCode> {
    let lifecycle = Lifecycle::new(args.grace_seconds)?;
    let egress = app::egress(&args.browser)?;
    let (database, embedder) = app::open(data, &args).await?;
    let listener = database.store.listen().await?;
    let beneath = Beneath { store: &database.store, embedder, egress, listening: None };
    let (worker, pool) = match app::worker(data, &args, beneath).await {
        Ok(parts) => parts,
        Err(error) => {
            drop(listener);
            database.close().await;
            return Err(error);
        }
    };
    let stop = lifecycle.stop.clone();
    let in_order = lifecycle.govern(worker.run(Box::new(listener.wakeups()), stop)).await;
    pool.stop().await;
    drop(listener);
    database.close().await;
    Ok(if in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
