//! Questions of agents outside.

use super::Recalls;
use crate::error::{Corrupt, StoreError};
use crate::text::{clean, json};
use chrono::{DateTime, Utc};
use domain::id::{ProjectId, RecallId};
use domain::recall::OutsideRecall;
use serde_json::Value;
use uuid::Uuid;

impl Recalls<'_> {
    /// Keeps a question of an agent outside, and what it was answered.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn insert_outside(self, recall: &OutsideRecall) -> Result<(), StoreError> {
        sqlx::query!(
            "-- recalls.insert_outside
            insert into recall (
                id, project_id, site, situation, answer, asked_at, took_ms, asked
            )
            values ($1, $2, $3, $4::text::jsonb, $5::text::jsonb, $6, $7, $8::text::jsonb)
            on conflict on constraint recall_pkey do nothing",
            recall.id.as_uuid(),
            recall.project_id.as_uuid(),
            &*clean(&recall.situation.site),
            json(&recall.situation)?,
            json(&recall.answer)?,
            recall.asked_at,
            i64::from(recall.took_ms),
            json(&recall.asked)?,
        )
        .execute(self.0.pool())
        .await?;
        Ok(())
    }

    /// A question of an agent outside.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn find_outside(
        self,
        project: ProjectId,
        id: RecallId,
    ) -> Result<Option<OutsideRecall>, StoreError> {
        let row = sqlx::query_as!(
            OutsideRow,
            r#"-- recalls.find_outside
            select id, project_id, situation, answer, asked_at, took_ms, asked as "asked!"
            from recall
            where id = $1 and project_id = $2 and run_id is null"#,
            id.as_uuid(),
            project.as_uuid(),
        )
        .fetch_optional(self.0.pool())
        .await?;
        Ok(row.map(OutsideRecall::try_from).transpose()?)
    }
}

struct OutsideRow {
    id: Uuid,
    project_id: Uuid,
    situation: Value,
    answer: Value,
    asked_at: DateTime<Utc>,
    took_ms: i64,
    asked: Value,
}

impl TryFrom<OutsideRow> for OutsideRecall {
    type Error = Corrupt;

    fn try_from(row: OutsideRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("recall", row.id);
        Ok(Self {
            id: RecallId::from_uuid(row.id),
            project_id: ProjectId::from_uuid(row.project_id),
            asked: name.json("asked", row.asked)?,
            situation: name.json("situation", row.situation)?,
            answer: name.json("answer", row.answer)?,
            asked_at: row.asked_at,
            took_ms: name.number("took_ms", row.took_ms)?,
        })
    }
}
