//! What people mark as wrong: facts, which outlive every rebuilding.

use super::MemoryStore;
use crate::error::StoreError;
use crate::text::clean;
use domain::id::{ProjectId, RemedyId};

impl MemoryStore {
    /// Marks a remedy as wrong: it is never served again. Whether there is such a remedy.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn flag(
        &self,
        project: ProjectId,
        remedy: RemedyId,
        why: &str,
        by: &str,
    ) -> Result<bool, StoreError> {
        let flagged = sqlx::query!(
            "-- memory.flag
            insert into memory_flag (project_id, remedy_id, why, by, at)
            select project_id, id, $3, $4, $5
            from remedy
            where id = $2 and project_id = $1
            on conflict on constraint memory_flag_pkey do update
            set why = excluded.why, by = excluded.by, at = excluded.at",
            project.as_uuid(),
            remedy.as_uuid(),
            &*clean(why),
            &*clean(by),
            self.store.clock().now(),
        )
        .execute(self.store.pool())
        .await?;
        Ok(flagged.rows_affected() > 0)
    }
}
