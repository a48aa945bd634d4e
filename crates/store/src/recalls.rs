//! Recalls: the questions a run asked of memory, as part of its trace; and those of agents outside,
//! with what they report of the advice.

mod outside;
mod report;

pub use report::{Reported, ReportedOutcome};

use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use crate::text::{clean, json};
use chrono::{DateTime, Utc};
use domain::id::{ProjectId, RecallId, RunId};
use domain::recall::Recall;
use serde_json::Value;
use uuid::Uuid;

/// The recalls of every run, and of agents outside.
#[derive(Debug, Clone, Copy)]
pub struct Recalls<'a>(pub(crate) &'a Store);

impl Recalls<'_> {
    /// Keeps a recall. Keeping it again says anew what was made of the answer; what was asked stays
    /// as it is.
    ///
    /// # Errors
    /// The database cannot be reached, or there is no such run.
    pub async fn insert(self, recall: &Recall) -> Result<(), StoreError> {
        sqlx::query!(
            "-- recalls.insert
            insert into recall (
                id, project_id, run_id, after_step, site, situation, answer, asked_at, took_ms
            )
            values ($1, $2, $3, $4, $5, $6::text::jsonb, $7::text::jsonb, $8, $9)
            on conflict on constraint recall_pkey do update set answer = excluded.answer
            where recall.run_id = excluded.run_id and recall.project_id = excluded.project_id",
            recall.id.as_uuid(),
            recall.project_id.as_uuid(),
            recall.run_id.as_uuid(),
            i32::try_from(recall.after).unwrap_or(i32::MAX),
            &*clean(&recall.situation.site),
            json(&recall.situation)?,
            json(&recall.answer)?,
            recall.asked_at,
            i64::from(recall.took_ms),
        )
        .execute(self.0.pool())
        .await?;
        Ok(())
    }

    /// The recalls of a run, in the order of the steps that made it ask.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list(self, project: ProjectId, run: RunId) -> Result<Vec<Recall>, StoreError> {
        self.list_after(project, run, 0..u32::MAX).await
    }

    /// Those asked after some of its steps.
    pub(crate) async fn list_after(
        self,
        project: ProjectId,
        run: RunId,
        steps: std::ops::Range<u32>,
    ) -> Result<Vec<Recall>, StoreError> {
        let number = |seq: u32| i32::try_from(seq).unwrap_or(i32::MAX);
        let rows = sqlx::query_as!(
            RecallRow,
            r#"-- recalls.list
            select id, project_id, run_id as "run_id!", after_step as "after_step!", situation,
                answer, asked_at, took_ms
            from recall
            where run_id = $1 and project_id = $2 and after_step >= $3 and after_step < $4
            order by after_step, id"#,
            run.as_uuid(),
            project.as_uuid(),
            number(steps.start),
            number(steps.end),
        )
        .fetch_all(self.0.pool())
        .await?;
        Ok(rows.into_iter().map(Recall::try_from).collect::<Result<_, _>>()?)
    }
}

struct RecallRow {
    id: Uuid,
    project_id: Uuid,
    run_id: Uuid,
    after_step: i32,
    situation: Value,
    answer: Value,
    asked_at: DateTime<Utc>,
    took_ms: i64,
}

impl TryFrom<RecallRow> for Recall {
    type Error = Corrupt;

    fn try_from(row: RecallRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("recall", row.id);
        Ok(Self {
            id: RecallId::from_uuid(row.id),
            project_id: ProjectId::from_uuid(row.project_id),
            run_id: RunId::from_uuid(row.run_id),
            after: name.number("after_step", row.after_step)?,
            situation: name.json("situation", row.situation)?,
            answer: name.json("answer", row.answer)?,
            asked_at: row.asked_at,
            took_ms: name.number("took_ms", row.took_ms)?,
        })
    }
}
