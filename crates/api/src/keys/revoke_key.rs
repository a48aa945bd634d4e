//! `DELETE /v1/keys/{id}`: the key stops working and stays in the list.

use crate::AppState;
use crate::extract::{Caller, Id, KeysAdmin};
use crate::problem::{ApiError, ById, Thing};
use axum::Json;
use axum::extract::State;
use domain::id::KeyId;

/// Revoke a key
///
/// It stops working, at once on this server and within a second on others, and stays in the list.
/// Revoking it again changes nothing. A key cannot
/// revoke itself (409), so that nobody locks themselves out: let another one do it.
#[utoipa::path(delete, path = "/v1/keys/{id}", tag = "keys", security(("api_key" = ["keys:admin"])),
    params(("id" = KeyId, Path, description = "The key")),
    responses(ById, (status = 200, description = "The revoked key", body = wire::ApiKey),
        (status = 409, description = "It is the key that asks", body = wire::Problem,
            content_type = "application/problem+json")))]
pub(crate) async fn revoke_key(
    State(app): State<AppState>,
    caller: Caller<KeysAdmin>,
    Id(id): Id<KeyId>,
) -> Result<Json<wire::ApiKey>, ApiError> {
    if id == caller.key.id {
        return Err(ApiError::OwnKey);
    }
    let key = app.store.keys().revoke(caller.project, id).await?;
    let key = key.ok_or(ApiError::Missing(Thing::Key))?;
    app.known_keys.forget(id);
    Ok(Json(key.into()))
}
