//! W3C Trace Context: how a trace goes on in another process.

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;

/// The `traceparent` of a span: what those who go on with its trace are given. None where no spans
/// are made.
#[must_use]
pub fn traceparent(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span();
    let span = span.span_context();
    let flags = span.trace_flags() & TraceFlags::SAMPLED;
    span.is_valid().then(|| format!("00-{}-{}-{flags:02x}", span.trace_id(), span.span_id()))
}

/// The trace that a collector finds a span in. None where it is told of no spans, or not of this one.
#[must_use]
pub fn sent_trace(span: &Span) -> Option<String> {
    let sends = span.with_subscriber(|(_, subscriber)| subscriber.is::<Sending>());
    let context = span.context();
    let span = context.span();
    let span = span.span_context();
    (sends == Some(true) && span.is_sampled()).then(|| span.trace_id().to_string())
}

/// Stands in a subscriber whose spans are sent, so that a span can be asked.
pub(crate) struct Sending;

impl<S: Subscriber> Layer<S> for Sending {}

/// Reads `version-trace_id-parent_id-flags`; the states of vendors come beside it.
pub(crate) fn remote(traceparent: &str, tracestate: Option<&str>) -> Option<SpanContext> {
    let mut fields = traceparent.split('-');
    let _version = fields.next().filter(|version| version.len() == 2 && *version != "ff")?;
    let trace_id = TraceId::from_hex(fields.next().filter(|id| id.len() == 32)?).ok()?;
    let span_id = SpanId::from_hex(fields.next().filter(|id| id.len() == 16)?).ok()?;
    let flags = u8::from_str_radix(fields.next().filter(|flags| flags.len() == 2)?, 16).ok()?;
    let flags = TraceFlags::new(flags) & TraceFlags::SAMPLED;
    let state = tracestate.and_then(|state| state.parse::<TraceState>().ok()).unwrap_or_default();
    let context = SpanContext::new(trace_id, span_id, flags, true, state);
    context.is_valid().then_some(context)
}
