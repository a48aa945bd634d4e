//! How much there is.

use super::MemoryStore;
use crate::error::StoreError;
use domain::id::ProjectId;

/// How much a memory holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemorySize {
    /// Distinct failing situations.
    pub situations: i64,
    /// What was tried in them.
    pub remedies: i64,
    /// Targets that worked.
    pub working_locators: i64,
    /// Distinct goals.
    pub goals: i64,
    /// Distinct texts in which runs are found.
    pub passages: i64,
    /// Situations without an embedding.
    pub unembedded: i64,
}

impl MemoryStore {
    /// How much the memory of a project holds, or that of all of them.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn size(&self, project: Option<ProjectId>) -> Result<MemorySize, StoreError> {
        let row = sqlx::query!(
            r#"-- memory.size
            select
                (
                    select count(*) from situation where $1::uuid is null or project_id = $1
                ) as "situations!",
                (
                    select count(*) from remedy where $1::uuid is null or project_id = $1
                ) as "remedies!",
                (
                    select count(*) from working_locator where $1::uuid is null or project_id = $1
                ) as "working_locators!",
                (select count(*) from goal where $1::uuid is null or project_id = $1) as "goals!",
                (
                    select count(*) from search_text where $1::uuid is null or project_id = $1
                ) as "passages!",
                (
                    select count(*)
                    from situation
                    where not embedded and ($1::uuid is null or project_id = $1)
                ) as "unembedded!""#,
            project.map(ProjectId::as_uuid),
        )
        .fetch_one(self.store.pool())
        .await?;
        Ok(MemorySize {
            situations: row.situations,
            remedies: row.remedies,
            working_locators: row.working_locators,
            goals: row.goals,
            passages: row.passages,
            unembedded: row.unembedded,
        })
    }
}
