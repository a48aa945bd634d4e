//! Operations of agents in trouble, ours or not: asking memory, and reporting what became of it.

mod ask_memory;
mod embedding;
mod report_outcome;

use crate::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations with their paths.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(ask_memory::ask_memory))
        .routes(routes!(report_outcome::report_outcome))
}
