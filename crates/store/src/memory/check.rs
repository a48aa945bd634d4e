//! Whether connections search as they should. An invalid setting of pgvector silently means a search
//! that comes back with fewer rows than there are.

use super::MemoryStore;
use crate::error::StoreError;
use crate::store::SESSION;

impl MemoryStore {
    /// Refuses connections that would leave rows out; for the start of a process.
    ///
    /// # Errors
    /// The database cannot be reached, or the settings do not arrive there.
    pub async fn check_search(&self) -> Result<(), StoreError> {
        let mut connection = self.store.pool().acquire().await?;
        // The extension reads its settings when it is first used.
        sqlx::query!(
            r#"-- memory.load_extension
            select '[1]'::halfvec::text as "loaded!""#,
        )
        .fetch_one(&mut *connection)
        .await?;
        for (setting, wanted) in SESSION.into_iter().filter(|(name, _)| name.starts_with("hnsw.")) {
            let found = sqlx::query_scalar!(
                "-- memory.setting
                select current_setting($1, true)",
                setting,
            )
            .fetch_one(&mut *connection)
            .await?;
            if found.as_deref() != Some(wanted) {
                let found = found.unwrap_or_else(|| "not set".to_owned());
                return Err(StoreError::Search { setting, found });
            }
        }
        Ok(())
    }
}
