//! The plans that reached a goal before.

use super::MemoryStore;
use super::near::dims;
use crate::error::{Corrupt, StoreError};
use crate::text::clean;
use chrono::{DateTime, Utc};
use domain::id::{ProjectId, RunId};
use domain::memory::{Proof, RememberedPlan, goal_key};
use pgvector::HalfVector;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// From which similarity on another goal may mean the same; whoever chooses looks closer.
const ALIKE: f64 = 0.8;

struct PlanRow {
    run_id: Uuid,
    goal: String,
    plan: Value,
    similarity: f64,
    worked: i64,
    failed: i64,
    agents: i64,
    last_worked_at: Option<DateTime<Utc>>,
    last_failed_at: Option<DateTime<Utc>>,
}

impl MemoryStore {
    pub(super) async fn list_plans(
        &self,
        project: ProjectId,
        site: &str,
        goal: &str,
        embedding: Option<&[f32]>,
    ) -> Result<Vec<RememberedPlan>, StoreError> {
        let meaning = embedding.map(HalfVector::from_f32_slice);
        let key = goal_key(goal, &BTreeMap::new());
        let rows = sqlx::query_file_as!(
            PlanRow,
            "queries/memory_plans.sql",
            project.as_uuid(),
            &*clean(site),
            &*clean(&key),
            meaning.as_ref() as Option<&HalfVector>,
            self.model(),
            meaning.as_ref().map_or(0, dims),
            ALIKE,
        )
        .fetch_all(self.store.pool())
        .await?;
        let read = rows.into_iter().map(RememberedPlan::try_from);
        Ok(read
            .filter_map(|plan| plan.inspect_err(|problem| self.note_unreadable(problem)).ok())
            .collect())
    }

    pub(super) async fn note_replay(&self, run: RunId, of: RunId) -> Result<(), StoreError> {
        sqlx::query!(
            "-- memory.note_replay
            update run set replays = $2 where id = $1 and outcome is null",
            run.as_uuid(),
            of.as_uuid(),
        )
        .execute(self.store.pool())
        .await?;
        Ok(())
    }
}

impl TryFrom<PlanRow> for RememberedPlan {
    type Error = Corrupt;

    fn try_from(row: PlanRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("goal_run", row.run_id);
        let worked = name.number("outcome", row.worked)?;
        Ok(Self {
            run_id: RunId::from_uuid(row.run_id),
            goal: row.goal,
            plan: name.json("plan", row.plan)?,
            similarity: row.similarity,
            proof: Proof {
                worked,
                failed: name.number("outcome", row.failed)?,
                runs: worked,
                agents: name.number("agent", row.agents)?,
                last_worked_at: row.last_worked_at,
                last_failed_at: row.last_failed_at,
                ..Proof::default()
            },
        })
    }
}
