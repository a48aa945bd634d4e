//! Beginning and ending: the log, the spans, and what is sent.

use crate::context::Sending;
use crate::logs::{FilterError, LogOptions, filter, lines, sent};
use crate::providers::{Providers, tracer};
use crate::queries::queries;
use crate::seldom::Seldom;
use crate::variables::Export;
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::ExporterBuildError;
use opentelemetry_sdk::trace::SdkTracer;
use std::time::Duration;
use tracing::Subscriber;
use tracing::subscriber::Interest;
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, dynamic_filter_fn};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};
use tracing_subscriber::{Layer, Registry};

/// What is still to be sent when a process ends may take this long.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The signals of a process, until they are shut down.
#[derive(Debug)]
pub struct Telemetry {
    providers: Providers,
}

/// Why the signals could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The log's filter does not parse.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Where signals go cannot be used.
    #[error("OTLP: {0}")]
    Export(#[from] ExporterBuildError),
    /// Another subscriber is there already.
    #[error("logging has begun already")]
    Twice(#[from] TryInitError),
}

impl Telemetry {
    /// Begins to log, and to send what is to be sent. Called inside a Tokio runtime, with a rustls
    /// provider installed: both are used to send.
    ///
    /// # Errors
    /// An option does not parse, or logging has begun already.
    pub fn start(log: &LogOptions, export: &Export) -> Result<Self, StartError> {
        let (telemetry, subscriber) = Self::prepare(log, export)?;
        subscriber.try_init()?;
        Ok(telemetry)
    }

    /// The same for a subscriber that is not the process's: tests have several.
    ///
    /// # Errors
    /// An option does not parse.
    pub fn prepare(
        log: &LogOptions,
        export: &Export,
    ) -> Result<(Self, impl Subscriber + Send + Sync + use<>), StartError> {
        let providers = Providers::start(export)?;
        let spans = spans_by(tracer(&providers.traces));
        let records = match &providers.logs {
            Some(logs) => Some(OpenTelemetryTracingBridge::new(logs).with_filter(sent(log)?)),
            None => None,
        };
        let subscriber = Registry::default()
            .with(spans)
            .with(sending(export.traces.as_ref().map(|_| tracer(&providers.traces))))
            .with(lines(log.format).with_filter(filter(log)?.and(Seldom::default())))
            .with(records)
            // The last: a first measurement makes libraries tell of it, and an event within an event
            // makes the layers after it forget that their filter refused the outer one.
            .with(queries());
        Ok((Self { providers }, subscriber))
    }

    /// Sends what is left and ends. A collector that does not take it is not waited for long.
    pub fn shutdown(self) {
        self.providers.shutdown(LAST_WORDS);
    }
}

/// Says that spans are sent, if they are. It wants to see nothing itself.
pub(crate) fn sending<S>(by: Option<SdkTracer>) -> Option<impl Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    by.map(|tracer| Sending(tracer).with_filter(LevelFilter::OFF))
}

/// Makes spans of `tracing`'s.
pub(crate) fn spans_by<S>(tracer: SdkTracer) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + Send + Sync + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer()
        .with_tracer(tracer)
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false)
        .with_filter(
            dynamic_filter_fn(|metadata, _| is_told(metadata))
                .with_max_level_hint(LevelFilter::INFO)
                // Never "always": a span that nobody is asked about takes over what was last decided
                // on its thread, about an event of a library that only asked whether it is enabled.
                .with_callsite_filter(|metadata| {
                    if is_told(metadata) { Interest::sometimes() } else { Interest::never() }
                }),
        )
}

/// Spans of this crate are told, and no others: what they may say is decided here. Events are the
/// log's.
fn is_told(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with(concat!(env!("CARGO_PKG_NAME"), "::"))
}
