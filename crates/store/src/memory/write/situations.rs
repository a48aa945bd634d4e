//! Situations: one row each, its counters, and its vector.

use super::lesson::Lesson;
use crate::error::StoreError;
use crate::memory::facts::EndedRun;
use crate::memory::rows::{action_name, target_key};
use crate::text::{clean, json};
use chrono::{DateTime, Utc};
use pgvector::HalfVector;
use sqlx::PgConnection;
use uuid::Uuid;

/// The situations column by column.
#[derive(Default)]
struct Columns {
    id: Vec<Uuid>,
    page: Vec<String>,
    class: Vec<&'static str>,
    action: Vec<&'static str>,
    target: Vec<Option<String>>,
    target_key: Vec<Uuid>,
    intent: Vec<String>,
    message: Vec<String>,
    text: Vec<String>,
    first_step: Vec<i32>,
    seen: Vec<i32>,
    last_at: Vec<DateTime<Utc>>,
}

pub(super) async fn write(
    connection: &mut PgConnection,
    run: &EndedRun,
    lesson: &Lesson,
) -> Result<(), StoreError> {
    if lesson.situations.is_empty() {
        return Ok(());
    }
    let rows = Columns::of(lesson)?;
    sqlx::query_file!(
        "queries/situation_upsert.sql",
        run.project.as_uuid(),
        &*clean(&run.facts.site),
        run.id.as_uuid(),
        &rows.id,
        &rows.page,
        &rows.class as &[&str],
        &rows.action as &[&str],
        &rows.target as &[Option<String>],
        &rows.target_key,
        &rows.intent,
        &rows.message,
        &rows.text,
        &rows.first_step,
        false,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "-- memory.count_situations
        insert into situation_stat (situation_id, seen, last_seen_at)
        select * from unnest($1::uuid[], $2::integer[], $3::timestamptz[])
        on conflict on constraint situation_stat_pkey do update
        set seen = situation_stat.seen + excluded.seen,
            last_seen_at = greatest(situation_stat.last_seen_at, excluded.last_seen_at)",
        &rows.id,
        &rows.seen,
        &rows.last_at,
    )
    .execute(&mut *connection)
    .await?;
    let embedded = lesson.situations.iter();
    let embedded = embedded.filter_map(|(id, met)| {
        Some((id.as_uuid(), met.text.clone(), lesson.vectors.get(&met.text)?.clone()))
    });
    embed(connection, &lesson.model, embedded.collect()).await
}

impl Columns {
    fn of(lesson: &Lesson) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for (id, met) in &lesson.situations {
            let situation = &met.situation;
            columns.id.push(id.as_uuid());
            columns.page.push(clean(&situation.page).into_owned());
            columns.class.push(situation.class.as_str());
            columns.action.push(action_name(situation.action));
            columns.target.push(situation.target.as_ref().map(json).transpose()?);
            columns.target_key.push(target_key(situation.target.as_ref()));
            columns.intent.push(clean(&situation.intent).into_owned());
            columns.message.push(clean(&situation.message).into_owned());
            columns.text.push(clean(&met.text).into_owned());
            columns.first_step.push(i32::try_from(met.first_step).unwrap_or(i32::MAX));
            columns.seen.push(i32::try_from(met.seen).unwrap_or(i32::MAX));
            columns.last_at.push(met.last_at);
        }
        Ok(columns)
    }
}

/// Stores vectors of situations that have none, if the text is still the one that was embedded.
pub(in crate::memory) async fn embed(
    connection: &mut PgConnection,
    model: &str,
    rows: Vec<(Uuid, String, HalfVector)>,
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let (mut ids, mut texts, mut vectors) = (Vec::new(), Vec::new(), Vec::new());
    for (id, text, vector) in rows {
        ids.push(id);
        texts.push(clean(&text).into_owned());
        vectors.push(vector);
    }
    sqlx::query!(
        "-- memory.embed
        with fresh as (
            update situation
            set embedded = true
            from unnest($1::uuid[], $2::text[], $3::halfvec[]) as it (id, text, embedding)
            where situation.id = it.id and situation.text = it.text and not situation.embedded
            returning situation.id, project_id, site, error_class, it.embedding
        )
        insert into situation_vector (situation_id, project_id, site, error_class, model, embedding)
        select id, project_id, site, error_class, $4, embedding
        from fresh
        on conflict on constraint situation_vector_pkey do update
        set model = excluded.model, embedding = excluded.embedding",
        &ids,
        &texts,
        &vectors as &[HalfVector],
        model,
    )
    .execute(connection)
    .await?;
    Ok(())
}
