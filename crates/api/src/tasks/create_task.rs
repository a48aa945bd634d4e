//! `POST /v1/tasks`: a task is checked whole, written down and answered; it runs later.

use crate::AppState;
use crate::extract::{Body, Caller, IdempotencyHeader, IdempotencyKey, TasksWrite};
use crate::problem::{ApiError, WithBody};
use crate::tasks::replay::check_inputs;
use crate::trace_context::TraceContext;
use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use domain::id::TaskId;
use domain::task::Task;
use store::{Inserted, NewTask};
use telemetry::spans;
use tracing::Instrument as _;

/// Submit a task
///
/// The task is queued. Follow it at `Location`: with `?wait=30`, or through its events.
///
/// Without a `plan`, the task does what worked for this goal on this site before. When memory has
/// that plan already and the task lacks some of its inputs, the task is refused and told which (422);
/// when nothing is known, the run asks a human for a plan.
///
/// With an `Idempotency-Key`, the same request can be sent again, after a lost answer for example,
/// and is carried out once. The key is kept as long as its task.
#[utoipa::path(post, path = "/v1/tasks", tag = "tasks", security(("api_key" = ["tasks:write"])),
    params(IdempotencyHeader),
    request_body(content = wire::CreateTask),
    responses(WithBody, (status = 202, description = "Accepted", body = wire::Task, headers(
        ("Location" = String, description = "Where the task is"),
        ("Idempotency-Replayed" = bool, description = "`true` when this key had made the task before")),
        links(("task" = (operation_id = "get_task", parameters(("id" = "$response.body#/id")))),
            ("cancellation" = (operation_id = "cancel_task", parameters(("id" = "$response.body#/id")))),
            ("events" = (operation_id = "stream_task_events", parameters(("id" = "$response.body#/id"))))))))]
pub(crate) async fn create_task(
    State(app): State<AppState>,
    caller: Caller<TasksWrite>,
    trace: TraceContext,
    key: IdempotencyKey,
    Body(request): Body<wire::CreateTask>,
) -> Result<Accepted, ApiError> {
    let idempotency = key.with(&request)?;
    let (spec, secrets) = request.check().map_err(ApiError::InvalidBody)?;
    let id = TaskId::new(&*app.clock);
    let sending = spans::send(&id);
    let new = NewTask {
        id,
        project_id: caller.project,
        spec,
        secrets,
        idempotency,
        // Whoever runs it goes on from here.
        traceparent: telemetry::traceparent(&sending).or(Some(trace.traceparent)),
        tracestate: trace.tracestate,
    };
    if new.spec.plan.is_none() {
        // What was accepted once is not refused when it is sent again, whatever was learnt since.
        if let Some(known) = app.store.tasks().find_submitted(&new).await? {
            return answer(known);
        }
        check_inputs(&app, &new).await?;
    }
    answer(app.store.tasks().insert(new).instrument(sending).await?)
}

type Accepted = (StatusCode, HeaderMap, Json<wire::Task>);

fn answer(inserted: Inserted) -> Result<Accepted, ApiError> {
    match inserted {
        Inserted::New(task) => {
            telemetry::metrics().task_sent();
            accepted(task, None)
        }
        Inserted::Replayed(task) => accepted(task, Some("true")),
        Inserted::Conflict => Err(ApiError::IdempotencyKeyReused),
    }
}

fn accepted(task: Task, replayed: Option<&'static str>) -> Result<Accepted, ApiError> {
    let location = HeaderValue::try_from(format!("/v1/tasks/{}", task.id))
        .map_err(|error| ApiError::Internal(Box::new(error)))?;
    let mut headers = HeaderMap::from_iter([(LOCATION, location)]);
    if let Some(replayed) = replayed {
        headers.insert("idempotency-replayed", HeaderValue::from_static(replayed));
    }
    Ok((StatusCode::ACCEPTED, headers, Json(task.into())))
}
