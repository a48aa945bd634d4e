//! `POST /v1/memories/{id}/unflag`: a memory is not wrong after all.

use super::whole;
use crate::AppState;
use crate::extract::{Caller, EscalationsAnswer, Id};
use crate::problem::{ApiError, ById, Thing};
use axum::Json;
use axum::extract::State;
use domain::id::RemedyId;

/// Take a flag back
///
/// The memory counts again for what its uses are worth. One that is not flagged stays as it is.
#[utoipa::path(post, path = "/v1/memories/{id}/unflag", tag = "memory",
    security(("api_key" = ["escalations:answer"])),
    params(("id" = RemedyId, Path, description = "The memory")),
    responses(ById, (status = 200, description = "The memory", body = wire::Memory)))]
pub(crate) async fn unflag_memory(
    State(app): State<AppState>,
    caller: Caller<EscalationsAnswer>,
    Id(id): Id<RemedyId>,
) -> Result<Json<wire::Memory>, ApiError> {
    if !app.store.memories().unflag(caller.project, id, &caller.key.name).await? {
        return Err(ApiError::Missing(Thing::Memory));
    }
    Ok(Json(whole(&app, caller.project, id).await?))
}
