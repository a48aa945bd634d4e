//! What every refusal and failure looks like.

use domain::invalid::Invalid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A problem, as RFC 9457 has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:waymark:problem:invalid_body",
    "title": "Invalid body",
    "status": 422,
    "detail": "1 fault: plan.steps[0].target.css a selector ends too early",
    "code": "invalid_body",
    "trace_id": "0198c5d27b5e7cc398c4dc0c0c07398f",
    "errors": [ { "field": "plan.steps[0].target.css", "message": "a selector ends too early" } ]
}))]
pub struct Problem {
    /// A URI for this kind of problem; it ends with `code`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem, in words.
    pub title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What happened this time and what can be done about it.
    pub detail: String,
    /// A stable name for this kind of problem.
    pub code: String,
    /// Name it when asking for help: the logs of this request carry it.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub trace_id: String,
    /// What is wrong with which field, where fields are to blame.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Invalid>,
}
