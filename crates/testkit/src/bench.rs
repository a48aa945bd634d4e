//! The benchmarks of `cargo xtask bench`.
//!
//! In `queue` and `browser` no figure stands alone: each has a floor, the least that anybody would have to do for the same
//! effect, measured in the same round on the same machine. Rounds are interleaved, and what counts
//! is the median of the rounds' ratios, because absolute numbers move with the load and the disk.
//! A bench never fails on time; it does fail when what it did was not what it was asked to do.

mod database;
mod figures;
mod machine;
mod rows;
mod served;
mod settings;
mod situations;

mod browser;
mod drift;
mod memory;
mod queue;
mod recall;

use anyhow::Result;
use figures::Report;
use settings::Settings;
use std::io::Write as _;
use tokio::time::Instant;

/// How often everything is measured.
const ROUNDS: usize = 3;

/// `cargo xtask bench queue`: enqueueing, draining, waking and recording.
///
/// # Errors
/// Something is missing, or the result of a measured operation is wrong.
pub fn queue() -> Result<()> {
    measure("queue", async |settings| queue::measure(settings).await)
}

/// `cargo xtask bench browser`: whole tasks, sessions and actions, memory. The script is for Node and
/// does with playwright-core what the others do.
///
/// # Errors
/// Something is missing, or the result of a measured operation is wrong.
pub fn browser(script: &'static str) -> Result<()> {
    measure("browser", async |settings| browser::measure(settings, script).await)
}

/// `cargo xtask bench drift`: tasks recorded on an old release of an application, run on a new one.
///
/// # Errors
/// Something is missing, or a recording or a label does not hold.
pub fn drift() -> Result<()> {
    runtime()?.block_on(drift::measure())
}

/// `cargo xtask bench recall`: whether memory finds what was asked for in other words. The labelled
/// situations and questions are those of tests/recall.
///
/// # Errors
/// Something is missing, or a question uses the words of its answer.
pub fn recall(corpus: &'static str) -> Result<()> {
    runtime()?.block_on(recall::measure(corpus))
}

/// `cargo xtask bench memory`: how fast memory answers among very many situations.
///
/// # Errors
/// Something is missing, or an answer is not what an exact scan gives.
pub fn memory() -> Result<()> {
    runtime()?.block_on(memory::measure())
}

/// Runs one benchmark, prints its table and writes its JSON.
fn measure(name: &str, bench: impl AsyncFnOnce(&Settings) -> Result<Report>) -> Result<()> {
    let settings = Settings::read()?;
    let report = runtime()?.block_on(bench(&settings))?;
    report.write(&settings.results, name)?;
    write!(std::io::stdout().lock(), "{report}")?;
    Ok(())
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// Says on standard error what is being measured.
fn progress(what: &str) {
    // Nobody to tell is no reason to stop.
    drop(writeln!(std::io::stderr(), "bench: {what}"));
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

/// How often per second.
#[expect(clippy::cast_precision_loss, reason = "nowhere near 2^52")]
fn rate(count: usize, since: Instant) -> f64 {
    count as f64 / since.elapsed().as_secs_f64()
}
