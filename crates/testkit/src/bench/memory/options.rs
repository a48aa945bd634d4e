//! What `cargo xtask bench memory` tells through its environment and its arguments.

use crate::bench::settings::path;
use anyhow::{Context as _, Result, bail, ensure};
use std::path::PathBuf;

/// Where everything is, and what to measure.
#[derive(Debug)]
pub(super) struct Options {
    /// The binary to drive.
    pub(super) binary: PathBuf,
    /// The unpacked wheel of Postgres.
    pub(super) postgres: PathBuf,
    pub(super) model: PathBuf,
    /// A folder of its own for the service.
    pub(super) scratch: PathBuf,
    /// Where situations and vectors are kept.
    pub(super) kept: PathBuf,
    /// Where the JSON goes.
    pub(super) results: PathBuf,
    /// Among how many situations.
    pub(super) sizes: Vec<u64>,
    /// How many questions each figure is of.
    pub(super) questions: usize,
    /// Short enough to try the benchmark itself; its figures mean nothing.
    pub(super) quick: bool,
}

const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
const QUESTIONS: usize = 300;

impl Options {
    pub(super) fn read() -> Result<Self> {
        let mut options = Self {
            binary: path("WAYMARK_BIN")?,
            postgres: path("WAYMARK_PG_DIR")?,
            model: path("WAYMARK_MODEL_DIR")?,
            scratch: path("WAYMARK_BENCH_SCRATCH")?,
            kept: path("WAYMARK_BENCH_KEPT")?,
            results: path("WAYMARK_BENCH_DIR")?,
            sizes: Vec::new(),
            questions: QUESTIONS,
            quick: false,
        };
        let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--situations" => {
                    let size = arguments.next().context("--situations wants a number")?;
                    options.sizes.push(size.replace('_', "").parse().context("--situations")?);
                }
                "--quick" => options.quick = true,
                other => bail!("`{other}` is neither --situations nor --quick"),
            }
        }
        if options.sizes.is_empty() {
            options.sizes = SIZES.into();
        }
        if options.quick {
            options.questions = QUESTIONS.div_ceil(10);
        }
        let least = options.sizes.iter().min().copied().unwrap_or_default();
        ensure!(least >= 1000, "--situations: fewer than 1000 measure nothing");
        Ok(options)
    }
}
