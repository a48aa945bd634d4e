//! The `Idempotency-Key` of a request: sent again with the same body, it changes nothing.

use crate::problem::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::invalid::Invalid;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use store::Idempotency;

/// The key, if there is one.
pub(crate) struct IdempotencyKey(Option<String>);

const NAME: &str = "idempotency-key";
const LONGEST: usize = 255;

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut given = parts.headers.get_all(NAME).iter();
        let key = match (given.next(), given.next()) {
            (None, _) => None,
            (Some(key), None) => Some(key.as_bytes()),
            (Some(_), Some(_)) => return Err(refused("is there more than once")),
        };
        let readable = |key: &&[u8]| {
            (1..=LONGEST).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic)
        };
        match key {
            None => Ok(Self(None)),
            Some(key) => Some(key)
                .filter(readable)
                .map(|key| Self(Some(String::from_utf8_lossy(key).into_owned())))
                .ok_or_else(|| refused("must be 1 to 255 visible ASCII characters")),
        }
    }
}

fn refused(message: &str) -> ApiError {
    ApiError::InvalidHeader(Invalid { field: "Idempotency-Key".into(), message: message.into() })
}

impl IdempotencyKey {
    /// The key with what tells this request from others: its meaning, not its white space.
    pub(crate) fn with(self, request: &impl Serialize) -> Result<Option<Idempotency>, ApiError> {
        let Some(key) = self.0 else { return Ok(None) };
        let meaning =
            serde_json::to_vec(request).map_err(|error| ApiError::Internal(Box::new(error)))?;
        Ok(Some(Idempotency { key, fingerprint: Sha256::digest(meaning).into() }))
    }
}
