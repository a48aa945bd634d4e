//! `GET /v1/keys/self`: which key this is and what it may do.

use crate::extract::{AnyKey, Caller};
use crate::problem::Lists;
use axum::Json;

/// Show the key that asks
///
/// Any key may: it says which key this is, what it allows and until when.
#[utoipa::path(get, path = "/v1/keys/self", tag = "keys", security(("api_key" = [])),
    responses(Lists, (status = 200, description = "The key", body = wire::ApiKey)))]
pub(crate) async fn get_own_key(caller: Caller<AnyKey>) -> Json<wire::ApiKey> {
    Json(caller.key.into())
}
