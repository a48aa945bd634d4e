//! How long a project keeps its traces, their artifacts, and what it remembers.
//!
//! Everything is kept for ever unless a project says otherwise. Traces and artifacts are counted from
//! the end of their task, memory from the last time that it was met, used or confirmed. What a trace
//! taught does not go with it: memory goes by its own days.

use crate::id::{ProjectId, RetentionReportId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::ops::AddAssign;
use utoipa::ToSchema;

/// A hundred years: more is for ever, which is said by leaving the days out.
pub const MOST_DAYS: u32 = 36_500;

/// For how many days a project keeps what. `None` is for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keep {
    /// Tasks that have ended, with their runs, steps, questions and artifacts; and what agents outside
    /// asked.
    pub trace_days: Option<u32>,
    /// Screenshots, snapshots and downloads of tasks that have ended.
    pub artifact_days: Option<u32>,
    /// What is remembered and was not met, used or confirmed since.
    pub memory_days: Option<u32>,
}

/// Until when things have to have ended, or been of use for the last time, to be overdue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overdue {
    /// Traces of tasks that ended before.
    pub traces: Option<DateTime<Utc>>,
    /// Artifacts of tasks that ended before.
    pub artifacts: Option<DateTime<Utc>>,
    /// Memory that was of use before, and not since.
    pub memory: Option<DateTime<Utc>>,
}

impl Keep {
    /// What is overdue at a time.
    #[must_use]
    pub fn overdue(self, now: DateTime<Utc>) -> Overdue {
        let before = |days: Option<u32>| {
            days.map(|days| now - TimeDelta::days(days.clamp(1, MOST_DAYS).into()))
        };
        Overdue {
            traces: before(self.trace_days),
            artifacts: before(self.artifact_days),
            memory: before(self.memory_days),
        }
    }
}

/// How much was removed, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Removed {
    /// Tasks, each with everything below it.
    pub tasks: u64,
    /// Their runs.
    pub runs: u64,
    /// The steps of these.
    pub steps: u64,
    /// Screenshots, snapshots and downloads, with their trace or before it.
    pub artifacts: u64,
    /// The bytes of these.
    pub artifact_bytes: u64,
    /// Questions of agents outside that nothing was reported of, asked as long ago as traces are kept.
    pub recalls: u64,
    /// Situations that memory has forgotten.
    pub situations: u64,
    /// The remedies and dead ends of these.
    pub remedies: u64,
    /// Targets that worked, forgotten.
    pub working_locators: u64,
    /// Goals forgotten, with the plans that reached them.
    pub goals: u64,
}

impl Removed {
    /// Whether it is nothing at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl AddAssign for Removed {
    fn add_assign(&mut self, other: Self) {
        let Self {
            tasks,
            runs,
            steps,
            artifacts,
            artifact_bytes,
            recalls,
            situations,
            remedies,
            working_locators,
            goals,
        } = other;
        self.tasks += tasks;
        self.runs += runs;
        self.steps += steps;
        self.artifacts += artifacts;
        self.artifact_bytes += artifact_bytes;
        self.recalls += recalls;
        self.situations += situations;
        self.remedies += remedies;
        self.working_locators += working_locators;
        self.goals += goals;
    }
}

/// What a project keeps, who said so, and how far it is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// Whose it is.
    pub project_id: ProjectId,
    /// The days.
    pub keep: Keep,
    /// When they were set.
    pub changed_at: DateTime<Utc>,
    /// By whom: the name of the key.
    pub changed_by: String,
    /// When everything that was overdue had been removed.
    pub swept_at: Option<DateTime<Utc>>,
}

/// What one sweep removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: RetentionReportId,
    /// Whose it is.
    pub project_id: ProjectId,
    /// The days it went by.
    pub keep: Keep,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it ended; one that has not is under way, or goes on after a crash.
    pub ended_at: Option<DateTime<Utc>>,
    /// What is gone.
    pub removed: Removed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_overdue_unless_days_were_set() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        assert_eq!(Keep::default().overdue(now), Overdue::default());
        let keep = Keep { memory_days: Some(30), ..Keep::default() };
        let overdue = keep.overdue(now);
        assert_eq!((overdue.traces, overdue.artifacts), (None, None));
        assert_eq!(overdue.memory, Some(now - TimeDelta::days(30)));
    }
}
