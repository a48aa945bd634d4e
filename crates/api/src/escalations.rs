//! Operations on the questions of agents to humans.

mod answer_escalation;
mod get_escalation;
mod list_escalations;

use crate::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations with their paths.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_escalations::list_escalations))
        .routes(routes!(get_escalation::get_escalation))
        .routes(routes!(answer_escalation::answer_escalation))
}
