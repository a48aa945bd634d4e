//! `GET /v1/memories/{id}`: one memory, with its proof and where it comes from.

use super::whole;
use crate::AppState;
use crate::extract::{Caller, Id, TracesRead};
use crate::problem::{ApiError, ById};
use axum::Json;
use axum::extract::State;
use domain::id::RemedyId;

/// Show a memory
///
/// What fails, what was done about it (to be read, and as typed actions), how often that worked and
/// failed and for whom, the run and the step it comes from, and what has taken its place.
#[utoipa::path(get, path = "/v1/memories/{id}", tag = "memory", security(("api_key" = ["traces:read"])),
    params(("id" = RemedyId, Path, description = "The memory: the `remedy_id` of steps and advice")),
    responses(ById, (status = 200, description = "The memory", body = wire::Memory)))]
pub(crate) async fn get_memory(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    Id(id): Id<RemedyId>,
) -> Result<Json<wire::Memory>, ApiError> {
    Ok(Json(whole(&app, caller.project, id).await?))
}
