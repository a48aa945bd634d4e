//! `waymark work`: workers only.

use crate::app::{self, Beneath};
use crate::cli::WorkOnlyArgs;
use crate::exit::{Failed, UNAVAILABLE};
use crate::lifecycle::Lifecycle;
use crate::settings::DataArgs;
use anyhow::Result;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::net::TcpListener;

pub(crate) async fn work(data: &DataArgs, args: WorkOnlyArgs) -> Result<ExitCode> {
    let lifecycle = Lifecycle::new(args.work.grace_seconds)?;
    let egress = app::egress(&args.work.browser)?;
    let metrics = bind(args.metrics_listen).await?;
    let (database, embedder) = app::open(data, &args.work).await?;
    let listener = database.store.listen().await?;
    let beneath = Beneath { store: &database.store, embedder, egress, listening: None };
    let (worker, pool) = match app::worker(data, &args.work, beneath).await {
        Ok(parts) => parts,
        Err(error) => {
            drop(listener);
            database.close().await;
            return Err(error);
        }
    };
    let stop = lifecycle.stop.clone();
    let parts = async {
        tokio::select! {
            () = worker.run(Box::new(listener.wakeups()), stop) => {}
            never = app::sample_browsers(&pool) => match never {},
            never = app::sample_process(&database.store) => match never {},
            never = serve_metrics(metrics) => match never {},
        }
    };
    let in_order = lifecycle.govern(parts).await;
    pool.stop().await;
    drop(listener);
    database.close().await;
    Ok(if in_order { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Opens the port for the metrics, if there is to be one.
async fn bind(address: Option<SocketAddr>) -> Result<Option<TcpListener>> {
    let Some(address) = address else { return Ok(None) };
    let bound = TcpListener::bind(address).await;
    let socket = bound.map_err(|error| {
        Failed::new(UNAVAILABLE, format!("--metrics-listen: cannot listen on {address}: {error}"))
    })?;
    Ok(Some(socket))
}

/// Answers whoever asks for the metrics, for as long as it is polled.
async fn serve_metrics(socket: Option<TcpListener>) -> Infallible {
    if let Some(socket) = socket
        && let Err(error) = api::serve_metrics(socket).await
    {
        tracing::error!(%error, "there are no metrics any more");
    }
    std::future::pending().await
}
