//! What `cargo xtask bench drift` tells through its environment and its arguments.

use super::modes::Mode;
use crate::bench::settings::path;
use anyhow::{Context as _, Result, bail};
use std::path::{Path, PathBuf};

/// Where everything is, and what to run.
#[derive(Debug)]
pub(super) struct Options {
    /// The binary to drive.
    pub(super) binary: PathBuf,
    /// A folder of its own for the service and the applications' databases.
    pub(super) scratch: PathBuf,
    /// Where the JSON goes.
    pub(super) results: PathBuf,
    /// Where the releases are installed: a folder `APP-RELEASE` for each.
    pub(super) installed: PathBuf,
    /// The Python to run them with.
    pub(super) python: PathBuf,
    apps: Vec<String>,
    modes: Vec<Mode>,
    tasks: Vec<String>,
}

impl Options {
    pub(super) fn read() -> Result<Self> {
        let mut options = Self {
            binary: path("WAYMARK_BIN")?,
            scratch: path("WAYMARK_BENCH_SCRATCH")?,
            results: path("WAYMARK_BENCH_DIR")?,
            installed: path("WAYMARK_DRIFT_DIR")?,
            python: path("WAYMARK_PYTHON")?,
            apps: Vec::new(),
            modes: Vec::new(),
            tasks: Vec::new(),
        };
        let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{argument} wants a name"));
            match argument.as_str() {
                "--app" => options.apps.push(value()?),
                "--task" => options.tasks.push(value()?),
                "--mode" => options.modes.push(Mode::from_name(&value()?)?),
                other => bail!("`{other}` is none of --app, --mode and --task"),
            }
        }
        Ok(options)
    }

    /// Whether this mode is to be measured.
    pub(super) fn wants(&self, mode: Mode) -> bool {
        self.modes.is_empty() || self.modes.contains(&mode)
    }

    /// Whether this application, or this set of tasks, is to be measured.
    pub(super) fn wants_app(&self, app: &str) -> bool {
        self.apps.is_empty() || self.apps.iter().any(|wanted| wanted == app)
    }

    /// Whether this task is to be measured.
    pub(super) fn wants_task(&self, task: &str) -> bool {
        self.tasks.is_empty() || self.tasks.iter().any(|wanted| task.contains(wanted))
    }

    /// Where a release is installed.
    pub(super) fn packages(&self, app: &str, release: &str) -> PathBuf {
        self.installed.join(format!("{app}-{release}")).join("packages")
    }

    /// Applications, tasks and truths.
    pub(super) fn data() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/drift")
    }
}
