//! Operations on API keys.

mod create_key;
mod get_own_key;
mod list_keys;
mod revoke_key;

use crate::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operations with their paths.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_key::create_key, list_keys::list_keys))
        .routes(routes!(get_own_key::get_own_key))
        .routes(routes!(revoke_key::revoke_key))
}
