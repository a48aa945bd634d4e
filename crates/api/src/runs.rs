//! Operations on runs and their traces.

mod get_run;
mod list_run_artifacts;
mod list_run_steps;
mod list_runs;
mod search_runs;

use crate::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations with their paths.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_runs::list_runs))
        .routes(routes!(search_runs::search_runs))
        .routes(routes!(get_run::get_run))
        .routes(routes!(list_run_steps::list_run_steps))
        .routes(routes!(list_run_artifacts::list_run_artifacts))
}
