//! The providers of the three signals: what makes spans, measurements and log records, and what
//! sends them. Queues are bounded and threads of their own send: a collector that is slow, down or
//! refuses costs what does not fit, never time of the work.

use crate::metrics;
use crate::spans::names::resource::{HOST_NAME, SERVICE_INSTANCE, SERVICE_NAME, SERVICE_VERSION};
use crate::spans::names::{SCHEMA_URL, SCOPE};
use crate::variables::{Export, Protocol, Target};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_otlp::tonic_types::transport::ClientTlsConfig;
use opentelemetry_otlp::{
    ExporterBuildError, LogExporter, MetricExporter, SpanExporter, WithExportConfig as _,
    WithTonicConfig,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// The providers of one process.
#[derive(Debug)]
pub(crate) struct Providers {
    pub(crate) traces: SdkTracerProvider,
    pub(crate) metrics: SdkMeterProvider,
    /// None when the log is not sent.
    pub(crate) logs: Option<SdkLoggerProvider>,
}

impl Providers {
    /// Makes them. Spans are made in any case, since what they are called connects log lines,
    /// answers and tasks.
    pub(crate) fn start(export: &Export) -> Result<Self, ExporterBuildError> {
        let resource = resource(export);
        let mut traces = SdkTracerProvider::builder().with_resource(resource.clone());
        if let Some(target) = &export.traces {
            traces = traces.with_batch_exporter(spans_to(target)?);
        }
        let sent = match &export.metrics {
            Some(target) => Some(PeriodicReader::builder(metrics_to(target)?).build()),
            None => None,
        };
        let described = resource.clone();
        let metrics = metrics::provider(|builder| {
            let builder = builder.with_resource(described);
            match sent {
                Some(reader) => builder.with_reader(reader),
                None => builder,
            }
        });
        let logs = match &export.logs {
            Some(target) => {
                let logs = SdkLoggerProvider::builder().with_resource(resource);
                Some(logs.with_batch_exporter(logs_to(target)?).build())
            }
            None => None,
        };
        Ok(Self { traces: traces.build(), metrics, logs })
    }

    /// Sends what is left, each signal beside the others, and ends; gives up after `within`.
    pub(crate) fn shutdown(self, within: Duration) {
        let Self { traces, metrics, logs } = self;
        let ends: [Box<dyn FnOnce() + Send>; 3] = [
            Box::new(move || drop(traces.shutdown_with_timeout(within))),
            Box::new(move || drop(metrics.shutdown_with_timeout(within))),
            Box::new(move || drop(logs.map(|logs| logs.shutdown_with_timeout(within)))),
        ];
        let (holds, all_ended) = mpsc::channel::<()>();
        for end in ends {
            let hold = holds.clone();
            let ending = thread::Builder::new().spawn(move || {
                end();
                drop(hold);
            });
            if let Err(error) = ending {
                tracing::warn!(%error, "a signal could not be ended in order");
            }
        }
        drop(holds);
        if all_ended.recv_timeout(within) == Err(RecvTimeoutError::Timeout) {
            tracing::warn!("not everything could be sent to the collector in time");
        }
    }
}

/// What makes spans.
pub(crate) fn tracer(traces: &SdkTracerProvider) -> SdkTracer {
    let scope = InstrumentationScope::builder(SCOPE)
        .with_version(env!("CARGO_PKG_VERSION"))
        .with_schema_url(SCHEMA_URL)
        .build();
    traces.tracer_with_scope(scope)
}

/// What the process says of itself.
fn resource(export: &Export) -> Resource {
    let host = nix::unistd::gethostname().ok().and_then(|name| name.into_string().ok());
    let host = host.unwrap_or_else(|| "unknown".to_owned());
    let own = [
        KeyValue::new(SERVICE_NAME, SCOPE),
        KeyValue::new(SERVICE_VERSION, env!("CARGO_PKG_VERSION")),
        KeyValue::new(SERVICE_INSTANCE, format!("{host}-{}", std::process::id())),
        KeyValue::new(HOST_NAME, host),
    ];
    let named = &export.resource;
    Resource::builder_empty()
        .with_schema_url(own, SCHEMA_URL)
        .with_attributes(named.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())))
        .build()
}

/// Trusts whom the system trusts, as over HTTP: gRPC trusts nobody unless told.
fn trusting<B: WithTonicConfig>(exporter: B, endpoint: &str) -> B {
    if endpoint.starts_with("https://") {
        exporter.with_tls_config(ClientTlsConfig::new().with_enabled_roots())
    } else {
        exporter
    }
}

fn spans_to(target: &Target) -> Result<SpanExporter, ExporterBuildError> {
    let Target { endpoint, protocol, timeout } = target.clone();
    let exporter = SpanExporter::builder();
    match protocol {
        Protocol::Grpc => {
            let exporter = trusting(exporter.with_tonic(), &endpoint);
            exporter.with_endpoint(endpoint).with_timeout(timeout).build()
        }
        Protocol::HttpProtobuf => {
            exporter.with_http().with_endpoint(endpoint).with_timeout(timeout).build()
        }
    }
}

fn metrics_to(target: &Target) -> Result<MetricExporter, ExporterBuildError> {
    let Target { endpoint, protocol, timeout } = target.clone();
    let exporter = MetricExporter::builder();
    match protocol {
        Protocol::Grpc => {
            let exporter = trusting(exporter.with_tonic(), &endpoint);
            exporter.with_endpoint(endpoint).with_timeout(timeout).build()
        }
        Protocol::HttpProtobuf => {
            exporter.with_http().with_endpoint(endpoint).with_timeout(timeout).build()
        }
    }
}

fn logs_to(target: &Target) -> Result<LogExporter, ExporterBuildError> {
    let Target { endpoint, protocol, timeout } = target.clone();
    let exporter = LogExporter::builder();
    match protocol {
        Protocol::Grpc => {
            let exporter = trusting(exporter.with_tonic(), &endpoint);
            exporter.with_endpoint(endpoint).with_timeout(timeout).build()
        }
        Protocol::HttpProtobuf => {
            exporter.with_http().with_endpoint(endpoint).with_timeout(timeout).build()
        }
    }
}
