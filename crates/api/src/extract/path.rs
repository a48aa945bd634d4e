//! The id in a path.

use crate::problem::ApiError;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::invalid::Invalid;
use std::str::FromStr;

/// The id in a path.
pub(crate) struct Id<T>(pub(crate) T);

/// `0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f`
const UUID_LENGTH: usize = 36;

impl<T: FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        text.ok()
            .filter(|Path(text)| text.len() == UUID_LENGTH) // other ways to write a UUID exist
            .and_then(|Path(text)| text.parse().ok())
            .map(Self)
            .ok_or_else(|| {
                ApiError::InvalidPath(Invalid {
                    field: "id".into(),
                    message: "must be a UUID, as in 0198c5d2-7b5e-7cc3-98c4-dc0c0c07398f".into(),
                })
            })
    }
}
