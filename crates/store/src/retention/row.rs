//! Rows of settings and of reports.

use crate::error::Corrupt;
use chrono::{DateTime, Utc};
use domain::id::{ProjectId, RetentionReportId};
use domain::retention::{Keep, Report, Retention};
use serde_json::Value;
use uuid::Uuid;

/// What a project keeps.
pub(super) struct RetentionRow {
    pub(super) project_id: Uuid,
    pub(super) trace_days: Option<i32>,
    pub(super) artifact_days: Option<i32>,
    pub(super) memory_days: Option<i32>,
    pub(super) changed_at: DateTime<Utc>,
    pub(super) changed_by: String,
    pub(super) swept_at: Option<DateTime<Utc>>,
}

/// What a sweep removed.
pub(super) struct ReportRow {
    pub(super) id: Uuid,
    pub(super) project_id: Uuid,
    pub(super) trace_days: Option<i32>,
    pub(super) artifact_days: Option<i32>,
    pub(super) memory_days: Option<i32>,
    pub(super) began_at: DateTime<Utc>,
    pub(super) ended_at: Option<DateTime<Utc>>,
    pub(super) removed: Value,
}

/// Days as the column has them; the check before has seen that they fit.
pub(super) fn number(days: u32) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}

/// Reads the three columns of days.
pub(super) fn keep(
    table: &'static str,
    id: Uuid,
    [traces, artifacts, memory]: [Option<i32>; 3],
) -> Result<Keep, Corrupt> {
    let name = Corrupt::row(table, id);
    let read = |column, days: Option<i32>| days.map(|days| name.number(column, days)).transpose();
    Ok(Keep {
        trace_days: read("trace_days", traces)?,
        artifact_days: read("artifact_days", artifacts)?,
        memory_days: read("memory_days", memory)?,
    })
}

impl TryFrom<RetentionRow> for Retention {
    type Error = Corrupt;

    fn try_from(row: RetentionRow) -> Result<Self, Corrupt> {
        let days = [row.trace_days, row.artifact_days, row.memory_days];
        Ok(Self {
            project_id: ProjectId::from_uuid(row.project_id),
            keep: keep("retention", row.project_id, days)?,
            changed_at: row.changed_at,
            changed_by: row.changed_by,
            swept_at: row.swept_at,
        })
    }
}

impl TryFrom<ReportRow> for Report {
    type Error = Corrupt;

    fn try_from(row: ReportRow) -> Result<Self, Corrupt> {
        let days = [row.trace_days, row.artifact_days, row.memory_days];
        Ok(Self {
            id: RetentionReportId::from_uuid(row.id),
            project_id: ProjectId::from_uuid(row.project_id),
            keep: keep("retention_report", row.id, days)?,
            began_at: row.began_at,
            ended_at: row.ended_at,
            removed: Corrupt::row("retention_report", row.id).json("removed", row.removed)?,
        })
    }
}
