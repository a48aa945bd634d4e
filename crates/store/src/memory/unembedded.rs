//! Embedding what was stored while there was no embedding.

use super::MemoryStore;
use super::write::{embed_goals, embed_situations};
use crate::error::StoreError;

/// How many texts one call embeds at most, of situations and of goals.
const BATCH: i64 = 64;

impl MemoryStore {
    pub(super) async fn embed_batch(&self) -> Result<(), StoreError> {
        self.embed_missing_situations().await?;
        self.embed_missing_goals().await
    }

    async fn embed_missing_situations(&self) -> Result<(), StoreError> {
        let missing = sqlx::query!(
            "-- memory.unembedded
            select id, text from situation where not embedded order by id limit $1",
            BATCH,
        )
        .fetch_all(self.store.pool())
        .await?;
        let texts: Vec<String> = missing.iter().map(|row| row.text.clone()).collect();
        let Some(vectors) = self.embed(&texts).await else { return Ok(()) };
        let rows = missing.into_iter().zip(vectors);
        let rows = rows.map(|(row, vector)| (row.id, row.text, vector)).collect();
        let mut connection = self.store.pool().acquire().await?;
        embed_situations(&mut connection, self.model(), rows).await
    }

    async fn embed_missing_goals(&self) -> Result<(), StoreError> {
        let missing = sqlx::query!(
            "-- memory.unembedded_goals
            select id, goal_key from goal where embedding is null order by id limit $1",
            BATCH,
        )
        .fetch_all(self.store.pool())
        .await?;
        let (ids, texts): (Vec<_>, Vec<_>) =
            missing.into_iter().map(|row| (row.id, row.goal_key)).unzip();
        let Some(vectors) = self.embed(&texts).await else { return Ok(()) };
        let mut connection = self.store.pool().acquire().await?;
        embed_goals(&mut connection, self.model(), &ids, &vectors).await
    }
}
