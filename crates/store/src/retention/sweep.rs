//! One batch: of whichever project is due, under the lock of its row.

use super::row::{ReportRow, keep, number};
use super::{artifacts, recalls, traces};
use crate::error::StoreError;
use crate::memory::{forget_forgotten, forget_some};
use crate::search;
use crate::store::Store;
use crate::text::json;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{ProjectId, RetentionReportId};
use domain::ports::Swept;
use domain::retention::{Keep, Overdue, Removed, Report};
use sqlx::PgConnection;
use uuid::Uuid;

/// How long after a sweep the next one begins.
const PERIOD: TimeDelta = TimeDelta::hours(1);

/// A project that is being swept, its row locked.
struct Sweep {
    project: ProjectId,
    keep: Keep,
    /// The report of the sweep, made by its first batch.
    report: Option<Uuid>,
    /// How far artifacts are done: by the ends of tasks, over all sweeps.
    artifacts_until: Option<DateTime<Utc>>,
}

impl Store {
    pub(super) async fn sweep_some(&self) -> Result<Swept, StoreError> {
        let now = self.clock().now();
        let Some((project, keep)) = find_due(self, now).await? else { return Ok(Swept::Nothing) };
        // What traces taught is worked out before anything is locked.
        let read = traces::read(self, project, keep.overdue(now)).await?;
        let has_traces = !read.is_empty();
        let mut transaction = self.pool().begin().await?;
        let Some(mut sweep) = lock(&mut transaction, project, now).await? else {
            return Ok(Swept::Nothing);
        };
        let overdue = sweep.keep.overdue(now);
        let mut removed = traces::remove(&mut transaction, read, overdue).await?;
        if has_traces && removed.is_empty() {
            // Another process was faster, or memory is being made anew: it has to be read again.
            return Ok(Swept::Nothing);
        }
        let mut done = removed.is_empty();
        if done {
            let until = sweep.artifacts_until;
            let some = artifacts::remove(&mut transaction, project, overdue, until).await?;
            (removed, sweep.artifacts_until, done) = (some.removed, some.until, some.done);
        }
        if done {
            removed += recalls::remove(&mut transaction, project, overdue).await?;
            removed += forget(&mut transaction, project, overdue, now).await?;
            done = removed.is_empty();
        }
        let report = count(&mut transaction, self, &mut sweep, removed, now).await?;
        let swept = if done {
            Swept::All(Box::new(end(&mut transaction, &sweep, report, now).await?))
        } else {
            note(&mut transaction, &sweep).await?;
            Swept::Part
        };
        transaction.commit().await?;
        Ok(swept)
    }
}

async fn forget(
    connection: &mut PgConnection,
    project: ProjectId,
    overdue: Overdue,
    now: DateTime<Utc>,
) -> Result<Removed, StoreError> {
    match overdue.memory {
        Some(before) => forget_some(connection, project, before, now).await,
        None => Ok(Removed::default()),
    }
}

/// A project that is due. Any of them: one that makes trouble must not stand before the others.
async fn find_due(
    store: &Store,
    now: DateTime<Utc>,
) -> Result<Option<(ProjectId, Keep)>, StoreError> {
    let row = sqlx::query!(
        "-- retentions.find_due
        select project_id, trace_days, artifact_days, memory_days
        from retention
        where due_at <= $1
        order by random()
        limit 1",
        now,
    )
    .fetch_optional(store.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let days = [row.trace_days, row.artifact_days, row.memory_days];
    let keep = keep("retention", row.project_id, days)?;
    Ok(Some((ProjectId::from_uuid(row.project_id), keep)))
}

/// Takes the project's turn; `None` if somebody has it, or nothing is due any more.
async fn lock(
    connection: &mut PgConnection,
    project: ProjectId,
    now: DateTime<Utc>,
) -> Result<Option<Sweep>, StoreError> {
    let row = sqlx::query!(
        "-- retentions.lock
        select trace_days, artifact_days, memory_days, report_id, artifacts_until
        from retention
        where project_id = $1 and due_at <= $2
        for no key update skip locked",
        project.as_uuid(),
        now,
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let days = [row.trace_days, row.artifact_days, row.memory_days];
    Ok(Some(Sweep {
        project,
        keep: keep("retention", project.as_uuid(), days)?,
        report: row.report_id,
        artifacts_until: row.artifacts_until,
    }))
}

/// Adds to the report, which the first batch begins.
async fn count(
    connection: &mut PgConnection,
    store: &Store,
    sweep: &mut Sweep,
    removed: Removed,
    now: DateTime<Utc>,
) -> Result<Report, StoreError> {
    let mut report = match sweep.report {
        Some(id) => get_report(connection, id).await?,
        None => Report {
            id: RetentionReportId::new(store.clock()),
            project_id: sweep.project,
            keep: sweep.keep,
            began_at: now,
            ended_at: None,
            removed: Removed::default(),
        },
    };
    report.removed += removed;
    report.keep = sweep.keep;
    sweep.report = Some(report.id.as_uuid());
    sqlx::query!(
        "-- retentions.count
        insert into retention_report (
            id, project_id, trace_days, artifact_days, memory_days, began_at, removed
        )
        values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)
        on conflict on constraint retention_report_pkey do update
        set trace_days = excluded.trace_days, artifact_days = excluded.artifact_days,
            memory_days = excluded.memory_days, removed = excluded.removed",
        report.id.as_uuid(),
        sweep.project.as_uuid(),
        sweep.keep.trace_days.map(number),
        sweep.keep.artifact_days.map(number),
        sweep.keep.memory_days.map(number),
        report.began_at,
        json(&report.removed)?,
    )
    .execute(connection)
    .await?;
    Ok(report)
}

async fn get_report(connection: &mut PgConnection, id: Uuid) -> Result<Report, StoreError> {
    let row = sqlx::query_as!(
        ReportRow,
        "-- retentions.get_report
        select id, project_id, trace_days, artifact_days, memory_days, began_at, ended_at, removed
        from retention_report
        where id = $1",
        id,
    )
    .fetch_one(connection)
    .await?;
    Ok(row.try_into()?)
}

/// Keeps where the sweep stands.
async fn note(connection: &mut PgConnection, sweep: &Sweep) -> Result<(), StoreError> {
    sqlx::query!(
        "-- retentions.note
        update retention
        set report_id = $2, artifacts_until = $3
        where project_id = $1",
        sweep.project.as_uuid(),
        sweep.report,
        sweep.artifacts_until,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the sweep. A report of nothing is not kept.
async fn end(
    connection: &mut PgConnection,
    sweep: &Sweep,
    report: Report,
    now: DateTime<Utc>,
) -> Result<Report, StoreError> {
    let project = sweep.project;
    forget_forgotten(connection, project).await?;
    if report.removed.runs > 0 {
        // The words in which the removed runs were found.
        search::sweep(connection, project).await?;
    }
    sqlx::query!(
        "-- retentions.end
        update retention
        set due_at = $2, swept_at = $3, report_id = null, artifacts_until = $4
        where project_id = $1",
        project.as_uuid(),
        now + PERIOD,
        now,
        sweep.artifacts_until,
    )
    .execute(&mut *connection)
    .await?;
    if report.removed.is_empty() {
        sqlx::query!(
            "-- retentions.drop_report
            delete from retention_report where id = $1",
            report.id.as_uuid(),
        )
        .execute(connection)
        .await?;
        return Ok(report);
    }
    sqlx::query!(
        "-- retentions.end_report
        update retention_report set ended_at = $2 where id = $1",
        report.id.as_uuid(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(Report { ended_at: Some(now), ..report })
}
