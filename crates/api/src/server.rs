//! Serving, and stopping without cutting anyone off.

use crate::health::{get_health, get_metrics};
use crate::{AppState, router};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use std::io;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Serves the API until `shutdown`. Then no connection is accepted, event streams and long polls
/// end, and other requests have a moment to finish.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    state: AppState,
    shutdown: CancellationToken,
) -> io::Result<()> {
    let listener = listener.tap_io(|connection| {
        if let Err(error) = connection.set_nodelay(true) {
            tracing::debug!(%error, "answers may be delayed: TCP_NODELAY cannot be set");
        }
    });
    let grace = state.limits.stop_grace;
    let streams = state.shutdown.clone();
    let stop = shutdown.clone();
    let server = axum::serve(listener, router(state)).with_graceful_shutdown(async move {
        stop.cancelled().await;
        streams.cancel();
    });
    tokio::select! {
        result = server.into_future() => result,
        () = async { shutdown.cancelled().await; tokio::time::sleep(grace).await } => {
            tracing::warn!("some requests did not finish in time and were cut off");
            Ok(())
        }
    }
}

/// Serves `/metrics` and `/healthz` alone, for a process that has no API.
///
/// # Errors
/// The listener failed.
pub async fn serve_metrics(listener: TcpListener) -> io::Result<()> {
    let router = Router::new()
        .route("/metrics", get(get_metrics))
        .route("/healthz", get(get_health))
        .fallback(async || StatusCode::NOT_FOUND);
    axum::serve(listener, router).await
}
