//! What is logged.

use telemetry::{LogFormat, LogOptions};

/// The log, on standard error.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct LogArgs {
    /// What to log, as in info,store=debug. Default: info for serve and work, warn otherwise.
    #[arg(long, env = "WAYMARK_LOG", value_name = "FILTER", global = true)]
    log: Option<String>,

    /// A line for people or a JSON object per line. Default: text in a terminal, json elsewhere.
    #[arg(long, env = "WAYMARK_LOG_FORMAT", value_name = "FORMAT", global = true)]
    log_format: Option<Format>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

impl LogArgs {
    /// The options, with what is logged unless a filter was given.
    pub(crate) fn options(&self, default: &str) -> LogOptions {
        LogOptions {
            filter: self.log.clone().unwrap_or_else(|| default.to_owned()),
            format: match self.log_format {
                None => LogFormat::default(),
                Some(Format::Text) => LogFormat::Text,
                Some(Format::Json) => LogFormat::Json,
            },
        }
    }
}
