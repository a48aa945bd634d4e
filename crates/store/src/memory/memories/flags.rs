//! What people mark as wrong, and take back: facts, which outlive every rebuilding.

use super::Memories;
use crate::error::StoreError;
use crate::memory::learn::take_turns;
use crate::memory::list::relist;
use crate::text::clean;
use domain::id::{ProjectId, RemedyId};
use sqlx::PgConnection;

impl Memories<'_> {
    /// Marks a memory as wrong: it is never served again. Whether there is such a memory. One that is
    /// marked already gets the new reason.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn flag(
        self,
        project: ProjectId,
        id: RemedyId,
        why: &str,
        by: &str,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.0.pool().begin().await?;
        if !take_turn(&mut transaction, project, id).await? {
            return Ok(false);
        }
        let flagged = sqlx::query!(
            "-- memory.flag
            insert into memory_flag (project_id, remedy_id, why, by, at)
            select project_id, id, $3, $4, $5
            from remedy
            where id = $2 and project_id = $1
            on conflict on constraint memory_flag_pkey do update
            set why = excluded.why, by = excluded.by, at = excluded.at",
            project.as_uuid(),
            id.as_uuid(),
            &*clean(why),
            &*clean(by),
            self.0.clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        relist(&mut transaction, &[id.as_uuid()]).await?;
        transaction.commit().await?;
        Ok(flagged.rows_affected() > 0)
    }

    /// Takes a mark back. Whether there is such a memory; one that is not marked stays as it is.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn unflag(
        self,
        project: ProjectId,
        id: RemedyId,
        by: &str,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.0.pool().begin().await?;
        if !take_turn(&mut transaction, project, id).await? {
            return Ok(false);
        }
        sqlx::query!(
            "-- memory.unflag
            with taken as (
                delete from memory_flag
                where remedy_id = $2 and project_id = $1
                returning project_id, remedy_id, why, by, at
            )
            insert into lifted_flag (project_id, remedy_id, why, by, at, lifted_by, lifted_at)
            select project_id, remedy_id, why, by, at, $3, $4
            from taken
            on conflict on constraint lifted_flag_pkey do nothing",
            project.as_uuid(),
            id.as_uuid(),
            &*clean(by),
            self.0.clock().now(),
        )
        .execute(&mut *transaction)
        .await?;
        relist(&mut transaction, &[id.as_uuid()]).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

/// Keeps out whoever learns about the memory's site meanwhile: both write its row in the list. `false`
/// when there is no such memory.
async fn take_turn(
    connection: &mut PgConnection,
    project: ProjectId,
    id: RemedyId,
) -> Result<bool, StoreError> {
    let site = sqlx::query_scalar!(
        "-- memory.site_of
        select situation.site
        from remedy
        join situation on situation.id = remedy.situation_id
        where remedy.id = $1 and remedy.project_id = $2",
        id.as_uuid(),
        project.as_uuid(),
    )
    .fetch_optional(&mut *connection)
    .await?;
    let Some(site) = site else { return Ok(false) };
    take_turns(connection, project, &site).await?;
    Ok(true)
}
