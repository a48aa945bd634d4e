//! The row of a question, and the answer that a claim goes on with.

use crate::error::{Corrupt, StoreError};
use crate::secret_key::SecretKey;
use chrono::{DateTime, Utc};
use domain::escalation::{Escalation, EscalationState, Resumed};
use domain::id::{ArtifactId, EscalationId, ProjectId, RunId, TaskId};
use domain::plan::PlanForm;
use serde_json::Value;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// What every query about questions returns. Not the secrets: only a claim reads those.
pub(super) struct EscalationRow {
    pub(super) id: Uuid,
    pub(super) project_id: Uuid,
    pub(super) task_id: Uuid,
    pub(super) run_id: Uuid,
    pub(super) goal: String,
    pub(super) agent: String,
    pub(super) site: String,
    pub(super) ask: Value,
    pub(super) screenshot: Option<Uuid>,
    pub(super) state: String,
    pub(super) asked_at: DateTime<Utc>,
    pub(super) deadline: DateTime<Utc>,
    pub(super) answer: Option<Value>,
    pub(super) answered_at: Option<DateTime<Utc>>,
    pub(super) answered_by: Option<String>,
}

impl TryFrom<EscalationRow> for Escalation {
    type Error = Corrupt;

    fn try_from(row: EscalationRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("escalation", row.id);
        Ok(Self {
            id: EscalationId::from_uuid(row.id),
            project_id: ProjectId::from_uuid(row.project_id),
            task_id: TaskId::from_uuid(row.task_id),
            run_id: RunId::from_uuid(row.run_id),
            goal: row.goal,
            site: row.site,
            agent: row.agent,
            ask: name.json("ask", row.ask)?,
            screenshot: row.screenshot.map(ArtifactId::from_uuid),
            state: name.name("state", &row.state, EscalationState::from_name)?,
            asked_at: row.asked_at,
            deadline: row.deadline,
            answer: name.optional_json("answer", row.answer)?,
            answered_at: row.answered_at,
            answered_by: row.answered_by,
        })
    }
}

/// An answered question with what is encrypted of it.
pub(crate) struct ResumedRow {
    row: EscalationRow,
    session: Option<Vec<u8>>,
    inputs: Vec<SealedInput>,
}

/// What a human typed in a run, at this or at an earlier question.
struct SealedInput {
    id: Uuid,
    run_id: Uuid,
    asked: i32,
    input: Vec<u8>,
}

impl ResumedRow {
    /// What the run goes on with. A session that cannot be opened is as good as none.
    pub(crate) fn open(self, key: &SecretKey) -> Result<Resumed, StoreError> {
        let id = self.row.id;
        let inputs = self.inputs.iter().map(|input| input.open(key)).collect::<Result<_, _>>()?;
        let session = self.session.and_then(|sealed| key.open(id, &sealed).ok());
        Ok(Resumed { escalation: self.row.try_into()?, inputs, session })
    }
}

impl SealedInput {
    fn open(&self, key: &SecretKey) -> Result<(u32, String), Corrupt> {
        let name = Corrupt::row("escalation", self.id);
        let input =
            key.open(self.id, &self.input).map_err(|problem| name.column("input", problem))?;
        Ok((name.number("ask", self.asked)?, input))
    }
}

/// The answers that tasks were claimed for.
pub(crate) async fn list_resumed(
    connection: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, ResumedRow>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        "-- escalations.list_resumed
        select escalation.id, escalation.project_id, escalation.task_id, run_id, goal, agent,
            escalation.site, ask, screenshot, state, asked_at, deadline, answer, answered_at,
            answered_by, session
        from escalation
        join run on run.id = escalation.run_id
        where escalation.id = any ($1)",
        ids,
    )
    .fetch_all(&mut *connection)
    .await?;
    let runs: Vec<Uuid> = rows.iter().map(|row| row.run_id).collect();
    let mut inputs = list_inputs(connection, &runs).await?;
    let rows = rows.into_iter().map(|it| {
        let row = EscalationRow {
            id: it.id,
            project_id: it.project_id,
            task_id: it.task_id,
            run_id: it.run_id,
            goal: it.goal,
            agent: it.agent,
            site: it.site,
            ask: it.ask,
            screenshot: it.screenshot,
            state: it.state,
            asked_at: it.asked_at,
            deadline: it.deadline,
            answer: it.answer,
            answered_at: it.answered_at,
            answered_by: it.answered_by,
        };
        let typed = inputs.extract_if(.., |input| input.run_id == it.run_id).collect();
        (it.id, ResumedRow { row, session: it.session, inputs: typed })
    });
    Ok(rows.collect())
}

/// What was typed in these runs so far.
async fn list_inputs(
    connection: &mut PgConnection,
    runs: &[Uuid],
) -> Result<Vec<SealedInput>, StoreError> {
    let inputs = sqlx::query_as!(
        SealedInput,
        r#"-- escalations.list_inputs
        select id, run_id, (ask #>> '{resume,asked}')::integer as "asked!", input as "input!"
        from escalation
        where run_id = any ($1) and input is not null"#,
        runs,
    )
    .fetch_all(connection)
    .await?;
    Ok(inputs)
}

/// The plans that humans gave for tasks in earlier attempts, the last one of each. One that cannot be
/// read any more is as good as none: it is asked for again.
pub(crate) async fn list_told_plans(
    connection: &mut PgConnection,
    tasks: &[Uuid],
) -> Result<HashMap<Uuid, PlanForm>, StoreError> {
    if tasks.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sqlx::query!(
        r#"-- escalations.list_told_plans
        select distinct on (task_id) task_id, answer -> 'plan' as "plan!"
        from escalation
        where task_id = any ($1) and answer ->> 'kind' = 'plan'
        order by task_id, id desc"#,
        tasks,
    )
    .fetch_all(connection)
    .await?;
    let rows = rows.into_iter();
    Ok(rows.filter_map(|row| Some((row.task_id, serde_json::from_value(row.plan).ok()?))).collect())
}
