//! `POST /v1/tasks/{id}/cancel`: a queued task ends at once, a running one after its current step.

use crate::AppState;
use crate::extract::{Caller, Id, TasksWrite};
use crate::problem::{ApiError, ById, Thing};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::TaskId;
use domain::task::TaskState;
use store::Cancelled;

/// Cancel a task
///
/// A queued task ends at once, a running one after its current step; asking again changes nothing.
/// A task that has ended otherwise cannot be cancelled (409).
#[utoipa::path(post, path = "/v1/tasks/{id}/cancel", tag = "tasks", security(("api_key" = ["tasks:write"])),
    params(("id" = TaskId, Path, description = "The task")),
    responses(ById,
        (status = 202, description = "Cancelled, or asked to stop", body = wire::Task),
        (status = 409, description = "The task has already ended", body = wire::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn cancel_task(
    State(app): State<AppState>,
    caller: Caller<TasksWrite>,
    Id(id): Id<TaskId>,
) -> Result<(StatusCode, Json<wire::Task>), ApiError> {
    match app.store.tasks().cancel(caller.project, id).await? {
        Cancelled::NotFound => Err(ApiError::Missing(Thing::Task)),
        Cancelled::AlreadyEnded(task) if task.state != TaskState::Cancelled => {
            let (task, state) = (task.id, task.state);
            Err(ApiError::TaskAlreadyEnded { task, state })
        }
        Cancelled::Ended(task) | Cancelled::Requested(task) | Cancelled::AlreadyEnded(task) => {
            Ok((StatusCode::ACCEPTED, Json(task.into())))
        }
    }
}
