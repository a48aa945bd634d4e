//! Everything that can go wrong with a request, and how it is told (RFC 9457).

mod documented;
mod render;

pub(crate) use documented::{
    BodyById, ById, Lists, Public, WithBody, problem_schema, shared_responses,
};
pub(crate) use render::render;

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use domain::escalation::EscalationState;
use domain::id::{EscalationId, TaskId};
use domain::invalid::Invalid;
use domain::key::Scope;
use domain::ports::MemoryError;
use domain::recall::AdviceOutcome;
use domain::task::TaskState;
use render::Untold;
use std::error::Error;
use store::StoreError;

/// What goes wrong with requests.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("the body is not JSON: {0}")]
    MalformedJson(String),
    #[error("the body could not be read to its end")]
    BodyBroken,
    #[error("{}", listed(.0))]
    InvalidBody(Vec<Invalid>),
    #[error("{}", listed(.0))]
    InvalidQuery(Vec<Invalid>),
    #[error("{}: {}", .0.field, .0.message)]
    InvalidPath(Invalid),
    #[error("{}: {}", .0.field, .0.message)]
    InvalidHeader(Invalid),
    #[error("send an API key, as in `Authorization: Bearer wm_…`")]
    KeyMissing,
    #[error("{0}")]
    KeyInvalid(&'static str),
    #[error("this needs a key with the scope `{0}`")]
    InsufficientScope(Scope),
    #[error("there is nothing at this path; /docs lists what there is")]
    RouteNotFound,
    #[error("there is no such {} in this project", .0.as_str())]
    Missing(Thing),
    #[error("the request was refused")]
    Refused(StatusCode),
    #[error("this path does not answer this method; the header `Allow` lists those it does")]
    MethodNotAllowed,
    #[error("the body did not arrive in time")]
    BodyTimedOut,
    #[error("task {task} has already {}", ended(*.state))]
    TaskAlreadyEnded { task: TaskId, state: TaskState },
    #[error("{}", closed(.escalation, *.state))]
    EscalationClosed { escalation: EscalationId, state: EscalationState },
    #[error("{}", contradicted(*.rank, *.known))]
    OutcomeConflict { rank: u32, known: AdviceOutcome },
    #[error("a key cannot revoke itself: use another key of the project")]
    OwnKey,
    #[error("the body is larger than {0} bytes")]
    BodyTooLarge(usize),
    #[error("the body must be JSON: send `Content-Type: application/json`, not {0}")]
    UnsupportedMediaType(String),
    #[error("this Idempotency-Key was used before with another body")]
    IdempotencyKeyReused,
    #[error("something went wrong on our side; the log says more under this trace_id")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
    #[error("something went wrong on our side; the log says more under this trace_id")]
    Panicked,
    #[error("the database cannot be reached right now; try again")]
    Unavailable(#[source] StoreError),
    #[error(
        "the meaning of the question cannot be had right now: ask with `mode=text`, or with \
         `mode=hybrid`, which then searches by words alone"
    )]
    NoMeaning,
    #[error("not ready: {0}")]
    NotReady(&'static str),
    #[error("this took too long; try again")]
    TimedOut,
}

/// What an id can fail to name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    Task,
    Run,
    Artifact,
    Escalation,
    Memory,
    Site,
    Recall,
    Key,
}

impl Thing {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Run => "run",
            Self::Artifact => "artifact",
            Self::Escalation => "escalation",
            Self::Memory => "memory",
            Self::Site => "site",
            Self::Recall => "recall of an agent outside",
            Self::Key => "key",
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Task => "task_not_found",
            Self::Run => "run_not_found",
            Self::Artifact => "artifact_not_found",
            Self::Escalation => "escalation_not_found",
            Self::Memory => "memory_not_found",
            Self::Site => "site_not_found",
            Self::Recall => "recall_not_found",
            Self::Key => "key_not_found",
        }
    }
}

impl ApiError {
    /// The status and the stable code of each: the one table.
    const fn parts(&self) -> (StatusCode, &'static str) {
        match self {
            Self::MalformedJson(_) => (StatusCode::BAD_REQUEST, "malformed_json"),
            Self::BodyBroken => (StatusCode::BAD_REQUEST, "body_broken"),
            Self::InvalidQuery(_) => (StatusCode::BAD_REQUEST, "invalid_query"),
            Self::InvalidPath(_) => (StatusCode::BAD_REQUEST, "invalid_path"),
            Self::InvalidHeader(_) => (StatusCode::BAD_REQUEST, "invalid_header"),
            Self::KeyMissing => (StatusCode::UNAUTHORIZED, "key_missing"),
            Self::KeyInvalid(_) => (StatusCode::UNAUTHORIZED, "key_invalid"),
            Self::InsufficientScope(_) => (StatusCode::FORBIDDEN, "insufficient_scope"),
            Self::RouteNotFound => (StatusCode::NOT_FOUND, "route_not_found"),
            Self::Missing(thing) => (StatusCode::NOT_FOUND, thing.code()),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::Refused(status) => (*status, "refused"),
            Self::BodyTimedOut => (StatusCode::REQUEST_TIMEOUT, "body_timed_out"),
            Self::TaskAlreadyEnded { .. } => (StatusCode::CONFLICT, "task_already_ended"),
            Self::EscalationClosed { state, .. } => (StatusCode::CONFLICT, closed_code(*state)),
            Self::OutcomeConflict { .. } => (StatusCode::CONFLICT, "outcome_conflict"),
            Self::OwnKey => (StatusCode::CONFLICT, "own_key"),
            Self::BodyTooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            Self::UnsupportedMediaType(_) => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type")
            }
            Self::InvalidBody(_) => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body"),
            Self::IdempotencyKeyReused => {
                (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused")
            }
            Self::Internal(_) | Self::Panicked => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "database_unavailable"),
            Self::NoMeaning => (StatusCode::SERVICE_UNAVAILABLE, "no_meaning"),
            Self::NotReady(_) => (StatusCode::SERVICE_UNAVAILABLE, "not_ready"),
            Self::TimedOut => (StatusCode::SERVICE_UNAVAILABLE, "timed_out"),
        }
    }

    /// The stable name of the problem.
    #[cfg(test)]
    pub(crate) const fn code(&self) -> &'static str {
        self.parts().1
    }

    /// Where fields are to blame, which and why.
    fn errors(&mut self) -> Vec<Invalid> {
        match self {
            Self::InvalidBody(errors) | Self::InvalidQuery(errors) => std::mem::take(errors),
            Self::InvalidPath(error) | Self::InvalidHeader(error) => vec![error.clone()],
            _ => Vec::new(),
        }
    }

    /// What a client needs to react.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let value = match self {
            Self::KeyMissing => "Bearer realm=\"waymark\"".to_owned(),
            Self::KeyInvalid(_) => "Bearer realm=\"waymark\", error=\"invalid_token\"".to_owned(),
            Self::InsufficientScope(scope) => {
                format!("Bearer realm=\"waymark\", error=\"insufficient_scope\", scope=\"{scope}\"")
            }
            Self::Unavailable(_) | Self::NotReady(_) | Self::NoMeaning | Self::TimedOut => {
                return Some((RETRY_AFTER, HeaderValue::from_static("2")));
            }
            _ => return None,
        };
        let value = HeaderValue::try_from(value).ok()?;
        Some((WWW_AUTHENTICATE, value))
    }

    /// Ours to mend, so ours to log, here and once. What a client did wrong is the client's.
    fn log(&self) {
        match self {
            Self::Internal(cause) => tracing::error!(error = chain(&**cause), "internal error"),
            Self::Unavailable(cause) => {
                tracing::warn!(error = chain(cause), "database unavailable");
            }
            Self::TimedOut => tracing::warn!("a request took too long and was given up"),
            _ => {}
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            Self::Unavailable(error)
        } else {
            Self::Internal(Box::new(error))
        }
    }
}

impl From<MemoryError> for ApiError {
    fn from(MemoryError(cause): MemoryError) -> Self {
        match cause.downcast::<StoreError>() {
            Ok(error) => Self::from(*error),
            Err(cause) => Self::Internal(cause),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(mut self) -> Response {
        self.log();
        let (status, code) = self.parts();
        let header = self.header();
        let detail = self.to_string();
        let mut response = status.into_response();
        response.headers_mut().extend(header);
        response.extensions_mut().insert(Untold { code, detail, errors: self.errors() });
        response
    }
}

/// An error and its causes in one line.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

/// The first faults in a sentence; `errors` has them all.
fn listed(errors: &[Invalid]) -> String {
    const SHOWN: usize = 3;
    let mut text = match errors.len() {
        1 => "1 fault".to_owned(),
        count => format!("{count} faults"),
    };
    let shown = errors.iter().take(SHOWN);
    for (index, error) in shown.enumerate() {
        text.push_str(if index == 0 { ": " } else { "; " });
        text.push_str(&error.field);
        text.push(' ');
        text.push_str(&error.message);
    }
    if errors.len() > SHOWN {
        text.push_str("; …");
    }
    text
}

const fn ended(state: TaskState) -> &'static str {
    match state {
        TaskState::Succeeded => "succeeded",
        TaskState::Failed => "failed",
        TaskState::Cancelled => "been cancelled",
        TaskState::Queued | TaskState::Running | TaskState::Waiting => "ended",
    }
}

/// What was reported before, and otherwise.
fn contradicted(rank: u32, known: AdviceOutcome) -> String {
    match rank {
        0 => "another remedy was reported before: one recall takes one".to_owned(),
        rank => {
            let known = known.as_str();
            format!("of the advice with rank {rank} it was reported before that it is `{known}`")
        }
    }
}

/// Why a question cannot be answered any more.
fn closed(escalation: &EscalationId, state: EscalationState) -> String {
    let why = match state {
        EscalationState::Answered => "somebody has answered already",
        EscalationState::Open | EscalationState::Expired => "nobody answered in time",
        EscalationState::Cancelled => "its task has been cancelled",
    };
    format!("escalation {escalation} takes no answer any more: {why}")
}

const fn closed_code(state: EscalationState) -> &'static str {
    match state {
        EscalationState::Answered => "already_answered",
        // One that is open and takes no answer is past its deadline.
        EscalationState::Open | EscalationState::Expired => "expired",
        EscalationState::Cancelled => "cancelled",
    }
}
