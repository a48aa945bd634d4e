//! Request headers as the OpenAPI document has them. What reads them stands elsewhere.

use serde::Deserialize;
use utoipa::IntoParams;

/// Of operations that create.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) struct IdempotencyHeader {
    /// Any text that names this request, such as a UUID. Sent again with the same body it is
    /// answered with the same task; with another body it is refused (422).
    #[serde(rename = "Idempotency-Key")]
    #[param(required = false, min_length = 1, max_length = 255, pattern = "^[!-~]+$")]
    key: String,
}

/// Of operations that show one thing.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) struct ConditionalHeader {
    /// The `ETag` that is known already.
    #[serde(rename = "If-None-Match")]
    #[param(required = false, example = "W/\"3\"")]
    tag: String,
}

/// Of event streams.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only its description is used")]
pub(crate) struct ResumeHeader {
    /// The id of the last event seen: the stream goes on after it.
    #[serde(rename = "Last-Event-ID")]
    #[param(required = false, minimum = 0)]
    id: i64,
}
