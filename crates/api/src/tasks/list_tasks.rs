//! `GET /v1/tasks`: the newest first, without what makes them large.

use crate::AppState;
use crate::cursor::{GivenCursor, page};
use crate::extract::{Caller, Label, Limit, Listing, Query, TasksRead, Timestamp, Word};
use crate::problem::{ApiError, Lists};
use axum::Json;
use axum::extract::State;
use domain::task::TaskState;
use serde::Deserialize;
use store::{PageRequest, TaskFilter};
use utoipa::IntoParams;

/// Which tasks.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Only those that stand here.
    state: Option<TaskState>,
    /// Only those of this site.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    site: Option<Word>,
    /// Only those of this agent.
    #[param(value_type = Option<String>, min_length = 1, pattern = "^[!-~]+$")]
    agent: Option<Word>,
    /// Only those with this label, as `key:value`.
    #[param(value_type = Option<String>, pattern = "^[A-Za-z0-9][A-Za-z0-9_./-]{0,99}:[^\\u0000]*$", example = "team:checkout")]
    label: Option<Label>,
    /// Only those submitted at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    created_after: Option<Timestamp>,
    /// Only those submitted before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    created_before: Option<Timestamp>,
    /// At most how many.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 1, maximum = 200, default = 50)]
    limit: Limit,
    /// `next` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<GivenCursor>,
}

/// List tasks
///
/// The newest first, without their plans, inputs and results.
#[utoipa::path(get, path = "/v1/tasks", tag = "tasks", security(("api_key" = ["tasks:read"])),
    params(Asked), responses(Lists, (status = 200, description = "One page", body = wire::Page<wire::Task>)))]
pub(crate) async fn list_tasks(
    State(app): State<AppState>,
    caller: Caller<TasksRead>,
    listing: Listing,
    Query(asked): Query<Asked>,
) -> Result<Json<wire::Page<wire::Task>>, ApiError> {
    let filter = TaskFilter {
        state: asked.state,
        site: asked.site.map(|site| site.0),
        agent: asked.agent.map(|agent| agent.0),
        label: asked.label.map(|Label(key, value)| (key, value)),
        created_after: asked.created_after.map(|time| time.0),
        created_before: asked.created_before.map(|time| time.0),
    };
    let after = asked.cursor.as_ref().map(|cursor| cursor.id(listing)).transpose()?;
    let request = PageRequest { limit: asked.limit.0, after };
    let found = app.store.tasks().list(caller.project, &filter, &request).await?;
    Ok(Json(page(listing, found, wire::Task::listed)))
}
