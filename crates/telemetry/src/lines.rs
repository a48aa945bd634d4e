//! Log lines that say which trace and span they belong to.

use opentelemetry::Context;
use opentelemetry::trace::TraceContextExt as _;
use std::fmt;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// How the ids are put at the end of a line.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ending {
    /// ` trace_id=… span_id=…`.
    Words,
    /// Two more members of the object.
    Members,
}

/// A format, and the ids at the end of its lines.
pub(crate) struct Traced<F> {
    pub(crate) format: F,
    pub(crate) ending: Ending,
}

impl<S, N, F> FormatEvent<S, N> for Traced<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let current = Context::current();
        let span = current.span();
        let span = span.span_context();
        if !span.is_valid() {
            return self.format.format_event(context, writer, event);
        }
        let mut line = String::with_capacity(512);
        self.format.format_event(context, Writer::new(&mut line), event)?;
        let (trace, span) = (span.trace_id(), span.span_id());
        let line = line.trim_end_matches('\n');
        match (self.ending, line.strip_suffix('}')) {
            (Ending::Members, Some(open)) => {
                writeln!(writer, "{open},\"trace_id\":\"{trace}\",\"span_id\":\"{span}\"}}")
            }
            _ => writeln!(writer, "{line} trace_id={trace} span_id={span}"),
        }
    }
}
