//! How long a project keeps things, and what was removed.

use chrono::{DateTime, Utc};
use domain::id::RetentionReportId;
use domain::invalid::{Faults, Invalid};
use domain::retention::{Keep, MOST_DAYS, Removed};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// For how many days to keep what: at least one of the three. What is left out, or `null`, is kept for
/// ever, artifacts as long as their trace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "trace_days": 90, "artifact_days": 14, "memory_days": null }))]
pub struct SetRetention {
    /// Tasks, with their runs, steps, questions and artifacts: so many days after they ended. What
    /// they taught stays in memory. With them goes what agents outside asked so long ago, unless they
    /// reported what became of it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 36500)]
    pub trace_days: Option<Option<i64>>,
    /// Screenshots, snapshots and downloads: so many days after their task ended.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 36500)]
    pub artifact_days: Option<Option<i64>>,
    /// What is remembered: so many days after it was last met, used or confirmed.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 36500)]
    pub memory_days: Option<Option<i64>>,
}

impl SetRetention {
    /// The days, if they make sense.
    ///
    /// # Errors
    /// Every fault, each with its field.
    pub fn check(self) -> Result<Keep, Vec<Invalid>> {
        let mut faults = Faults::default();
        if self == Self::default() {
            let message = "must have one of `trace_days`, `artifact_days`, `memory_days` at least; \
                           null keeps for ever";
            faults.add("body", message);
        }
        let mut read = |field: &str, days: Option<i64>| {
            let days = days?;
            let fits = u32::try_from(days).ok().filter(|days| (1..=MOST_DAYS).contains(days));
            fits.or_else(|| {
                let message = format!("must be between 1 and {MOST_DAYS}; null keeps for ever");
                faults.add(field, message);
                None
            })
        };
        let keep = Keep {
            trace_days: read("trace_days", self.trace_days.flatten()),
            artifact_days: read("artifact_days", self.artifact_days.flatten()),
            memory_days: read("memory_days", self.memory_days.flatten()),
        };
        if let (Some(traces), Some(artifacts)) = (keep.trace_days, keep.artifact_days)
            && artifacts > traces
        {
            let message = format!(
                "must be at most `trace_days`, {traces}: artifacts go with their trace; null keeps \
                 them as long"
            );
            faults.add("artifact_days", message);
        }
        faults.finish(Some(keep))
    }
}

#[expect(clippy::option_option, reason = "what is left out is not what is null")]
fn given<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(reader).map(Some)
}

/// For how many days a project keeps what, and what was removed because of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Retention {
    /// Days that traces are kept after the end of their task; `null` is for ever.
    pub trace_days: Option<u32>,
    /// Days that artifacts are kept after the end of their task; `null` is as long as the trace.
    pub artifact_days: Option<u32>,
    /// Days that memory is kept after it was last met, used or confirmed; `null` is for ever.
    pub memory_days: Option<u32>,
    /// When this was set; `null` while it never was.
    pub changed_at: Option<DateTime<Utc>>,
    /// By whom: the name of the key.
    pub changed_by: Option<String>,
    /// When everything that was overdue had been removed for the last time.
    pub swept_at: Option<DateTime<Utc>>,
    /// What would be removed now; only of a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue: Option<Removed>,
    /// What was removed, the newest 20 sweeps first. One that found nothing is not among them.
    pub reports: Vec<RetentionReport>,
}

/// What one sweep removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RetentionReport {
    /// Its id.
    pub id: RetentionReportId,
    /// The days of traces that it went by.
    pub trace_days: Option<u32>,
    /// The days of artifacts.
    pub artifact_days: Option<u32>,
    /// The days of memory.
    pub memory_days: Option<u32>,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// When it ended; `null` while it is under way.
    pub ended_at: Option<DateTime<Utc>>,
    /// What is gone so far.
    pub removed: Removed,
}

impl Retention {
    /// As it is set, or as it is while nothing was, with the reports.
    #[must_use]
    pub fn of(
        set: Option<domain::retention::Retention>,
        reports: Vec<domain::retention::Report>,
    ) -> Self {
        let keep = set.as_ref().map(|set| set.keep).unwrap_or_default();
        Self {
            trace_days: keep.trace_days,
            artifact_days: keep.artifact_days,
            memory_days: keep.memory_days,
            changed_at: set.as_ref().map(|set| set.changed_at),
            swept_at: set.as_ref().and_then(|set| set.swept_at),
            changed_by: set.map(|set| set.changed_by),
            overdue: None,
            reports: reports.into_iter().map(Into::into).collect(),
        }
    }

    /// As it would be with these days, and what would be removed by them.
    #[must_use]
    pub fn dry(self, keep: Keep, overdue: Removed) -> Self {
        let Keep { trace_days, artifact_days, memory_days } = keep;
        Self { trace_days, artifact_days, memory_days, overdue: Some(overdue), ..self }
    }
}

impl From<domain::retention::Report> for RetentionReport {
    fn from(report: domain::retention::Report) -> Self {
        let domain::retention::Report { id, project_id: _, keep, began_at, ended_at, removed } =
            report;
        Self {
            id,
            trace_days: keep.trace_days,
            artifact_days: keep.artifact_days,
            memory_days: keep.memory_days,
            began_at,
            ended_at,
            removed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_would_remove_everything_at_once_or_nothing_ever_are_refused() {
        let set = |days| SetRetention { trace_days: Some(Some(days)), ..SetRetention::default() };
        for days in [0, -1, i64::from(MOST_DAYS) + 1, i64::MAX] {
            let faults = set(days).check().unwrap_err();
            assert_eq!((faults.len(), &*faults[0].field), (1, "trace_days"), "{days}");
            assert!(faults[0].message.contains("between 1 and 36500"), "{faults:?}");
        }
        for days in [1, MOST_DAYS] {
            let keep = set(days.into()).check().unwrap();
            assert_eq!(keep, Keep { trace_days: Some(days), ..Keep::default() });
        }
    }

    #[test]
    fn nothing_at_all_is_no_days_and_null_is_for_ever() {
        let read = |text: &str| serde_json::from_str::<SetRetention>(text).unwrap().check();
        let faults = read("{}").unwrap_err();
        assert!(faults[0].message.contains("`memory_days`"), "{faults:?}");
        assert_eq!(read(r#"{"trace_days": null}"#), Ok(Keep::default()));
    }

    #[test]
    fn artifacts_are_not_kept_longer_than_their_trace() {
        let set = |artifacts| SetRetention {
            trace_days: Some(Some(14)),
            artifact_days: Some(artifacts),
            memory_days: None,
        };
        let faults = set(Some(15)).check().unwrap_err();
        assert_eq!(&*faults[0].field, "artifact_days");
        assert!(faults[0].message.contains("at most `trace_days`, 14"), "{faults:?}");
        for fine in [Some(14), None] {
            assert!(set(fine).check().is_ok());
        }
    }
}
