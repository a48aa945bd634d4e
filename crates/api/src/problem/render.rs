//! The last step of an answer: a refusal gets its body, with the trace id of its request.

use super::ApiError;
use crate::trace_context::TraceContext;
use axum::Json;
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use domain::invalid::Invalid;

/// No answer lists more faults than anyone reads.
const MOST_ERRORS: usize = 100;

/// A problem on its way out, which does not know its request yet.
#[derive(Debug, Clone)]
pub(super) struct Untold {
    pub(super) code: &'static str,
    pub(super) detail: String,
    pub(super) errors: Vec<Invalid>,
}

/// Gives every refusal the form of a problem, those of the framework included.
pub(crate) async fn render(trace: TraceContext, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let untold = response.extensions_mut().remove::<Untold>();
    let untold = untold.or_else(|| {
        // Not one of ours: what the framework refused.
        let headers = std::mem::take(response.headers_mut());
        response = framework_refusal(status).into_response();
        *response.status_mut() = status;
        response.headers_mut().extend(headers);
        response.headers_mut().remove(CONTENT_LENGTH);
        response.extensions_mut().remove::<Untold>()
    });
    match untold {
        Some(untold) => told(response, untold, trace),
        None => response,
    }
}

fn framework_refusal(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => ApiError::RouteNotFound,
        StatusCode::METHOD_NOT_ALLOWED => ApiError::MethodNotAllowed,
        status if status.is_client_error() => ApiError::Refused(status),
        status => ApiError::Internal(format!("an answer {status} without a problem").into()),
    }
}

fn told(response: Response, untold: Untold, trace: TraceContext) -> Response {
    let Untold { code, detail, mut errors } = untold;
    errors.truncate(MOST_ERRORS);
    let (parts, _) = response.into_parts();
    let problem = wire::Problem {
        kind: format!("urn:waymark:problem:{code}"),
        title: title(code),
        status: parts.status.as_u16(),
        detail,
        code: code.to_owned(),
        trace_id: trace.trace_id,
        errors,
    };
    let mut told = (parts.status, parts.headers, Json(problem)).into_response();
    told.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    told
}

/// `task_not_found` as a person would say it.
fn title(code: &str) -> String {
    let mut words = code.replace('_', " ").replace("json", "JSON");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}
