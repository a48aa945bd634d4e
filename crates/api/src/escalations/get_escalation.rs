//! `GET /v1/escalations/{id}`: a question, with what it takes to answer it.

use crate::AppState;
use crate::conditional::unless_known;
use crate::extract::{Caller, ConditionalHeader, Id, TracesRead};
use crate::problem::{ApiError, ById, Thing};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::EscalationId;

/// Show an escalation
///
/// What happened, which elements may be meant, what was tried, what can be answered and until when.
/// With `If-None-Match`, one that has not changed is answered with 304.
#[utoipa::path(get, path = "/v1/escalations/{id}", tag = "escalations", security(("api_key" = ["traces:read"])),
    params(("id" = EscalationId, Path, description = "The escalation"), ConditionalHeader),
    responses(ById,
        (status = 200, description = "The escalation", body = wire::Escalation,
            headers(("ETag" = String, description = "The version of the escalation"))),
        (status = 304, description = "Not changed")))]
pub(crate) async fn get_escalation(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    Id(id): Id<EscalationId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let escalation = app.store.escalations().find(caller.project, id).await?;
    let escalation = escalation.ok_or(ApiError::Missing(Thing::Escalation))?;
    // A question ends once; nothing else about it changes.
    let version = escalation.state.as_str();
    Ok(unless_known(&headers, version, Json(wire::Escalation::whole(escalation))))
}
