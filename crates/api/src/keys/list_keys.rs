//! `GET /v1/keys`: the keys of the caller's project.

use crate::AppState;
use crate::extract::{Caller, KeysAdmin};
use crate::problem::{ApiError, Lists};
use axum::Json;
use axum::extract::State;

/// List keys
///
/// Those of the project in one page, revoked ones included, without their secrets.
#[utoipa::path(get, path = "/v1/keys", tag = "keys", security(("api_key" = ["keys:admin"])),
    responses(Lists, (status = 200, description = "All of them", body = wire::Page<wire::ApiKey>)))]
pub(crate) async fn list_keys(
    State(app): State<AppState>,
    caller: Caller<KeysAdmin>,
) -> Result<Json<wire::Page<wire::ApiKey>>, ApiError> {
    let keys = app.store.keys().list(caller.project).await?;
    Ok(Json(wire::Page { items: keys.into_iter().map(Into::into).collect(), next: None }))
}
