//! All operations in one router and one document.

use crate::document::{self, Document};
use crate::problem::ApiError;
use crate::queryless::{self, Queryless};
use crate::{
    AppState, artifacts, escalations, health, keys, layers, recalls, retention, runs, tasks,
};
use crate::{memories, patterns, sites, stats};
use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// The whole API.
pub fn router(state: AppState) -> Router {
    let (clock, limits) = (state.clock.clone(), state.limits);
    let (operations, document) = operations().split_for_parts();
    let pages = document::routes(&document).unwrap_or_else(|error| {
        tracing::error!(%error, "the OpenAPI document cannot be written; /docs is missing");
        Router::new()
    });
    let queryless = from_fn_with_state(Queryless::of(&document), queryless::refuse);
    let router = operations
        .with_state(state)
        .route_layer(queryless)
        .merge(pages)
        .fallback(async || ApiError::RouteNotFound)
        .method_not_allowed_fallback(async || ApiError::MethodNotAllowed);
    layers::around(router, clock, limits)
}

/// The OpenAPI 3.1 document of all operations.
#[must_use]
pub fn openapi() -> OpenApi {
    operations().into_openapi()
}

fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(Document::openapi())
        .merge(tasks::operations())
        .merge(runs::operations())
        .merge(artifacts::operations())
        .merge(escalations::operations())
        .merge(recalls::operations())
        .merge(memories::operations())
        .merge(patterns::operations())
        .merge(sites::operations())
        .merge(stats::operations())
        .merge(keys::operations())
        .merge(retention::operations())
        .merge(health::operations())
}
