//! How long projects keep things, what was removed, and the removing.
//!
//! A sweep is a row of batches, each of them one transaction: it takes the lock of the project's row
//! (or leaves, when somebody has it), removes a few tasks, or the artifacts of a few, or a bit of
//! memory, and counts them in the report. So a process that vanishes leaves nothing half done, and
//! the next one goes on with the same report.

mod artifacts;
mod overdue;
mod recalls;
mod row;
mod sweep;
mod traces;

use crate::error::StoreError;
use crate::store::Store;
use crate::text::clean;
use async_trait::async_trait;
use domain::id::ProjectId;
use domain::ports::{RetentionError, Swept};
use domain::retention::{Keep, Removed, Report, Retention};
use row::{ReportRow, RetentionRow, number};

/// How long projects keep things.
#[derive(Debug, Clone, Copy)]
pub struct Retentions<'a>(pub(crate) &'a Store);

impl Retentions<'_> {
    /// What a project keeps, and how far that is carried out; `None` while nothing was set.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn find(self, project: ProjectId) -> Result<Option<Retention>, StoreError> {
        let row = sqlx::query_as!(
            RetentionRow,
            "-- retentions.find
            select project_id, trace_days, artifact_days, memory_days, changed_at, changed_by,
                swept_at
            from retention
            where project_id = $1",
            project.as_uuid(),
        )
        .fetch_optional(self.0.pool())
        .await?;
        Ok(row.map(Retention::try_from).transpose()?)
    }

    /// Sets what a project keeps; what is overdue by then is removed soon.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn set(
        self,
        project: ProjectId,
        keep: Keep,
        by: &str,
    ) -> Result<Retention, StoreError> {
        let row = sqlx::query_as!(
            RetentionRow,
            "-- retentions.set
            insert into retention (
                project_id, trace_days, artifact_days, memory_days, changed_at, changed_by, due_at
            )
            values ($1, $2, $3, $4, $5, $6, $5)
            on conflict on constraint retention_pkey do update
            set trace_days = excluded.trace_days, artifact_days = excluded.artifact_days,
                memory_days = excluded.memory_days, changed_at = excluded.changed_at,
                changed_by = excluded.changed_by, due_at = excluded.due_at,
                artifacts_until = null
            returning project_id, trace_days, artifact_days, memory_days, changed_at, changed_by,
                swept_at",
            project.as_uuid(),
            keep.trace_days.map(number),
            keep.artifact_days.map(number),
            keep.memory_days.map(number),
            self.0.clock().now(),
            &*clean(by),
        )
        .fetch_one(self.0.pool())
        .await?;
        Ok(row.try_into()?)
    }

    /// What was removed, newest first; sweeps that found nothing leave no report.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list_reports(
        self,
        project: ProjectId,
        limit: u32,
    ) -> Result<Vec<Report>, StoreError> {
        let rows = sqlx::query_as!(
            ReportRow,
            "-- retentions.list_reports
            select id, project_id, trace_days, artifact_days, memory_days, began_at, ended_at,
                removed
            from retention_report
            where project_id = $1
            order by id desc
            limit $2",
            project.as_uuid(),
            i64::from(limit),
        )
        .fetch_all(self.0.pool())
        .await?;
        Ok(rows.into_iter().map(Report::try_from).collect::<Result<_, _>>()?)
    }

    /// What would be removed now if a project kept things for so many days.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn count_overdue(
        self,
        project: ProjectId,
        keep: Keep,
    ) -> Result<Removed, StoreError> {
        overdue::count(self.0, project, keep).await
    }
}

#[async_trait]
impl domain::ports::Retention for Store {
    async fn sweep(&self) -> Result<Swept, RetentionError> {
        self.sweep_some().await.map_err(|error| RetentionError(Box::new(error)))
    }
}
