//! W3C Trace Context: how a trace goes on in another process.

use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState,
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;

/// How much of `tracestate` the specification wants everybody to hand on.
const MOST_STATE: usize = 512;

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

/// Stands in a subscriber whose spans are sent, so that it can be asked; and makes the spans that are
/// known only when they are over.
pub(crate) struct Sending(pub(crate) SdkTracer);

impl<S: Subscriber> Layer<S> for Sending {}

/// Reads `version-trace_id-parent_id-flags`; the states of vendors come beside it.
pub(crate) fn remote(traceparent: &str, tracestate: Option<&str>) -> Option<SpanContext> {
    let mut fields = traceparent.split('-');
    let _version = fields.next().filter(|version| version.len() == 2 && *version != "ff")?;
    let trace_id = TraceId::from_hex(fields.next().filter(|id| id.len() == 32)?).ok()?;
    let span_id = SpanId::from_hex(fields.next().filter(|id| id.len() == 16)?).ok()?;
    let flags = u8::from_str_radix(fields.next().filter(|flags| flags.len() == 2)?, 16).ok()?;
    let flags = TraceFlags::new(flags) & TraceFlags::SAMPLED;
    let state = tracestate.and_then(state_of).unwrap_or_default();
    let context = SpanContext::new(trace_id, span_id, flags, true, state);
    context.is_valid().then_some(context)
}

/// A `tracestate` as it is handed on. None where it says nothing, is none, or is longer than anybody
/// has to hand on.
#[must_use]
pub fn tracestate(given: &str) -> Option<String> {
    let state = state_of(given)?.header();
    (!state.is_empty()).then_some(state)
}

fn state_of(given: &str) -> Option<TraceState> {
    // Members may have space around them, and may be empty.
    let members = given.split(',').map(str::trim).filter(|member| !member.is_empty());
    let state: TraceState = members.collect::<Vec<_>>().join(",").parse().ok()?;
    (state.header().len() <= MOST_STATE).then_some(state)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_handed_on_whole_or_not_at_all() {
        assert_eq!(tracestate("congo=t61rcWkgMzE").as_deref(), Some("congo=t61rcWkgMzE"));
        assert_eq!(tracestate(" a=1 ,, b@v=2").as_deref(), Some("a=1,b@v=2"));
        let value = "v".repeat(253);
        let longest = format!("a={value},b={value},");
        assert_eq!(tracestate(&longest).as_deref(), Some(&longest[..511]));
        for none in ["", " , ", "no pair", "UPPER=1", "a=1=2", &format!("{longest}c=1")] {
            assert_eq!(tracestate(none), None, "{none}");
        }
    }
}
