//! Who asks: the project of an API key that works and has the scope that the operation needs.
//!
//! The scope is part of a handler's signature (`Caller<TasksWrite>`), so an operation cannot be
//! written without saying what it needs.

use crate::AppState;
use crate::problem::ApiError;
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use domain::id::ProjectId;
use domain::key::{ApiKey, Scope};
use std::marker::PhantomData;
use tokio::time::Instant;

/// A key that may do what `N` needs.
pub(crate) struct Caller<N> {
    pub(crate) project: ProjectId,
    pub(crate) key: ApiKey,
    needs: PhantomData<N>,
}

/// What an operation needs.
pub(crate) trait Needs {
    /// The scope; any key will do when `None`.
    const SCOPE: Option<Scope>;
}

/// Declares what operations need.
macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident => $scope:expr;)*) => {$(
        $(#[$doc])*
        pub(crate) enum $name {}

        impl Needs for $name {
            const SCOPE: Option<Scope> = $scope;
        }
    )*};
}

needs! {
    /// Submitting and cancelling.
    TasksWrite => Some(Scope::TasksWrite);
    /// Seeing tasks.
    TasksRead => Some(Scope::TasksRead);
    /// Seeing runs, steps, artifacts and questions.
    TracesRead => Some(Scope::TracesRead);
    /// Answering questions.
    EscalationsAnswer => Some(Scope::EscalationsAnswer);
    /// Asking memory, and reporting what became of its advice.
    MemoryAsk => Some(Scope::MemoryAsk);
    /// Making and revoking keys, and saying how long things are kept.
    KeysAdmin => Some(Scope::KeysAdmin);
    /// Being known.
    AnyKey => None;
}

impl<N: Needs> FromRequestParts<AppState> for Caller<N> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, ApiError> {
        let secret = bearer(&parts.headers)?;
        let now = Instant::now();
        let key = match app.known_keys.find(secret, now) {
            Some(key) => key,
            None => looked_up(app, secret, now).await?,
        };
        if !key.is_valid_at(app.clock.now()) {
            return Err(ApiError::KeyInvalid("this API key has expired"));
        }
        match N::SCOPE {
            Some(scope) if !key.allows(scope) => Err(ApiError::InsufficientScope(scope)),
            _ => Ok(Self { project: key.project_id, key, needs: PhantomData }),
        }
    }
}

/// The key in the database, unless it was revoked.
async fn looked_up(app: &AppState, secret: &str, now: Instant) -> Result<ApiKey, ApiError> {
    let key = app.store.keys().find_by_secret(secret).await?;
    let key = key.ok_or(ApiError::KeyInvalid("this API key is not known"))?;
    if key.revoked_at.is_some() {
        return Err(ApiError::KeyInvalid("this API key was revoked"));
    }
    app.known_keys.remember(secret, &key, now);
    Ok(key)
}

/// The secret after `Bearer`.
fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    const LONGEST: usize = 200;
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (Some(header), None) = (given.next(), given.next()) else {
        return Err(ApiError::KeyMissing);
    };
    let (scheme, secret) = header
        .to_str()
        .ok()
        .and_then(|header| header.split_once(' '))
        .ok_or(ApiError::KeyMissing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(ApiError::KeyMissing);
    }
    let secret = secret.trim();
    if !secret.starts_with("wm_") || secret.len() > LONGEST {
        return Err(ApiError::KeyInvalid("this is not an API key: keys begin with `wm_`"));
    }
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &[&str], code: Option<&str>) {
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(AUTHORIZATION, header.parse().unwrap());
        }
        let refused = bearer(&map).err().map(|error| error.code());
        assert_eq!(refused, code, "{headers:?}");
    }

    #[test]
    fn only_one_bearer_of_ours_will_do() {
        check(&["Bearer wm_abc"], None);
        check(&["bearer  wm_abc "], None);
        check(&[], Some("key_missing"));
        check(&["wm_abc"], Some("key_missing"));
        check(&["Basic d206eA=="], Some("key_missing"));
        check(&["Bearer wm_a", "Bearer wm_b"], Some("key_missing"));
        check(&["Bearer abc"], Some("key_invalid"));
        check(&["Bearer "], Some("key_invalid"));
    }
}
