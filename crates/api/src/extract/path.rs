//! The id or the name in a path.

use super::words::{A_UUID, Word};
use crate::problem::ApiError;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use domain::invalid::Invalid;
use std::str::FromStr;

/// The id in a path.
pub(crate) struct Id<T>(pub(crate) T);

/// The name of a site in a path.
pub(crate) struct SiteName(pub(crate) String);

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
                    message: format!("must be {A_UUID}"),
                })
            })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SiteName {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let refused = |message: &str| {
            let (field, message) = ("site".to_owned(), message.to_owned());
            ApiError::InvalidPath(Invalid { field, message })
        };
        let Ok(Path(text)) = text else { return Err(refused("must be the name of a site")) };
        Word::try_from(text).map(|word| Self(word.0)).map_err(refused)
    }
}
