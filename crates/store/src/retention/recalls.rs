//! Removing what agents outside asked. What they reported of an answer stays: it is what memory is made
//! of, like a lesson of a run.

use crate::error::StoreError;
use crate::minted::first_id_after;
use chrono::{DateTime, Utc};
use domain::id::ProjectId;
use domain::retention::{Overdue, Removed};
use sqlx::{PgConnection, PgPool};

/// How many one batch removes at most.
const AT_ONCE: i64 = 1000;

/// Removes some of what was asked before. A recall that is being reported about is left alone; and the
/// second statement sees what was reported before the first one had its lock.
pub(super) async fn remove(
    connection: &mut PgConnection,
    project: ProjectId,
    overdue: Overdue,
) -> Result<Removed, StoreError> {
    let Some(before) = overdue.traces else { return Ok(Removed::default()) };
    let locked = sqlx::query_scalar!(
        "-- retentions.lock_recalls
        select id
        from recall
        where project_id = $1 and run_id is null and id < $2 and asked_at < $3
            and not exists (select from recall_outcome where recall_id = recall.id)
        order by id
        limit $4
        for update skip locked",
        project.as_uuid(),
        first_id_after(before),
        before,
        AT_ONCE,
    )
    .fetch_all(&mut *connection)
    .await?;
    let gone = sqlx::query!(
        "-- retentions.remove_recalls
        delete from recall
        where id = any ($1)
            and not exists (select from recall_outcome where recall_id = recall.id)",
        &locked,
    )
    .execute(connection)
    .await?;
    Ok(Removed { recalls: gone.rows_affected(), ..Removed::default() })
}

/// Counts what would be removed.
pub(super) async fn count(
    pool: &PgPool,
    project: ProjectId,
    before: DateTime<Utc>,
) -> Result<Removed, StoreError> {
    let recalls = sqlx::query_scalar!(
        r#"-- retentions.count_overdue_recalls
        select count(*) as "recalls!"
        from recall
        where project_id = $1 and run_id is null and id < $2 and asked_at < $3
            and not exists (select from recall_outcome where recall_id = recall.id)"#,
        project.as_uuid(),
        first_id_after(before),
        before,
    )
    .fetch_one(pool)
    .await?;
    Ok(Removed { recalls: recalls.unsigned_abs(), ..Removed::default() })
}
