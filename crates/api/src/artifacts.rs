//! `GET /v1/artifacts/{id}`: the bytes of a screenshot, a snapshot or a download.

use crate::AppState;
use crate::conditional::unless_known;
use crate::extract::{Caller, ConditionalHeader, Id, TracesRead};
use crate::problem::{ApiError, ById, Thing};
use axum::extract::State;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use domain::artifact::{Artifact, ArtifactKind};
use domain::id::ArtifactId;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The operation with its path.
pub(crate) fn operations() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get_artifact))
}

/// Fetch an artifact
///
/// Its bytes, which never change.
#[utoipa::path(get, path = "/v1/artifacts/{id}", tag = "runs", security(("api_key" = ["traces:read"])),
    params(("id" = ArtifactId, Path, description = "The artifact"), ConditionalHeader),
    responses(ById,
        (status = 200, description = "Its bytes", body = serde_json::Value, content_type = "*/*",
            headers(("ETag" = String, description = "The version of the artifact"))),
        (status = 304, description = "Known already")))]
pub(crate) async fn get_artifact(
    State(app): State<AppState>,
    caller: Caller<TracesRead>,
    Id(id): Id<ArtifactId>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let found = app.store.artifacts().find(caller.project, id).await?;
    let (artifact, bytes) = found.ok_or(ApiError::Missing(Thing::Artifact))?;
    let mut response = unless_known(&headers, id, bytes);
    let headers = response.headers_mut();
    headers.remove(CONTENT_TYPE);
    headers.extend(described(&artifact));
    Ok(response)
}

/// What a browser may do with it. A page gave it, so it is shown only where that is harmless, and
/// in a sandbox even there.
fn described(artifact: &Artifact) -> HeaderMap {
    const CACHED: HeaderValue = HeaderValue::from_static("private, max-age=31536000, immutable");
    const SANDBOX: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox");
    const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
    const ATTACHMENT: HeaderValue = HeaderValue::from_static("attachment");
    let media_type = HeaderValue::try_from(&artifact.media_type).unwrap_or(BYTES);
    let disposition = HeaderValue::try_from(disposition(artifact)).unwrap_or(ATTACHMENT);
    HeaderMap::from_iter([
        (CONTENT_TYPE, media_type),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, CACHED),
        (CONTENT_SECURITY_POLICY, SANDBOX),
    ])
}

fn disposition(artifact: &Artifact) -> String {
    let shown = artifact.kind != ArtifactKind::Download;
    let disposition = if shown { "inline" } else { "attachment" };
    let suffix = match artifact.kind {
        ArtifactKind::Screenshot => ".png",
        ArtifactKind::Snapshot => ".json",
        ArtifactKind::Download => "",
    };
    let name = artifact.name.as_deref().unwrap_or(artifact.kind.as_str());
    let name = format!("{name}{suffix}");
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' })
        .collect();
    let encoded = utf8_percent_encode(&name, NON_ALPHANUMERIC);
    format!("{disposition}; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use domain::id::RunId;
    use uuid::Uuid;

    fn artifact(kind: ArtifactKind, name: &str, media_type: &str) -> Artifact {
        Artifact {
            id: ArtifactId::from_uuid(Uuid::nil()),
            run_id: RunId::from_uuid(Uuid::nil()),
            step: 0,
            kind,
            name: Some(name.into()),
            media_type: media_type.into(),
            bytes: 1,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let evil = artifact(ArtifactKind::Download, "a\"; x=\r\nSet-Cookie: ä.html", "text/html");
        assert_eq!(
            described(&evil)[CONTENT_DISPOSITION],
            "attachment; filename=\"a__ x___Set-Cookie_ _.html\"; \
             filename*=UTF-8''a%22%3B%20x%3D%0D%0ASet%2DCookie%3A%20%C3%A4%2Ehtml"
        );
        let evil = artifact(ArtifactKind::Download, "x", "text/html\r\nx: y");
        assert_eq!(described(&evil)[CONTENT_TYPE], "application/octet-stream");
    }

    #[test]
    fn only_what_we_made_is_shown_in_place() {
        let shot = artifact(ArtifactKind::Screenshot, "after", "image/png");
        let disposition = described(&shot)[CONTENT_DISPOSITION].clone();
        assert!(disposition.to_str().unwrap().starts_with("inline; filename=\"after.png\""));
        let page = artifact(ArtifactKind::Download, "p.html", "text/html");
        let disposition = described(&page)[CONTENT_DISPOSITION].clone();
        assert!(disposition.to_str().unwrap().starts_with("attachment;"));
    }
}
