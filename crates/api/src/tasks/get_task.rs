//! `GET /v1/tasks/{id}`: the task as it is, or as it ends or asks.

use crate::AppState;
use crate::conditional::{is_known, unless_known};
use crate::extract::{Caller, ConditionalHeader, Id, Query, Seconds, TasksRead};
use crate::problem::{ApiError, ById, Thing};
use crate::watch::{Watch, Woken};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::id::{ProjectId, TaskId};
use domain::task::{Task, TaskState};
use serde::Deserialize;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use utoipa::IntoParams;

/// How patiently.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// Wait up to this many seconds for the task to end, or to ask a human. An answer before that
    /// means that it has.
    #[serde(default)]
    #[param(value_type = Option<u32>, minimum = 0, maximum = 60, default = 0)]
    wait: Seconds,
}

/// Show a task
///
/// With `wait`, the answer comes as soon as the task has ended or waits for a human, and at the
/// latest after so many seconds. With `If-None-Match`, a task that has not changed is answered with
/// 304; together with `wait`, a client that knows of the question already is not told again, but
/// hears of what comes after it.
#[utoipa::path(get, path = "/v1/tasks/{id}", tag = "tasks", security(("api_key" = ["tasks:read"])),
    params(("id" = TaskId, Path, description = "The task"), Asked, ConditionalHeader),
    responses(ById,
        (status = 200, description = "The task", body = wire::Task,
            headers(("ETag" = String, description = "The version of the task"))),
        (status = 304, description = "Not changed")))]
pub(crate) async fn get_task(
    State(app): State<AppState>,
    caller: Caller<TasksRead>,
    Id(id): Id<TaskId>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let patience = Duration::from_secs(asked.wait.0.into());
    let told = |task: &Task| {
        let waits = task.state == TaskState::Waiting && !is_known(&headers, task.version);
        task.state.is_terminal() || waits
    };
    let task = told_or_late(&app, (caller.project, id), patience, told).await?;
    let version = task.version;
    Ok(unless_known(&headers, version, Json(wire::Task::whole(task))))
}

/// The task when there is something to tell, or as it is when patience runs out or the service stops.
async fn told_or_late(
    app: &AppState,
    (project, id): (ProjectId, TaskId),
    patience: Duration,
    told: impl Fn(&Task) -> bool,
) -> Result<Task, ApiError> {
    let deadline = Instant::now() + patience;
    let mut watch = Watch::new(app, id); // before looking, so that no change falls between
    loop {
        let task = app.store.tasks().find(project, id).await?;
        let task = task.ok_or(ApiError::Missing(Thing::Task))?;
        if told(&task) || patience.is_zero() {
            return Ok(task);
        }
        match timeout_at(deadline, watch.changed()).await {
            Ok(Woken::LookAgain) => {}
            Ok(Woken::Stopping) | Err(_) => return Ok(task),
        }
    }
}
