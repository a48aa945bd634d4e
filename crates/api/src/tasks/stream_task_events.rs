//! `GET /v1/tasks/{id}/events`: what happens to a task, as it happens, from where the client left.

use crate::AppState;
use crate::extract::{Caller, Id, ResumeHeader, TasksRead};
use crate::problem::{ApiError, ById, Thing, chain};
use crate::watch::{Watch, Woken};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use domain::event::{EventKind, TaskEvent};
use domain::id::TaskId;
use domain::invalid::Invalid;
use futures::stream::{self, Stream};
use std::collections::VecDeque;
use std::time::Duration;
use utoipa::ToSchema;

/// How many events are read at once.
const BATCH: u32 = 100;
/// What a client is told to wait before it comes back.
const RETRY: Duration = Duration::from_secs(1);
/// Tells nginx and its like not to hold the stream back.
const UNBUFFERED: (HeaderName, &str) = (HeaderName::from_static("x-accel-buffering"), "no");

/// One event of the stream, as an `EventSource` takes it apart.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only its schema is used")]
pub(crate) struct ServerSentEvent {
    /// The id of the event: what to send as `Last-Event-ID`.
    #[schema(pattern = "^[0-9]+$")]
    id: String,
    /// What happened.
    event: EventKind,
    /// A `TaskEvent`.
    #[schema(content_media_type = "application/json")]
    data: String,
    /// How many milliseconds to wait before coming back when the stream breaks off.
    retry: u32,
}

/// Follow a task
///
/// Server-sent events from the first one on, or from the one after `Last-Event-ID`; the stream ends
/// after the event that ends the task. When the client has seen that one already, there is nothing
/// more to come (204). The `data` of each is a `TaskEvent`.
#[utoipa::path(get, path = "/v1/tasks/{id}/events", tag = "tasks", security(("api_key" = ["tasks:read"])),
    params(("id" = TaskId, Path, description = "The task"), ResumeHeader),
    responses(ById,
        (status = 200, description = "The events", body = ServerSentEvent, content_type = "text/event-stream",
            example = "id: 4\nevent: step.recorded\ndata: {\"id\":4,…}\n\n"),
        (status = 204, description = "The client has seen them all")))]
pub(crate) async fn stream_task_events(
    State(app): State<AppState>,
    caller: Caller<TasksRead>,
    Id(id): Id<TaskId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let after = last_event_id(&headers)?;
    let watch = Watch::new(&app, id); // before looking, so that no event falls between
    let task = app.store.tasks().find(caller.project, id).await?;
    let task = task.ok_or(ApiError::Missing(Thing::Task))?;
    let seen = app.store.events().list_after(id, after, BATCH).await?;
    if seen.is_empty() && task.state.is_terminal() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let keep_alive = KeepAlive::new().interval(app.limits.keep_alive).text("alive");
    let events = Following { app, watch, task: id, after, ready: seen.into(), ended: false };
    Ok(([UNBUFFERED], Sse::new(events.stream()).keep_alive(keep_alive)).into_response())
}

fn last_event_id(headers: &HeaderMap) -> Result<i64, ApiError> {
    let Some(value) = headers.get("last-event-id") else {
        return Ok(0);
    };
    let id = value.to_str().ok().and_then(|text| text.parse().ok());
    id.filter(|id| *id >= 0).ok_or_else(|| {
        ApiError::InvalidHeader(Invalid {
            field: "Last-Event-ID".into(),
            message: "must be the id of an event, a whole number".into(),
        })
    })
}

/// A client following a task.
struct Following {
    app: AppState,
    watch: Watch,
    task: TaskId,
    after: i64,
    ready: VecDeque<TaskEvent>,
    ended: bool,
}

impl Following {
    fn stream(self) -> impl Stream<Item = Result<Event, axum::Error>> {
        stream::unfold(self, |mut following| async move {
            let event = following.next().await?;
            following.after = event.id;
            following.ended = event.kind.is_terminal();
            Some((told(event), following))
        })
    }

    /// The next event; `None` when there will be none, or the service stops.
    async fn next(&mut self) -> Option<TaskEvent> {
        while !self.ended {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            self.look().await;
            if self.ready.is_empty() && self.watch.changed().await == Woken::Stopping {
                return None;
            }
        }
        None
    }

    /// Reads what is new. The stream outlives a database that is away for a while.
    async fn look(&mut self) {
        let events = self.app.store.events();
        match events.list_after(self.task, self.after, BATCH).await {
            Ok(events) => self.ready.extend(events),
            Err(error) => tracing::warn!(
                task.id = %self.task,
                error = chain(&error),
                "cannot read the events of a task; looking again soon"
            ),
        }
    }
}

fn told(event: TaskEvent) -> Result<Event, axum::Error> {
    Event::default()
        .id(event.id.to_string())
        .event(event.kind.as_str())
        .retry(RETRY)
        .json_data(wire::TaskEvent::from(event))
}
