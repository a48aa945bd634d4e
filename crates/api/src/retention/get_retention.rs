//! `GET /v1/retention`: how long the caller's project keeps things, and what was removed.

use super::shown;
use crate::AppState;
use crate::extract::{Caller, TracesRead};
use crate::problem::{ApiError, Lists};
use axum::Json;
use axum::extract::State;

/// Show what is kept, and what was removed
///
/// Everything is kept for ever unless days were set.
#[utoipa::path(get, path = "/v1/retention", tag = "retention",
    security(("api_key" = ["traces:read"])),
    responses(Lists, (status = 200, description = "The days and the newest reports", body = wire::Retention)))]
pub(crate) async fn get_retention(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
) -> Result<Json<wire::Retention>, ApiError> {
    Ok(Json(shown(&app, caller.project).await?))
}
