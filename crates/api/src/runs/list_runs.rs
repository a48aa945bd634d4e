//! `GET /v1/runs`: the newest first.

use crate::AppState;
use crate::cursor::{GivenCursor, page};
use crate::extract::{Caller, Label, Limit, Listing, Query, Timestamp, TracesRead, Word};
use crate::problem::{ApiError, Lists};
use axum::Json;
use axum::extract::State;
use domain::failure::ErrorClass;
use domain::id::TaskId;
use domain::run::Outcome;
use serde::Deserialize;
use store::{PageRequest, RunFilter};
use utoipa::IntoParams;

/// Which runs.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Only the attempts at this task.
    task_id: Option<TaskId>,
    /// Only those on this site.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    site: Option<Word>,
    /// Only those of this agent.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    agent: Option<Word>,
    /// Only those that ended so.
    outcome: Option<Outcome>,
    /// Only those under way, or only those that have ended.
    running: Option<bool>,
    /// Only those that failed with a step of this class.
    error_class: Option<ErrorClass>,
    /// Only those with this label, as `key:value`.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9][A-Za-z0-9_./-]{0,99}:[^\\u0000]*$", example = "team:checkout")]
    label: Option<Label>,
    /// Only those begun at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    started_after: Option<Timestamp>,
    /// Only those begun before this time, which is later than `started_after`.
    #[param(value_type = Option<String>, format = DateTime)]
    started_before: Option<Timestamp>,
    /// At most how many.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<GivenCursor>,
}

/// List runs
///
/// The newest first, without their results.
#[utoipa::path(get, path = "/v1/runs", tag = "runs", security(("api_key" = ["traces:read"])),
    params(Asked), responses(Lists, (status = 200, description = "One page", body = wire::Page<wire::Run>)))]
pub(crate) async fn list_runs(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    listing: Listing,
    Query(asked): Query<Asked>,
) -> Result<Json<wire::Page<wire::Run>>, ApiError> {
    let after = asked.cursor.as_ref().map(|cursor| cursor.id(listing)).transpose()?;
    let request = PageRequest { limit: asked.limit.0, after };
    let filter = asked.filter()?;
    let found = app.store.runs().list(caller.project, &filter, &request).await?;
    Ok(Json(page(listing, found, wire::Run::listed)))
}

impl Asked {
    fn filter(self) -> Result<RunFilter, ApiError> {
        let (started_after, started_before) =
            Timestamp::span(self.started_after, self.started_before)?;
        Ok(RunFilter {
            task: self.task_id,
            site: self.site.map(|site| site.0),
            agent: self.agent.map(|agent| agent.0),
            outcome: self.outcome,
            running: self.running,
            error_class: self.error_class,
            label: self.label.map(|Label(key, value)| (key, value)),
            started_after,
            started_before,
        })
    }
}
