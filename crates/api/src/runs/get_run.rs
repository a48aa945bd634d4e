//! `GET /v1/runs/{id}`: one attempt at a task.

use crate::AppState;
use crate::conditional::unless_known;
use crate::extract::{Caller, ConditionalHeader, Id, TracesRead};
use crate::problem::{ApiError, ById, Thing};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::RunId;
use domain::run::Outcome;

/// Show a run
///
/// With `If-None-Match`, a run that has not changed is answered with 304.
#[utoipa::path(get, path = "/v1/runs/{id}", tag = "runs", security(("api_key" = ["traces:read"])),
    params(("id" = RunId, Path, description = "The run"), ConditionalHeader),
    responses(ById,
        (status = 200, description = "The run", body = wire::Run,
            headers(("ETag" = String, description = "The version of the run"))),
        (status = 304, description = "Not changed")))]
pub(crate) async fn get_run(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    Id(id): Id<RunId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let run = app.store.runs().find(caller.project, id).await?;
    let run = run.ok_or(ApiError::Missing(Thing::Run))?;
    // A run gains steps and ends once, and a later attempt is told its trace soon after it began;
    // nothing else about it changes.
    let outcome = run.outcome.map_or("running", Outcome::as_str);
    let traced = if run.trace_id.is_some() { "-traced" } else { "" };
    let version = format!("{}-{outcome}{traced}", run.steps);
    Ok(unless_known(&headers, version, Json(wire::Run::from(run))))
}
