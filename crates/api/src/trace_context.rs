//! Which trace a request belongs to (W3C Trace Context), so that a client's trace, our log, the
//! task and its runs can be put together.

use crate::health::is_probe;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use domain::clock::Clock;
use std::convert::Infallible;
use std::sync::Arc;
use telemetry::spans::{self, Incoming};
use tracing::Span;

/// The trace of a request: the caller's, or a new one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct TraceContext {
    /// 32 hexadecimal digits.
    pub(crate) trace_id: String,
    /// The whole header, to hand on.
    pub(crate) traceparent: String,
    /// What vendors say of the caller's trace, to hand on with it.
    pub(crate) tracestate: Option<String>,
}

impl TraceContext {
    fn of(headers: &HeaderMap, clock: &dyn Clock) -> Self {
        let given = header(headers, "traceparent");
        given.and_then(Self::parse).unwrap_or_else(|| Self::begin(clock))
    }

    /// With the vendors' states, if the trace is the caller's.
    fn with_state(self, headers: &HeaderMap) -> Self {
        let taken = header(headers, "traceparent").and_then(Self::parse);
        let ours = taken.filter(|taken| taken.trace_id == self.trace_id);
        let given = ours.and_then(|_| header(headers, "tracestate"));
        Self { tracestate: given.and_then(telemetry::tracestate), ..self }
    }

    /// Reads `version-trace_id-parent_id-flags`.
    fn parse(traceparent: &str) -> Option<Self> {
        let hex = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let named = |text: &str| text.bytes().any(|b| b != b'0');
        let mut fields = traceparent.split('-');
        let version = fields.next().filter(|v| hex(v, 2) && *v != "ff")?;
        let trace_id = fields.next().filter(|id| hex(id, 32) && named(id))?;
        fields.next().filter(|id| hex(id, 16) && named(id))?;
        fields.next().filter(|flags| hex(flags, 2))?;
        // Version 00 has these four fields; later ones may have more.
        let whole = version != "00" || fields.next().is_none();
        (whole && traceparent.len() <= 200).then(|| Self {
            trace_id: trace_id.to_owned(),
            traceparent: traceparent.to_owned(),
            tracestate: None,
        })
    }

    fn begin(clock: &dyn Clock) -> Self {
        let trace_id = clock.new_id().simple().to_string();
        let (_, span_id) = clock.new_id().as_u64_pair();
        let traceparent = format!("00-{trace_id}-{span_id:016x}-01");
        Self { traceparent, trace_id, tracestate: None }
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The span of a request. Where no spans are made it says nothing.
#[derive(Debug, Clone)]
pub(crate) struct ServerSpan(pub(crate) Span);

/// Method and route: neither path, query nor headers, which may hold what no log should. Probes have
/// none.
fn server_span(request: &Request) -> Span {
    let route = request.extensions().get::<MatchedPath>();
    if is_probe(route) {
        return Span::none();
    }
    // Only what the API would take as a trace itself.
    let traceparent = header(request.headers(), "traceparent");
    let traceparent = traceparent.filter(|it| TraceContext::parse(it).is_some());
    let incoming = Incoming { traceparent, tracestate: header(request.headers(), "tracestate") };
    let method = known_method(request.method());
    spans::http(method, route.map_or("unmatched", MatchedPath::as_str), incoming)
}

/// A method by its name, if it is one that HTTP has: anybody can make up others.
pub(crate) fn known_method(method: &Method) -> &str {
    match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "_OTHER",
    }
}

/// Finds the trace of every request and tells the client its id.
pub(crate) async fn identify(
    State(clock): State<Arc<dyn Clock>>,
    mut request: Request,
    next: Next,
) -> Response {
    let span = server_span(&request);
    let trace = telemetry::traceparent(&span).and_then(|it| TraceContext::parse(&it));
    let trace = trace.unwrap_or_else(|| TraceContext::of(request.headers(), &*clock));
    let trace = trace.with_state(request.headers());
    let id = HeaderValue::try_from(&trace.trace_id);
    let trace_response = HeaderValue::try_from(&trace.traceparent);
    request.extensions_mut().insert(trace);
    request.extensions_mut().insert(ServerSpan(span));
    let mut response = next.run(request).await;
    if let Ok(id) = id {
        response.headers_mut().insert("x-request-id", id);
    }
    if let Ok(trace) = trace_response {
        response.headers_mut().insert("traceresponse", trace);
    }
    response
}

impl<S: Sync> FromRequestParts<S> for TraceContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::SystemClock;

    #[test]
    fn a_well_formed_traceparent_is_taken_and_any_other_ignored() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let taken = TraceContext::parse(good).unwrap();
        assert_eq!(taken.trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(taken.traceparent, good);
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(TraceContext::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_new_trace_is_well_formed() {
        let begun = TraceContext::begin(&SystemClock);
        assert_eq!(TraceContext::parse(&begun.traceparent), Some(begun));
    }
}
