//! `GET /v1/runs/{id}/artifacts`: what belongs to a run and is too large for its steps.

use crate::AppState;
use crate::extract::{Caller, Id, TracesRead};
use crate::problem::{ApiError, ById, Thing};
use axum::Json;
use axum::extract::State;
use domain::id::RunId;

/// List the artifacts of a run
///
/// All of them in one page, first step first, without their bytes.
#[utoipa::path(get, path = "/v1/runs/{id}/artifacts", tag = "runs", security(("api_key" = ["traces:read"])),
    params(("id" = RunId, Path, description = "The run")),
    responses(ById, (status = 200, description = "All of them", body = wire::Page<wire::Artifact>)))]
pub(crate) async fn list_run_artifacts(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    Id(id): Id<RunId>,
) -> Result<Json<wire::Page<wire::Artifact>>, ApiError> {
    let run = app.store.runs().find(caller.project, id).await?;
    run.ok_or(ApiError::Missing(Thing::Run))?;
    let artifacts = app.store.artifacts().list(caller.project, id).await?;
    Ok(Json(wire::Page { items: artifacts.into_iter().map(Into::into).collect(), next: None }))
}
