//! `GET /v1/escalations`: the human's desk.

use crate::AppState;
use crate::cursor::{GivenCursor, page};
use crate::extract::{Caller, Limit, Listing, Query, TracesRead, Word};
use crate::problem::{ApiError, Lists};
use axum::Json;
use axum::extract::State;
use domain::escalation::EscalationState;
use domain::id::TaskId;
use serde::Deserialize;
use store::{EscalationFilter, PageRequest};
use utoipa::IntoParams;

/// Which escalations.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Only those that stand here.
    state: Option<EscalationState>,
    /// Only those of this site.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    site: Option<Word>,
    /// Only those of this task.
    task_id: Option<TaskId>,
    /// At most how many.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<GivenCursor>,
}

/// List escalations
///
/// The newest first, without candidates and what was tried. With `state=open`: what waits for a
/// human.
#[utoipa::path(get, path = "/v1/escalations", tag = "escalations", security(("api_key" = ["traces:read"])),
    params(Asked), responses(Lists, (status = 200, description = "One page", body = wire::Page<wire::Escalation>)))]
pub(crate) async fn list_escalations(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    listing: Listing,
    Query(asked): Query<Asked>,
) -> Result<Json<wire::Page<wire::Escalation>>, ApiError> {
    let after = asked.cursor.as_ref().map(|cursor| cursor.id(listing)).transpose()?;
    let request = PageRequest { limit: asked.limit.0, after };
    let filter = EscalationFilter {
        state: asked.state,
        site: asked.site.map(|site| site.0),
        task: asked.task_id,
    };
    let found = app.store.escalations().list(caller.project, &filter, &request).await?;
    Ok(Json(page(listing, found, wire::Escalation::listed)))
}
