//! Remedies, the marks that their uses left, and what the marks come to.

use super::lesson::Lesson;
use crate::error::StoreError;
use crate::memory::facts::EndedRun;
use crate::text::{clean, json};
use chrono::{DateTime, Utc};
use domain::memory::Trust;
use sqlx::PgConnection;
use uuid::Uuid;

/// The marks column by column.
#[derive(Default)]
struct Marks {
    remedy: Vec<Uuid>,
    seq: Vec<i32>,
    verdict: Vec<&'static str>,
    trust: Vec<&'static str>,
    at: Vec<DateTime<Utc>>,
}

/// The remedies column by column.
#[derive(Default)]
struct Columns {
    id: Vec<Uuid>,
    situation: Vec<Uuid>,
    content: Vec<String>,
    last_worked: Vec<bool>,
    last_step: Vec<i32>,
    first_worked: Vec<bool>,
    first_step: Vec<i32>,
    first_at: Vec<DateTime<Utc>>,
}

pub(super) async fn write(
    connection: &mut PgConnection,
    run: &EndedRun,
    lesson: &Lesson,
) -> Result<(), StoreError> {
    let rows = Columns::of(run, lesson)?;
    sqlx::query_file!(
        "queries/remedy_upsert.sql",
        run.project.as_uuid(),
        run.id.as_uuid(),
        &rows.id,
        &rows.situation,
        &rows.content,
        &rows.last_worked,
        &rows.last_step,
        &rows.first_worked,
        &rows.first_step,
        &rows.first_at,
        false,
    )
    .execute(&mut *connection)
    .await?;
    let marks = Marks::of(run, lesson);
    if !marks.remedy.is_empty() {
        count(connection, run, &marks).await?;
    }
    Ok(())
}

/// Counts the marks of this run, then keeps them: whether an agent is new is seen in those of the
/// runs before. A remedy that has no counts yet gets those of all its marks, since a run that used
/// it may have been distilled before the run that found it.
async fn count(
    connection: &mut PgConnection,
    run: &EndedRun,
    marks: &Marks,
) -> Result<(), StoreError> {
    let agent = clean(&run.agent);
    sqlx::query_file!(
        "queries/remedy_count.sql",
        &*agent,
        &marks.remedy,
        &marks.verdict as &[&str],
        &marks.trust as &[&str],
        &marks.at,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "-- memory.mark
        insert into remedy_mark (remedy_id, run_id, seq, project_id, agent, verdict, trust, at)
        select remedy_id, $1, seq, $2, $3, verdict, trust, at
        from unnest($4::uuid[], $5::integer[], $6::text[], $7::text[], $8::timestamptz[])
            as it (remedy_id, seq, verdict, trust, at)
        on conflict on constraint remedy_mark_pkey do nothing",
        run.id.as_uuid(),
        run.project.as_uuid(),
        &*agent,
        &marks.remedy,
        &marks.seq,
        &marks.verdict as &[&str],
        &marks.trust as &[&str],
        &marks.at,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query_file!("queries/remedy_count_new.sql", &marks.remedy).execute(connection).await?;
    Ok(())
}

impl Columns {
    fn of(run: &EndedRun, lesson: &Lesson) -> Result<Self, StoreError> {
        let number = |step: u32| i32::try_from(step).unwrap_or(i32::MAX);
        let mut columns = Self::default();
        for (id, used) in &lesson.remedies {
            columns.id.push(id.as_uuid());
            columns.situation.push(used.situation.as_uuid());
            columns.content.push(json(&used.content)?);
            columns.last_worked.push(used.last.0);
            columns.last_step.push(number(used.last.1));
            columns.first_worked.push(used.first.0);
            columns.first_step.push(number(used.first.1));
            columns.first_at.push(run.time_of(used.first.1));
        }
        Ok(columns)
    }
}

impl Marks {
    fn of(run: &EndedRun, lesson: &Lesson) -> Self {
        let mut marks = Self::default();
        for ((remedy, seq), (_, mark)) in &lesson.marks {
            marks.remedy.push(remedy.as_uuid());
            marks.seq.push(i32::try_from(*seq).unwrap_or(i32::MAX));
            marks.verdict.push(mark.verdict.as_str());
            // Nobody flags by using.
            marks.trust.push(mark.trust.max(Trust::Reported).as_str());
            marks.at.push(run.time_of(*seq));
        }
        marks
    }
}
