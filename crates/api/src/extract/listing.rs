//! Which list a request asks for: its path and its filter, apart from where and how long the page is.

use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use sha2::{Digest as _, Sha256};
use std::convert::Infallible;

/// Tells lists apart: enough to notice a mistake. It guards nothing; what a client may see is decided
/// elsewhere.
const MARK: usize = 8;

/// A list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Listing([u8; MARK]);

impl Listing {
    /// The list that is asked for there.
    pub(crate) fn of(uri: &Uri) -> Self {
        let query = uri.query().unwrap_or_default();
        let mut filter: Vec<_> = form_urlencoded::parse(query.as_bytes())
            .filter(|(key, _)| key != "cursor" && key != "limit")
            .collect();
        filter.sort_unstable();
        let mut hash = Sha256::new();
        hash.update(uri.path());
        for (key, value) in filter {
            for text in [key, value] {
                hash.update([0]);
                hash.update(text.as_bytes());
            }
        }
        let mut mark = [0; MARK];
        mark.copy_from_slice(&hash.finalize()[..MARK]);
        Self(mark)
    }

    /// What a cursor of it carries.
    pub(crate) const fn mark(self) -> [u8; MARK] {
        self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Listing {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri))
    }
}
