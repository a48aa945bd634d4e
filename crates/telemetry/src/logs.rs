//! The log: where it goes and what it looks like.

use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

/// What the log looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// A JSON object per line.
    Json,
}

/// How to log.
#[derive(Debug, Clone)]
pub struct LogOptions {
    /// What it looks like.
    pub format: LogFormat,
    /// What is logged, as in `info,store=debug`.
    pub filter: String,
}

/// Why logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter does not parse.
    #[error("`{filter}` is not a log filter, as in `info,store=debug`")]
    Filter {
        /// The filter.
        filter: String,
        /// Where it goes wrong.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// Another subscriber is there already.
    #[error("logging has begun already")]
    Twice(#[from] TryInitError),
}

/// Begins to log. The chatter of libraries that log what they send is kept to errors.
///
/// # Errors
/// The filter does not parse, or logging has begun already.
pub fn init(options: &LogOptions) -> Result<(), LogError> {
    let quiet = "headless_chrome=error,tungstenite=warn,hyper=warn,sqlx::query=warn,sqlx::postgres::notice=warn";
    let filter = EnvFilter::try_new(format!("{quiet},{}", options.filter))
        .map_err(|source| LogError::Filter { filter: options.filter.clone(), source })?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match options.format {
        LogFormat::Text => registry.with(lines).try_init()?,
        LogFormat::Json => registry.with(lines.json()).try_init()?,
    }
    Ok(())
}
