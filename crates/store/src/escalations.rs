//! Questions of runs to a human, and their answers.
//!
//! A question is asked by `finish` with `RunEnd::Waiting`, and closed in one of four ways: by its
//! answer, by giving up (an answer that ends the task), by its deadline (`reap`), or when its task
//! is cancelled. Each takes the lock on the task's row first, so one of them wins.

mod answer;
mod row;

pub use answer::Answered;
pub(crate) use row::{ResumedRow, list_resumed, list_told_plans};

use crate::error::StoreError;
use crate::page::{Page, PageRequest};
use crate::store::Store;
use crate::text::clean_option;
use domain::escalation::{Escalation, EscalationState};
use domain::id::{EscalationId, ProjectId, TaskId};
use row::EscalationRow;

/// Which questions. Everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EscalationFilter {
    /// In this state.
    pub state: Option<EscalationState>,
    /// On this site.
    pub site: Option<String>,
    /// Of this task.
    pub task: Option<TaskId>,
}

/// The questions of every project.
#[derive(Debug, Clone, Copy)]
pub struct Escalations<'a>(pub(crate) &'a Store);

impl Escalations<'_> {
    /// One question.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn find(
        self,
        project: ProjectId,
        id: EscalationId,
    ) -> Result<Option<Escalation>, StoreError> {
        let row = sqlx::query_as!(
            EscalationRow,
            "-- escalations.find
            select escalation.id, escalation.project_id, escalation.task_id, run_id, goal, agent,
                escalation.site, ask, screenshot, state, asked_at, deadline, answer, answered_at,
                answered_by
            from escalation
            join run on run.id = escalation.run_id
            where escalation.id = $1 and escalation.project_id = $2",
            id.as_uuid(),
            project.as_uuid(),
        )
        .fetch_optional(self.0.pool())
        .await?;
        row.map(Escalation::try_from).transpose().map_err(Into::into)
    }

    /// The questions of a project, newest first.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list(
        self,
        project: ProjectId,
        filter: &EscalationFilter,
        request: &PageRequest,
    ) -> Result<Page<Escalation>, StoreError> {
        let rows = sqlx::query_as!(
            EscalationRow,
            "-- escalations.list
            select escalation.id, escalation.project_id, escalation.task_id, run_id, goal, agent,
                escalation.site, ask, screenshot, state, asked_at, deadline, answer, answered_at,
                answered_by
            from escalation
            join run on run.id = escalation.run_id
            where escalation.project_id = $1
                and ($2::uuid is null or escalation.id < $2)
                and ($3::text is null or state = $3)
                and ($4::text is null or escalation.site = $4)
                and ($5::uuid is null or escalation.task_id = $5)
            order by escalation.id desc
            limit $6",
            project.as_uuid(),
            request.after(),
            filter.state.map(EscalationState::as_str),
            clean_option(filter.site.as_ref()),
            filter.task.map(TaskId::as_uuid),
            request.probe(),
        )
        .fetch_all(self.0.pool())
        .await?;
        let items = rows.into_iter().map(Escalation::try_from).collect::<Result<_, _>>()?;
        Ok(request.page(items, |item| item.id.as_uuid()))
    }
}
