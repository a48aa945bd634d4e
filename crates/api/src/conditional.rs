//! Entity tags, and answers that need not be sent again.

use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use std::fmt::Display;

/// Answers with the body, or with 304 when the client has this version of it already. The tag is
/// weak: the same version may be sent compressed or not.
pub(crate) fn unless_known(
    asked: &HeaderMap,
    version: impl Display,
    body: impl IntoResponse,
) -> Response {
    let tag = format!("W/\"{version}\"");
    let mut response = if knows(asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body.into_response()
    };
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// Whether the client has this version already.
pub(crate) fn is_known(asked: &HeaderMap, version: impl Display) -> bool {
    knows(asked, &format!("W/\"{version}\""))
}

/// Compares weakly, as RFC 9110 asks for `If-None-Match`.
fn knows(asked: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let tag = opaque(tag);
    asked
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|known| known.trim() == "*" || opaque(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(if_none_match: &str, status: StatusCode) {
        let mut headers = HeaderMap::new();
        headers.insert(IF_NONE_MATCH, if_none_match.parse().unwrap());
        let response = unless_known(&headers, 7, "body");
        assert_eq!(response.status(), status, "{if_none_match}");
        assert_eq!(response.headers()[ETAG], "W/\"7\"");
    }

    #[test]
    fn a_known_version_is_not_sent_again() {
        for known in ["W/\"7\"", "\"7\"", "*", "\"6\", W/\"7\""] {
            check(known, StatusCode::NOT_MODIFIED);
        }
        for other in ["\"6\"", "7", "\"77\"", ""] {
            check(other, StatusCode::OK);
        }
    }
}
