//! What surrounds every operation, from the outside in: a trace id, a log line, problems, security
//! headers, compression, panics caught, a deadline.

use crate::ApiLimits;
use crate::health::is_probe;
use crate::problem::{ApiError, render};
use crate::trace_context::{ServerSpan, identify, known_method};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, Version};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use domain::clock::Clock;
use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};
use telemetry::{metrics, spans};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::trace::TraceLayer;
use tracing::Span;

/// Puts the layers around a router.
pub(crate) fn around(router: Router, clock: Arc<dyn Clock>, limits: ApiLimits) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(from_fn_with_state(clock, identify))
            .layer(
                TraceLayer::new_for_http()
                    .make_span_with(request_span)
                    .on_request(())
                    .on_response(log_response)
                    .on_body_chunk(())
                    .on_eos(())
                    .on_failure(()),
            )
            .layer(from_fn(measure))
            .layer(from_fn(render))
            .layer(from_fn(secure))
            .layer(CompressionLayer::new().gzip(true).compress_when(large_json()))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(limits, in_time)),
    )
}

/// The span that was opened when the trace of the request was found.
fn request_span(request: &Request) -> Span {
    request.extensions().get::<ServerSpan>().map_or_else(Span::none, |span| span.0.clone())
}

/// What was asked for, kept with the answer for the log.
#[derive(Clone)]
struct Asked {
    method: Method,
    route: Option<MatchedPath>,
}

impl Asked {
    fn route(&self) -> &str {
        self.route.as_ref().map_or("unmatched", MatchedPath::as_str)
    }
}

/// A line for each request. A probe is news when it fails.
fn log_response(response: &Response, latency: Duration, span: &Span) {
    let status = response.status().as_u16();
    spans::answered(span, status);
    let Some(asked) = response.extensions().get::<Asked>() else { return };
    let latency_ms = latency.as_secs_f64() * 1000.0;
    if !is_probe(asked.route.as_ref()) {
        tracing::info!(
            http.request.method = known_method(&asked.method),
            http.route = asked.route(),
            http.response.status_code = status,
            latency_ms,
            "answered {status}"
        );
    } else if status >= 500 {
        tracing::warn!(
            http.route = asked.route(),
            http.response.status_code = status,
            latency_ms,
            "answered a probe {status}"
        );
    }
}

/// How long each operation takes, by its route. A stream is counted, and not timed; a probe is not
/// even counted.
async fn measure(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let asked = Asked { method, route };
    let mut response = if is_probe(asked.route.as_ref()) {
        next.run(request).await
    } else {
        let begun = Instant::now();
        let under_way = UnderWay { asked: asked.clone(), begun, status: None, is_stream: false };
        under_way.through(next.run(request)).await
    };
    response.extensions_mut().insert(asked);
    response
}

/// A request that is answered, or given up by its client: it is counted off either way.
struct UnderWay {
    asked: Asked,
    begun: Instant,
    status: Option<StatusCode>,
    is_stream: bool,
}

impl UnderWay {
    async fn through(mut self, answer: impl Future<Output = Response>) -> Response {
        metrics().request_began(self.asked.method.as_str());
        let response = answer.await;
        self.status = Some(response.status());
        let media_type = response.headers().get(CONTENT_TYPE);
        self.is_stream =
            media_type.is_some_and(|it| it.as_bytes().starts_with(b"text/event-stream"));
        response
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        // 499 is what a proxy logs for a client that went away.
        let status = self.status.map_or(499, |status| status.as_u16());
        let took = (!self.is_stream).then(|| self.begun.elapsed());
        metrics().request_ended(self.asked.method.as_str(), self.asked.route(), status, took);
    }
}

/// Nothing of the API is for caches, frames or guesses; whoever means otherwise has said so by now.
async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Worth compressing, and never a stream: lists, traces, snapshots.
fn large_json() -> impl Predicate {
    const SMALL: u64 = 1024;
    SizeAbove::new(SMALL).and(is_json)
}

fn is_json(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|media_type| media_type.as_bytes().starts_with(b"application/json"))
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands over the payload")]
fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let message = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(panic = message, "a handler panicked");
    ApiError::Panicked.into_response()
}

/// The last resort: whatever hangs, the client gets an answer.
async fn in_time(State(limits): State<ApiLimits>, request: Request, next: Next) -> Response {
    tokio::time::timeout(limits.request_time, next.run(request))
        .await
        .unwrap_or_else(|_| ApiError::TimedOut.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use axum::http::header::{ALLOW, CONTENT_ENCODING};
    use axum::routing::get;
    use domain::clock::SystemClock;
    use serde_json::Value;
    use tower::ServiceExt as _;

    async fn panics() {
        panic!("secret particulars")
    }

    fn app() -> Router {
        let limits = ApiLimits { request_time: Duration::from_millis(10), ..ApiLimits::default() };
        let router = Router::new()
            .route("/", get(|| async { "hello" }))
            .route("/list", get(|| async { axum::Json(vec!["waymark"; 1000]) }))
            .route("/panics", get(panics))
            .route("/hangs", get(std::future::pending::<()>))
            .route("/refuses", get(|| async { StatusCode::IM_A_TEAPOT }))
            .route("/breaks", get(|| async { StatusCode::BAD_GATEWAY }))
            .fallback(async || ApiError::RouteNotFound)
            .method_not_allowed_fallback(async || ApiError::MethodNotAllowed);
        around(router, Arc::new(SystemClock), limits)
    }

    async fn ask(method: &str, path: &str) -> Response {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("accept-encoding", "gzip")
            .header("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .body(Body::empty())
            .unwrap();
        app().oneshot(request).await.unwrap()
    }

    async fn check(method: &str, path: &str, status: u16, code: &str) -> HeaderMap {
        let response = ask(method, path).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        let headers = response.headers().clone();
        assert_eq!(headers[CONTENT_TYPE], "application/problem+json");
        assert_eq!(headers[X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(headers[CACHE_CONTROL], "no-store");
        assert_eq!(headers["x-request-id"], "4bf92f3577b34da6a3ce929d0e0e4736");
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        let problem: wire::Problem = serde_json::from_slice(&body).unwrap();
        assert_eq!(problem.status, status);
        assert_eq!(problem.code, code);
        assert_eq!(problem.kind, format!("urn:waymark:problem:{code}"));
        assert_eq!(problem.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
        assert!(!String::from_utf8_lossy(&body).contains("particulars"));
        headers
    }

    #[tokio::test]
    async fn whatever_goes_wrong_is_a_problem() {
        check("GET", "/nowhere", 404, "route_not_found").await;
        check("GET", "/panics", 500, "internal").await;
        check("GET", "/hangs", 503, "timed_out").await;
        check("GET", "/breaks", 502, "internal").await;
        check("GET", "/refuses", 418, "refused").await;
        let headers = check("POST", "/", 405, "method_not_allowed").await;
        assert_eq!(headers[ALLOW], "GET,HEAD");
    }

    #[tokio::test]
    async fn what_goes_well_is_left_alone() {
        let response = ask("GET", "/").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.headers().get(CONTENT_ENCODING).is_none());
        let response = ask("HEAD", "/").await;
        assert_eq!(response.status(), StatusCode::OK);
        let response = ask("GET", "/list").await;
        assert_eq!(response.headers()[CONTENT_ENCODING], "gzip");
        let body = to_bytes(response.into_body(), 10_000).await.unwrap();
        assert!(serde_json::from_slice::<Value>(&body).is_err(), "is compressed");
    }
}
