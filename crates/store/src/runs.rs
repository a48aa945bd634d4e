//! Runs: find and list.

use crate::error::{Corrupt, StoreError};
use crate::minted::first_run_since;
use crate::page::{Page, PageRequest};
use crate::store::Store;
use crate::text::{clean_option, label_filter};
use chrono::{DateTime, Utc};
use domain::failure::ErrorClass;
use domain::id::{ProjectId, RunId, TaskId};
use domain::run::{Outcome, Run};
use serde_json::Value;
use uuid::Uuid;

/// Which runs. Everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter {
    /// Of this task.
    pub task: Option<TaskId>,
    /// On this site.
    pub site: Option<String>,
    /// Under this agent's name.
    pub agent: Option<String>,
    /// Ended like this.
    pub outcome: Option<Outcome>,
    /// Whether still running.
    pub running: Option<bool>,
    /// Failed because of a step's failure of this class.
    pub error_class: Option<ErrorClass>,
    /// With this label.
    pub label: Option<(String, String)>,
    /// Begun at this time or later.
    pub started_after: Option<DateTime<Utc>>,
    /// Begun before this time.
    pub started_before: Option<DateTime<Utc>>,
}

/// The runs of every project.
#[derive(Debug, Clone, Copy)]
pub struct Runs<'a>(pub(crate) &'a Store);

impl Runs<'_> {
    /// One run.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn find(self, project: ProjectId, id: RunId) -> Result<Option<Run>, StoreError> {
        let row = sqlx::query_as!(
            RunRow,
            r#"-- runs.find
            select id, project_id, task_id, attempt, goal, agent, site, labels, worker, outcome,
                failure, result, trace_id, started_at, ended_at,
                coalesce(steps, (select max(seq) + 1 from step where run_id = run.id), 0)
                    as "steps!"
            from run
            where id = $1 and project_id = $2"#,
            id.as_uuid(),
            project.as_uuid(),
        )
        .fetch_optional(self.0.pool())
        .await?;
        row.map(Run::try_from).transpose().map_err(Into::into)
    }

    /// These runs, as far as they are there and can be read.
    pub(crate) async fn find_all(
        self,
        project: ProjectId,
        ids: &[Uuid],
    ) -> Result<Vec<Run>, StoreError> {
        let rows = sqlx::query_as!(
            RunRow,
            r#"-- runs.find_all
            select id, project_id, task_id, attempt, goal, agent, site, labels, worker, outcome,
                failure, result, trace_id, started_at, ended_at,
                coalesce(steps, (select max(seq) + 1 from step where run_id = run.id), 0)
                    as "steps!"
            from run
            where id = any ($1) and project_id = $2"#,
            ids,
            project.as_uuid(),
        )
        .fetch_all(self.0.pool())
        .await?;
        let runs = rows.into_iter().map(Run::try_from);
        let read =
            runs.filter_map(|run| run.inspect_err(|problem| self.0.note_unreadable(problem)).ok());
        Ok(read.collect())
    }

    /// The runs of a project, newest first.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list(
        self,
        project: ProjectId,
        filter: &RunFilter,
        request: &PageRequest,
    ) -> Result<Page<Run>, StoreError> {
        let rows = sqlx::query_file_as!(
            RunRow,
            "queries/run_list.sql",
            project.as_uuid(),
            request.after(),
            filter.task.map(TaskId::as_uuid),
            clean_option(filter.site.as_ref()),
            clean_option(filter.agent.as_ref()),
            filter.outcome.map(Outcome::as_str),
            filter.running,
            filter.error_class.map(ErrorClass::as_str),
            label_filter(filter.label.as_ref())?,
            filter.started_after,
            filter.started_before,
            request.probe(),
            first_run_since(filter.started_after),
        )
        .fetch_all(self.0.pool())
        .await?;
        let runs = rows.into_iter().map(Run::try_from).collect::<Result<_, _>>()?;
        Ok(request.page(runs, |run| run.id.as_uuid()))
    }
}

struct RunRow {
    id: Uuid,
    project_id: Uuid,
    task_id: Uuid,
    attempt: i32,
    goal: String,
    agent: String,
    site: String,
    labels: Value,
    worker: String,
    outcome: Option<String>,
    failure: Option<Value>,
    result: Option<Value>,
    steps: i32,
    trace_id: Option<String>,
    started_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl TryFrom<RunRow> for Run {
    type Error = Corrupt;

    fn try_from(row: RunRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("run", row.id);
        let outcome = row
            .outcome
            .map(|outcome| name.name("outcome", &outcome, Outcome::from_name))
            .transpose()?;
        Ok(Self {
            id: RunId::from_uuid(row.id),
            project_id: ProjectId::from_uuid(row.project_id),
            task_id: TaskId::from_uuid(row.task_id),
            attempt: name.number("attempt", row.attempt)?,
            goal: row.goal,
            agent: row.agent,
            site: row.site,
            labels: name.json("labels", row.labels)?,
            worker: row.worker,
            outcome,
            failure: name.optional_json("failure", row.failure)?,
            result: row.result,
            steps: name.number("steps", row.steps)?,
            trace_id: row.trace_id,
            started_at: row.started_at,
            ended_at: row.ended_at,
        })
    }
}
