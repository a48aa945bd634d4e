//! Forgetting: what was not met, used or confirmed for as long as its project keeps memory.
//!
//! That it was forgotten is a fact, kept beside it: what any run taught of it up to then counts no
//! more. So memory that is made anew from traces which are kept for longer is the same.

use super::facts::EndedRun;
use super::learn::take_turns;
use super::write::{Lesson, working_hash};
use crate::error::StoreError;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::ProjectId;
use domain::retention::Removed;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use uuid::Uuid;

/// How much of each kind one batch forgets at most.
const AT_ONCE: i64 = 200;

/// A run that ended this long ago and is not distilled yet says that memory is behind, or being made
/// anew: what looks forgotten now may be in use.
const BEHIND: TimeDelta = TimeDelta::minutes(1);

/// What memory has forgotten of what a run taught.
pub(super) async fn forgotten(
    connection: &mut PgConnection,
    run: &EndedRun,
    lesson: &Lesson,
) -> Result<BTreeSet<Uuid>, StoreError> {
    let (keys, times): (Vec<Uuid>, Vec<DateTime<Utc>>) = lesson.last_about(run).into_iter().unzip();
    let keys = sqlx::query_scalar!(
        "-- memory.forgotten
        select memory_forgotten.key
        from memory_forgotten
        join unnest($2::uuid[], $3::timestamptz[]) as it (key, at)
            on it.key = memory_forgotten.key
        where project_id = $1 and it.at < until",
        run.project.as_uuid(),
        &keys,
        &times,
    )
    .fetch_all(connection)
    .await?;
    Ok(keys.into_iter().collect())
}

/// Forgets a batch of one site.
pub(crate) async fn forget_some(
    connection: &mut PgConnection,
    project: ProjectId,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Removed, StoreError> {
    let Some(site) = next_site(connection, project, before, now).await? else {
        return Ok(Removed::default());
    };
    take_turns(connection, project, &site).await?;
    let stale = Stale { project, site, before };
    let mut removed = situations(connection, &stale).await?;
    removed.working_locators = working(connection, &stale).await?;
    removed.goals = goals(connection, &stale).await?;
    Ok(removed)
}

/// What has been of no use on a site since a time.
struct Stale {
    project: ProjectId,
    site: String,
    before: DateTime<Utc>,
}

/// A site of which there is something to forget.
async fn next_site(
    connection: &mut PgConnection,
    project: ProjectId,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<String>, StoreError> {
    let site = sqlx::query_file_scalar!(
        "queries/forget_site.sql",
        project.as_uuid(),
        before,
        now - BEHIND,
    )
    .fetch_optional(connection)
    .await?;
    Ok(site.flatten())
}

async fn situations(connection: &mut PgConnection, stale: &Stale) -> Result<Removed, StoreError> {
    let row = sqlx::query_file!(
        "queries/forget_situations.sql",
        stale.project.as_uuid(),
        stale.site,
        stale.before,
        AT_ONCE,
    )
    .fetch_one(connection)
    .await?;
    Ok(Removed {
        situations: row.situations.unsigned_abs(),
        remedies: row.remedies.unsigned_abs(),
        ..Removed::default()
    })
}

async fn working(connection: &mut PgConnection, stale: &Stale) -> Result<u64, StoreError> {
    let gone = sqlx::query!(
        r#"-- memory.forget_working
        with stale as (
            select action, target_key, page
            from working_locator
            where project_id = $1 and site = $2 and last_worked_at < $3
            limit $4
        ),
        kept as (
            delete from kept.working_locator as it
            using stale
            where it.project_id = $1 and it.site = $2 and it.action = stale.action
                and it.target_key = stale.target_key and it.page = stale.page
        )
        delete from working_locator as it
        using stale
        where it.project_id = $1 and it.site = $2 and it.action = stale.action
            and it.target_key = stale.target_key and it.page = stale.page
        returning it.action, it.target_key, it.page"#,
        stale.project.as_uuid(),
        stale.site,
        stale.before,
        AT_ONCE,
    )
    .fetch_all(&mut *connection)
    .await?;
    let keys = gone.iter().map(|row| {
        working_hash(stale.project, &stale.site, (&row.action, row.target_key, &row.page))
    });
    note(connection, stale, &keys.collect::<Vec<_>>()).await?;
    Ok(gone.len() as u64)
}

async fn goals(connection: &mut PgConnection, stale: &Stale) -> Result<u64, StoreError> {
    let gone = sqlx::query_file_scalar!(
        "queries/forget_goals.sql",
        stale.project.as_uuid(),
        stale.site,
        stale.before,
        AT_ONCE,
    )
    .fetch_all(&mut *connection)
    .await?;
    note(connection, stale, &gone).await?;
    Ok(gone.len() as u64)
}

/// Keeps that things were forgotten.
async fn note(
    connection: &mut PgConnection,
    stale: &Stale,
    keys: &[Uuid],
) -> Result<(), StoreError> {
    sqlx::query!(
        "-- memory.note_forgotten
        insert into memory_forgotten (project_id, key, until)
        select $1, key, $3 from unnest($2::uuid[]) as it (key)
        on conflict on constraint memory_forgotten_pkey do update
        set until = greatest(memory_forgotten.until, excluded.until)",
        stale.project.as_uuid(),
        keys,
        stale.before,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Drops what no trace could bring back any more. A day is left for ids and times that were not made
/// in the same order.
pub(crate) async fn forget_forgotten(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<(), StoreError> {
    sqlx::query!(
        "-- memory.forget_forgotten
        delete from memory_forgotten
        where project_id = $1 and until < least(
            coalesce(
                (
                    select started_at - interval '1 day'
                    from run
                    where project_id = $1
                    order by id
                    limit 1
                ),
                'infinity'
            ),
            coalesce(
                (select min(reported_at) from recall_outcome where project_id = $1), 'infinity'
            )
        )",
        project.as_uuid(),
    )
    .execute(connection)
    .await?;
    Ok(())
}
