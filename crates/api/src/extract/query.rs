//! The query of a request: every key known, none twice, every value readable.

use super::words::fault;
use crate::problem::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::invalid::Invalid;
use serde::de::DeserializeOwned;

/// The query.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        read(parts.uri.query().unwrap_or_default())
            .map(Self)
            .map_err(|fault| ApiError::InvalidQuery(vec![fault]))
    }
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, Invalid> {
    let pairs = form_urlencoded::parse(query.as_bytes());
    if let Some((key, _)) = pairs.clone().find(|(_, value)| value.contains('\0')) {
        return Err(fault(&key, "must not contain the character NUL"));
    }
    let reader = serde_urlencoded::Deserializer::new(pairs);
    serde_path_to_error::deserialize(reader)
        .map_err(|error| fault(&error.path().to_string(), &error.inner().to_string()))
}

#[cfg(test)]
mod tests {
    use super::super::words::{Label, Limit, Timestamp};
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Asked {
        #[serde(default)]
        limit: Limit,
        label: Option<Label>,
        after: Option<Timestamp>,
        state: Option<domain::task::TaskState>,
        running: Option<bool>,
    }

    #[track_caller]
    fn check(query: &str, field: &str, says: &str) {
        let fault = read::<Asked>(query).unwrap_err();
        assert_eq!(fault.field, field, "{fault:?}");
        assert!(fault.message.contains(says), "{fault:?}");
    }

    #[test]
    fn every_fault_names_its_key() {
        check("limit=0", "limit", "between 1 and 200");
        check("limit=-1", "limit", "whole number");
        check("limit=", "limit", "whole number");
        check("limit=99999999999", "limit", "too large");
        check("limit=1&limit=2", "limit", "duplicate");
        check("stat=queued", "stat", "is an unknown field, expected");
        check("unknown=1", "unknown", "is an unknown field, expected");
        check("state=paused", "state", "unknown variant");
        check("label=team", "label", "team:checkout");
        check("after=now", "after", "2026-12-31");
        check("after=2026-01-01T00:00:00+02:00", "after", "%2B");
        check("running=yes", "running", "`true` or `false`");
        check("label=a:%00", "label", "NUL");
    }

    #[test]
    fn what_is_well_formed_is_read() {
        let asked: Asked =
            read("limit=7&label=team:a:b&state=queued&after=2026-01-01T00:00:00%2B02:00").unwrap();
        assert_eq!(asked.limit, Limit(7));
        assert_eq!(asked.label, Some(Label("team".into(), "a:b".into())));
        assert!(asked.after.is_some());
        assert_eq!(read::<Asked>("").unwrap().limit, Limit(50));
    }
}
