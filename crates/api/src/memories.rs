//! Operations on what is remembered.

mod flag_memory;
mod get_memory;
mod list_memories;
mod unflag_memory;

use crate::AppState;
use crate::problem::{ApiError, Thing};
use domain::id::{ProjectId, RemedyId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations with their paths.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list_memories::list_memories))
        .routes(routes!(get_memory::get_memory))
        .routes(routes!(flag_memory::flag_memory))
        .routes(routes!(unflag_memory::unflag_memory))
}

/// A memory with everything that is known of it.
async fn whole(app: &AppState, project: ProjectId, id: RemedyId) -> Result<wire::Memory, ApiError> {
    let entry = app.store.memories().find(project, id).await?;
    let entry = entry.ok_or(ApiError::Missing(Thing::Memory))?;
    let agents = app.store.memories().agents(project, id).await?;
    Ok(wire::Memory::whole(entry, agents))
}
