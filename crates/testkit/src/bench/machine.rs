//! The machine that figures were measured on.

use serde::Serialize;
use std::fmt::{self, Display, Formatter};
use std::fs;

/// What is said of the machine in a report.
#[derive(Debug, Clone, Default, Serialize)]
pub(super) struct Machine {
    cores: usize,
    cpu: String,
    /// How many processes wanted a core in the last minute before the benchmark began.
    load: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) postgres: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chromium: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) playwright: Option<String>,
}

impl Machine {
    pub(super) fn look() -> Self {
        Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            cpu: cpu().unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            load: load().unwrap_or_default(),
            ..Self::default()
        }
    }
}

impl Display for Machine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} x {}, load {:.1} at the start", self.cores, self.cpu, self.load)?;
        for part in [&self.postgres, &self.chromium, &self.playwright].into_iter().flatten() {
            write!(f, ", {part}")?;
        }
        Ok(())
    }
}

fn cpu() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next()?.parse().ok()
}
