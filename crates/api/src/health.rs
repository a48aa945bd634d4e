//! Whether the service lives, whether it can work, and how much. None of it needs a key.

use crate::AppState;
use crate::extract::{AnyKey, Caller};
use crate::problem::{ApiError, Public};
use axum::Json;
use axum::extract::{MatchedPath, State};
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What machines ask every few seconds.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Whether it is a probe or a scrape that is asked for: they are no requests of users, and would be
/// most of what is told of them.
pub(crate) fn is_probe(route: Option<&MatchedPath>) -> bool {
    route.is_some_and(|route| PROBES.contains(&route.as_str()))
}

/// The operations with their paths.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get_health))
        .routes(routes!(get_readiness))
        .routes(routes!(get_metrics))
}

/// Does it live?
///
/// Yes, as long as the process does.
#[utoipa::path(get, path = "/healthz", tag = "health", security(()),
    responses(Public, (status = 200, description = "It lives", body = wire::Health)))]
pub(crate) async fn get_health() -> Json<wire::Health> {
    Json(wire::Health { status: "ok".into() })
}

/// Can it work?
///
/// Yes, when the database answers and is migrated, and the service is not stopping. Which versions it
/// works with is told to those who send an API key, any one.
#[utoipa::path(get, path = "/readyz", tag = "health", security((), ("api_key" = [])),
    responses(Public, (status = 200, description = "It can", body = wire::Ready)))]
pub(crate) async fn get_readiness(
    State(app): State<AppState>,
    caller: Result<Caller<AnyKey>, ApiError>,
) -> Result<Json<wire::Ready>, ApiError> {
    if app.shutdown.is_cancelled() {
        return Err(ApiError::NotReady("the service is stopping"));
    }
    let readiness = app.store.ready().await?;
    if !readiness.migrated {
        return Err(ApiError::NotReady("the database is not migrated: run `waymark migrate`"));
    }
    let lag = app.store.memory_lag().await?;
    let search = app.store.search_lag().await?;
    let trouble = app.store.memory_trouble();
    Ok(Json(wire::Ready {
        status: "ready".into(),
        database: caller.is_ok().then_some(wire::Database {
            postgres: readiness.postgres,
            pgvector: readiness.pgvector,
        }),
        memory: wire::MemoryLag {
            behind: lag.runs,
            behind_seconds: lag.oldest.map(|oldest| oldest.num_seconds()),
            not_embedded: lag.unembedded,
            failed_embeddings: trouble.failed_embeddings,
            unreadable: trouble.unreadable,
        },
        search: wire::SearchLag {
            waiting: search.waiting,
            oldest_seconds: search.oldest.map(|oldest| oldest.num_seconds()),
        },
    }))
}

/// What is counted and measured
///
/// In the text format of Prometheus. Nothing in it names a project, a site, a task or a run.
#[utoipa::path(get, path = "/metrics", tag = "health", security(()),
    responses(Public, (status = 200, description = "All metrics of this process", body = String,
        content_type = "text/plain; version=0.0.4")))]
pub(crate) async fn get_metrics() -> ([(HeaderName, &'static str); 1], String) {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4")], telemetry::prometheus())
}
