//! `POST /v1/memories/{id}/flag`: a memory is wrong, and never served again.

use super::whole;
use crate::AppState;
use crate::extract::{Body, Caller, EscalationsAnswer, Id};
use crate::problem::{ApiError, BodyById, Thing};
use axum::Json;
use axum::extract::State;
use domain::id::RemedyId;

/// Flag a memory as wrong
///
/// From then on it is served to nobody: not as advice, not to start a step with, not as part of a
/// plan that is replayed. The flag outlives rebuilding memory. Flagging again changes the reason.
///
/// It takes a key that may answer questions: like an answer it is a human's word, which other agents
/// go by.
#[utoipa::path(post, path = "/v1/memories/{id}/flag", tag = "memory",
    security(("api_key" = ["escalations:answer"])),
    params(("id" = RemedyId, Path, description = "The memory")),
    request_body(content = wire::FlagMemory),
    responses(BodyById, (status = 200, description = "The flagged memory", body = wire::Memory)))]
pub(crate) async fn flag_memory(
    State(app): State<AppState>,
    caller: Caller<EscalationsAnswer>,
    Id(id): Id<RemedyId>,
    Body(form): Body<wire::FlagMemory>,
) -> Result<Json<wire::Memory>, ApiError> {
    let reason = form.check().map_err(ApiError::InvalidBody)?;
    let by = &caller.key.name;
    if !app.store.memories().flag(caller.project, id, &reason, by).await? {
        return Err(ApiError::Missing(Thing::Memory));
    }
    Ok(Json(whole(&app, caller.project, id).await?))
}
