//! The log: where it goes and what it looks like.

use crate::lines::{Ending, Traced};
use std::io::IsTerminal as _;
use tracing::Subscriber;
use tracing_subscriber::fmt::format;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{EnvFilter, Layer};

/// What the log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    Text,
    /// A JSON object per line.
    Json,
}

impl Default for LogFormat {
    /// For people in a terminal, for machines elsewhere.
    fn default() -> Self {
        if std::io::stderr().is_terminal() { Self::Text } else { Self::Json }
    }
}

/// How to log.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// What it looks like.
    pub format: LogFormat,
    /// What is logged, as in `info,store=debug`.
    pub filter: String,
}

/// A filter that does not parse.
#[derive(Debug, thiserror::Error)]
#[error("`{filter}` is not a log filter, as in `info,store=debug`")]
pub struct FilterError {
    /// The filter.
    filter: String,
    /// Where it goes wrong.
    #[source]
    source: tracing_subscriber::filter::ParseError,
}

/// Libraries that log what they send: to errors only; and those that tell how they come and go.
const QUIET: &str = "headless_chrome=error,tungstenite=warn,hyper=warn,sqlx::query=warn,\
    sqlx::postgres::notice=warn,opentelemetry=warn,opentelemetry_sdk=warn,opentelemetry-otlp=warn";

/// Libraries that send the log: what they log about that would be sent again. This comes last, so
/// that no filter undoes it.
const UNSENT: &str = "hyper=off,hyper_util=off,h2=off,tonic=off,tower=off,reqwest=off,rustls=off,\
    opentelemetry=off,opentelemetry_sdk=off,opentelemetry-otlp=off,opentelemetry_otlp=off";

/// What is logged.
pub(crate) fn filter(options: &LogOptions) -> Result<EnvFilter, FilterError> {
    parsed(options, format!("{QUIET},{}", options.filter))
}

/// What is logged and sent.
pub(crate) fn sent(options: &LogOptions) -> Result<EnvFilter, FilterError> {
    parsed(options, format!("{QUIET},{},{UNSENT}", options.filter))
}

fn parsed(options: &LogOptions, whole: String) -> Result<EnvFilter, FilterError> {
    EnvFilter::try_new(whole)
        .map_err(|source| FilterError { filter: options.filter.clone(), source })
}

/// Lines on standard error.
pub(crate) fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let ansi = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_ansi(ansi).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => {
            let format = format::format().with_ansi(ansi);
            Box::new(lines.event_format(Traced { format, ending: Ending::Words }))
        }
        LogFormat::Json => {
            let fields = format::JsonFields::new();
            let format = format::format().json();
            let lines = lines.fmt_fields(fields);
            Box::new(lines.event_format(Traced { format, ending: Ending::Members }))
        }
    }
}
