//! Embedding what was stored while there was no embedding.

use super::MemoryStore;
use super::write::{embed_goals, embed_situations};
use crate::error::StoreError;
use crate::search;
use domain::id::RunId;

/// How many texts one call embeds at most, of situations and of goals.
const BATCH: i64 = 64;

/// How many calls for passages are made in a row: a fleet that fails all at once leaves many.
const ROUNDS: usize = 16;

impl MemoryStore {
    /// Embeds a batch; how many texts.
    pub(super) async fn embed_batch(&self) -> Result<usize, StoreError> {
        let situations = self.embed_missing_situations().await?;
        let goals = self.embed_missing_goals().await?;
        Ok(situations + goals + self.embed_passages(None).await?)
    }

    /// Gives passages their vectors: those of a run, or those that have been waiting longest; how
    /// many.
    pub(super) async fn embed_passages(&self, run: Option<RunId>) -> Result<usize, StoreError> {
        let mut embedded = 0;
        for _ in 0..ROUNDS {
            match self.embed_waiting(run).await? {
                0 => break,
                more => embedded += more,
            }
        }
        Ok(embedded)
    }

    /// The same for as many as one call embeds.
    async fn embed_waiting(&self, run: Option<RunId>) -> Result<usize, StoreError> {
        let mut connection = self.store.pool().acquire().await?;
        let waiting = search::waiting(&mut connection, run, BATCH).await?;
        drop(connection);
        let (ids, texts): (Vec<_>, Vec<_>) =
            waiting.into_iter().map(|passage| (passage.id, passage.text)).unzip();
        let Some(vectors) = self.embed(&texts).await.filter(|_| !ids.is_empty()) else {
            return Ok(0);
        };
        let mut connection = self.store.pool().acquire().await?;
        search::embed(&mut connection, self.model(), &ids, &vectors).await?;
        Ok(ids.len())
    }

    async fn embed_missing_situations(&self) -> Result<usize, StoreError> {
        let missing = sqlx::query!(
            "-- memory.unembedded
            select id, text from situation where not embedded order by id limit $1",
            BATCH,
        )
        .fetch_all(self.store.pool())
        .await?;
        let texts: Vec<String> = missing.iter().map(|row| row.text.clone()).collect();
        let Some(vectors) = self.embed(&texts).await else { return Ok(0) };
        let rows = missing.into_iter().zip(vectors);
        let rows = rows.map(|(row, vector)| (row.id, row.text, vector)).collect();
        let mut connection = self.store.pool().acquire().await?;
        embed_situations(&mut connection, self.model(), rows).await?;
        Ok(texts.len())
    }

    async fn embed_missing_goals(&self) -> Result<usize, StoreError> {
        let missing = sqlx::query!(
            "-- memory.unembedded_goals
            select id, goal_key from goal where embedding is null order by id limit $1",
            BATCH,
        )
        .fetch_all(self.store.pool())
        .await?;
        let (ids, texts): (Vec<_>, Vec<_>) =
            missing.into_iter().map(|row| (row.id, row.goal_key)).unzip();
        let Some(vectors) = self.embed(&texts).await else { return Ok(0) };
        let mut connection = self.store.pool().acquire().await?;
        embed_goals(&mut connection, self.model(), &ids, &vectors).await?;
        Ok(texts.len())
    }
}
