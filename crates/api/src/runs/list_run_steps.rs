//! `GET /v1/runs/{id}/steps`: the trace, first step first.

use crate::AppState;
use crate::cursor::{GivenCursor, after_step};
use crate::extract::{Caller, Id, Limit, Listing, Query, TracesRead};
use crate::problem::{ApiError, ById, Thing};
use axum::Json;
use axum::extract::State;
use domain::id::RunId;
use serde::Deserialize;
use store::RecordedStep;
use utoipa::IntoParams;

/// Which steps.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// At most how many.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<GivenCursor>,
}

/// List the steps of a run
///
/// The trace, first step first. Screenshots and snapshots are named, never contained. Below a step
/// that failed stands what memory was asked then, and what was made of the answer.
#[utoipa::path(get, path = "/v1/runs/{id}/steps", tag = "runs", security(("api_key" = ["traces:read"])),
    params(("id" = RunId, Path, description = "The run"), Asked),
    responses(ById, (status = 200, description = "One page", body = wire::Page<wire::Step>)))]
pub(crate) async fn list_run_steps(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    Id(id): Id<RunId>,
    listing: Listing,
    Query(asked): Query<Asked>,
) -> Result<Json<wire::Page<wire::Step>>, ApiError> {
    let run = app.store.runs().find(caller.project, id).await?;
    run.ok_or(ApiError::Missing(Thing::Run))?;
    let limit = asked.limit.0;
    let after = asked.cursor.as_ref().map(|cursor| cursor.seq(listing)).transpose()?;
    // One more than asked for: whether it comes tells whether there is a next page.
    let steps = app.store.steps().list(caller.project, id, after, limit + 1).await?;
    Ok(Json(page(listing, steps, limit)))
}

fn page(listing: Listing, mut steps: Vec<RecordedStep>, limit: u32) -> wire::Page<wire::Step> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = steps.len() > limit;
    steps.truncate(limit);
    let last = steps.last().filter(|_| more);
    wire::Page {
        next: last.map(|last| after_step(listing, last.step.seq)),
        items: steps
            .into_iter()
            .map(|recorded| wire::Step::new(recorded.step, recorded.artifacts, recorded.recalls))
            .collect(),
    }
}
