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
pub(super) use lesson::Lesson;
pub(super) use situations::embed as embed_situations;

use super::facts::EndedRun;
use crate::error::StoreError;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Writes all of it.
pub(super) async fn write(
    connection: &mut PgConnection,
    run: &EndedRun,
    lesson: &Lesson,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    situations::write(connection, run, lesson).await?;
    remedies::write(connection, run, lesson).await?;
    working::write(connection, run, lesson).await?;
    goals::write(connection, run, lesson).await?;
    days::write(connection, run, &lesson.tally).await?;
    passages::write(connection, run, now).await
}
