//! Recording steps beside everything that is remembered, by the store and by a bare `COPY`.

use super::kept::Kept;
use super::options::Options;
use crate::bench::ROUNDS;
use crate::bench::figures::median;
use crate::bench::queue::tasks;
use crate::bench::queue::trace::{Recorder, WARM_UP, Way, record};
use anyhow::{Result, ensure};
use domain::clock::{Clock as _, SystemClock};
use serde::Serialize;

/// How fast steps are recorded.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Steps {
    pub(super) per_second: f64,
    pub(super) bare_per_second: f64,
    pub(super) over_bare: f64,
}

pub(super) async fn measure(options: &Options, kept: &mut Kept) -> Result<Steps> {
    let steps = if options.quick { 512 } else { 5120 };
    let way = Way { runs: 2, steps, batch: 256, snapshots: false };
    let (mut ours, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let copied = one(kept, way, Recorder::Copy).await?;
        let stored = one(kept, way, Recorder::Store).await?;
        ratios.push(stored / copied);
        bare.push(copied);
        ours.push(stored);
    }
    Ok(Steps { per_second: median(ours), bare_per_second: median(bare), over_bare: median(ratios) })
}

/// Records one way, counts what is there, and removes it again.
async fn one(kept: &mut Kept, way: Way, recorder: Recorder) -> Result<f64> {
    let before = kept.database.number(STEPS).await?;
    // Ids grow with time: whatever comes after this one is ours.
    let begin = SystemClock.new_id();
    tasks::add(&mut kept.database, way.runs).await?;
    let per_second = record(&mut kept.database, way, recorder).await?;
    let added = kept.database.number(STEPS).await? - before;
    let wanted = i64::try_from(way.runs * (WARM_UP + way.steps))?;
    ensure!(added == wanted, "{recorder:?} recorded {added} of {wanted} steps");
    sqlx::query("delete from task where id > $1")
        .bind(begin)
        .execute(&mut kept.database.sql)
        .await?;
    Ok(per_second)
}

const STEPS: &str = "select count(*) from step";
