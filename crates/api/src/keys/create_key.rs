//! `POST /v1/keys`: a key of the caller's project, its secret shown this once.

use crate::AppState;
use crate::extract::{Body, Caller, KeysAdmin};
use crate::problem::{ApiError, WithBody};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use store::NewKey;

/// Make a key
///
/// For the project of the key that asks. Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/v1/keys", tag = "keys", security(("api_key" = ["keys:admin"])),
    request_body(content = wire::CreateKey),
    responses(WithBody, (status = 201, description = "The key and its secret", body = wire::CreatedKey,
        links(("revocation" = (operation_id = "revoke_key", parameters(("id" = "$response.body#/key/id"))))))))]
pub(crate) async fn create_key(
    State(app): State<AppState>,
    caller: Caller<KeysAdmin>,
    Body(request): Body<wire::CreateKey>,
) -> Result<(StatusCode, Json<wire::CreatedKey>), ApiError> {
    let request = request.check(app.clock.now()).map_err(ApiError::InvalidBody)?;
    let new = NewKey { name: request.name, scopes: request.scopes, expires_at: request.expires_at };
    let minted = app.store.keys().mint(caller.project, new).await?;
    let created = wire::CreatedKey { key: minted.key.into(), secret: minted.secret };
    Ok((StatusCode::CREATED, Json(created)))
}
