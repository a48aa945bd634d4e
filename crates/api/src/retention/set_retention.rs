//! `PUT /v1/retention`: how long the caller's project keeps things from now on.

use super::shown;
use crate::AppState;
use crate::extract::{Body, Caller, KeysAdmin, Query};
use crate::problem::{ApiError, WithBody};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

/// Whether in earnest.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Set and remove nothing: only count, as `overdue`, what would be removed by these days now.
    #[serde(default)]
    #[param(value_type = Option<bool>, default = false)]
    dry_run: bool,
}

/// Set for how many days what is kept
///
/// All three at once: what is left out is kept for ever, and artifacts never longer than their trace.
/// What is overdue by then is removed within seconds, batch by batch, and what becomes overdue within
/// about an hour. Never removed is what a task needs that has not ended. Memory outlives its trace: it goes by its own days, counted from
/// when it was last met, used or confirmed, and `reindex` keeps what removed traces had taught.
#[utoipa::path(put, path = "/v1/retention", tag = "retention",
    security(("api_key" = ["keys:admin"])), params(Asked),
    request_body(content = wire::SetRetention),
    responses(WithBody, (status = 200, description = "The days as they are set, or would be", body = wire::Retention)))]
pub(crate) async fn set_retention(
    State(app): State<AppState>,
    caller: Caller<KeysAdmin>,
    Query(asked): Query<Asked>,
    Body(request): Body<wire::SetRetention>,
) -> Result<Json<wire::Retention>, ApiError> {
    let keep = request.check().map_err(ApiError::InvalidBody)?;
    let retentions = app.store.retentions();
    if asked.dry_run {
        let overdue = retentions.count_overdue(caller.project, keep).await?;
        let now = shown(&app, caller.project).await?;
        return Ok(Json(now.dry(keep, overdue)));
    }
    retentions.set(caller.project, keep, &caller.key.name).await?;
    Ok(Json(shown(&app, caller.project).await?))
}
