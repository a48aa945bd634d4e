//! Projects: who owns what.

use crate::error::StoreError;
use crate::store::Store;
use crate::text::clean;
use domain::id::ProjectId;

/// The projects.
#[derive(Debug, Clone, Copy)]
pub struct Projects<'a>(pub(crate) &'a Store);

impl Projects<'_> {
    /// The project of this name, made if there was none.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn get_or_create(self, name: &str) -> Result<ProjectId, StoreError> {
        if let Some(id) = self.find_by_name(name).await? {
            return Ok(id);
        }
        let id = ProjectId::new(self.0.clock());
        sqlx::query!(
            "-- projects.get_or_create
            insert into project (id, name, created_at)
            values ($1, $2, $3)
            on conflict on constraint project_name_key do nothing",
            id.as_uuid(),
            &*clean(name),
            self.0.clock().now(),
        )
        .execute(self.0.pool())
        .await?;
        Ok(self.find_by_name(name).await?.unwrap_or(id))
    }

    /// The project of this name.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn find_by_name(self, name: &str) -> Result<Option<ProjectId>, StoreError> {
        let id = sqlx::query_scalar!(
            "-- projects.find_by_name
            select id from project where name = $1",
            &*clean(name),
        )
        .fetch_optional(self.0.pool())
        .await?;
        Ok(id.map(ProjectId::from_uuid))
    }
}
