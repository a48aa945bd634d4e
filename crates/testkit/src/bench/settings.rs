//! What `cargo xtask bench` tells a benchmark through its environment and its arguments.

use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;
use std::time::Duration;

/// Where everything is, and how long to measure.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// The unpacked wheel of Postgres.
    pub(super) postgres: PathBuf,
    /// Where the database of the benchmark may live: on the disk whose flushes are measured.
    pub(super) scratch: PathBuf,
    /// Where the JSON goes.
    pub(super) results: PathBuf,
    /// Short enough to try the benchmark itself; its figures mean nothing.
    pub(super) quick: bool,
    /// Only the parts whose name contains this.
    only: Option<String>,
}

impl Settings {
    pub(super) fn read() -> Result<Self> {
        let mut settings = Self {
            postgres: path("WAYMARK_PG_DIR")?,
            scratch: path("WAYMARK_BENCH_SCRATCH")?,
            results: path("WAYMARK_BENCH_DIR")?,
            quick: false,
            only: None,
        };
        for argument in std::env::args().skip(1) {
            match argument.as_str() {
                // Cargo says this to every benchmark.
                "--bench" => {}
                "--quick" => settings.quick = true,
                part if !part.starts_with('-') => settings.only = Some(part.to_owned()),
                other => bail!("`{other}` is neither --quick nor the name of a part"),
            }
        }
        Ok(settings)
    }

    /// Whether this part is to be measured.
    pub(super) fn wants(&self, part: &str) -> bool {
        self.only.as_deref().is_none_or(|only| part.contains(only))
    }

    /// A time to measure for.
    pub(super) fn time(&self, seconds: u64) -> Duration {
        if self.quick {
            Duration::from_millis(300 * seconds.min(4))
        } else {
            Duration::from_secs(seconds)
        }
    }

    /// How many to measure.
    pub(super) fn count(&self, count: usize) -> usize {
        if self.quick { count.div_ceil(20) } else { count }
    }
}

/// A path that xtask gave us.
pub(super) fn path(variable: &str) -> Result<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "xtask says where the installed parts are")]
    let value = std::env::var(variable);
    value.map(PathBuf::from).with_context(|| {
        format!("{variable} is not set: run this with `cargo xtask bench`, which sets it")
    })
}
