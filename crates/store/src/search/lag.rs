//! How far search is behind the traces.

use crate::error::StoreError;
use crate::store::Store;
use chrono::TimeDelta;

/// How far search is behind the traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchLag {
    /// Passages that are found by their words only, because they have no vector yet, and runs that
    /// have ended and are not found by their goal yet.
    pub waiting: i64,
    /// How long the first of them has been waiting.
    pub oldest: Option<TimeDelta>,
}

impl Store {
    /// How far search is behind the traces.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn search_lag(&self) -> Result<SearchLag, StoreError> {
        let row = sqlx::query!(
            r#"-- search.lag
            select sum(waiting)::bigint as "waiting!", min(oldest) as oldest
            from (
                select count(*) as waiting, min(added_at) as oldest
                from search_waiting
                union all
                select count(*), min(ended_at)
                from run
                where ended_at is not null and distilled_at is null
            ) as it"#,
        )
        .fetch_one(self.pool())
        .await?;
        let now = self.clock().now();
        Ok(SearchLag { waiting: row.waiting, oldest: row.oldest.map(|since| now - since) })
    }
}
