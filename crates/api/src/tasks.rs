//! Operations on tasks and their events.

mod cancel_task;
mod create_task;
mod get_task;
mod list_tasks;
mod replay;
mod stream_task_events;

use crate::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations with their paths.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_task::create_task, list_tasks::list_tasks))
        .routes(routes!(get_task::get_task))
        .routes(routes!(cancel_task::cancel_task))
        .routes(routes!(stream_task_events::stream_task_events))
}
