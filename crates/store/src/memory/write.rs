//! Writing what a run taught. Every statement gives the same content whichever run comes first:
//! counters add up, and where two runs tell differently a fixed order of runs decides.

mod days;
mod goals;
mod lesson;
mod passages;
mod remedies;
mod situations;
mod working;

pub(super) use goals::embed as embed_goals;
pub(super) use lesson::{Lesson, working_hash};
pub(super) use situations::embed as embed_situations;

use super::facts::EndedRun;
use super::list::relist;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Writes all that is remembered of it.
pub(super) async fn write(
    connection: &mut PgConnection,
    run: &EndedRun,
    lesson: &Lesson,
) -> Result<(), StoreError> {
    situations::write(connection, run, lesson).await?;
    remedies::write(connection, run, lesson).await?;
    working::write(connection, run, lesson).await?;
    goals::write(connection, run, lesson).await?;
    days::write(connection, run, &lesson.tally).await
}

/// Writes what stands beside it: the rows of lists, and the words in which the run is found. Neither
/// outlives its trace, or has to be kept: the one is made of memory, the other leads to the run.
pub(super) async fn write_beside(
    connection: &mut PgConnection,
    run: &EndedRun,
    lesson: &Lesson,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    relist(connection, &lesson.marked()).await?;
    passages::write(connection, run, now).await
}
