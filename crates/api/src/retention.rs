//! Operations on how long a project keeps things.

mod get_retention;
mod set_retention;

use crate::AppState;
use crate::problem::ApiError;
use domain::id::ProjectId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations with their paths.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_retention::get_retention, set_retention::set_retention))
}

/// How many reports are shown.
const REPORTS: u32 = 20;

/// What a project keeps, and what was removed.
async fn shown(app: &AppState, project: ProjectId) -> Result<wire::Retention, ApiError> {
    let set = app.store.retentions().find(project).await?;
    let reports = app.store.retentions().list_reports(project, REPORTS).await?;
    Ok(wire::Retention::of(set, reports))
}
