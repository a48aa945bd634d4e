//! Whether the fleet learns: figures by day, from tasks as they ended and from what the runs of each
//! day add up to. A fixed number of queries over indexed ranges, however long the history.

use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use crate::text::clean_option;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::fleet::{Day, Figures, Halves, Removed, Span, Stats};
use domain::id::ProjectId;
use domain::memory::{HealedBy, Tactic};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Of what. Everything given must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatFilter {
    /// On these days.
    pub span: Span,
    /// On this site.
    pub site: Option<String>,
    /// Under this agent's name.
    pub agent: Option<String>,
}

/// The figures of every project.
#[derive(Debug, Clone, Copy)]
pub struct StatsOf<'a>(pub(crate) &'a Store);

/// Whose figures, and of what.
struct Asked {
    project: Uuid,
    span: Span,
    site: Option<String>,
    agent: Option<String>,
}

type ByDay = BTreeMap<NaiveDate, Figures>;

impl StatsOf<'_> {
    /// The figures of some days.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn get(self, project: ProjectId, filter: &StatFilter) -> Result<Stats, StoreError> {
        let asked = Asked {
            project: project.as_uuid(),
            span: filter.span,
            site: clean_option(filter.site.as_ref()),
            agent: clean_option(filter.agent.as_ref()),
        };
        let mut days = ByDay::new();
        let times = self.add_tasks(&asked, &mut days).await?;
        self.add_runs(&asked, &mut days).await?;
        self.add_removed(&asked, &mut days).await?;
        self.add_heals(&asked, &mut days).await?;
        self.add_questions(&asked, &mut days).await?;
        let days = asked.span.filled(days);
        let (median_seconds, p95_seconds) = times;
        let total = Figures { median_seconds, p95_seconds, ..Figures::sum(&days) };
        let halves = self.halves(&asked, &days).await?;
        Ok(Stats { span: asked.span, days, total, halves })
    }

    /// Adds the tasks of each day; returns the times of all of them.
    async fn add_tasks(
        self,
        asked: &Asked,
        days: &mut ByDay,
    ) -> Result<(Option<f64>, Option<f64>), StoreError> {
        let rows = sqlx::query_file!(
            "queries/stat_tasks.sql",
            asked.project,
            asked.span.begins(),
            asked.span.ends(),
            asked.site,
            asked.agent,
        )
        .fetch_all(self.0.pool())
        .await?;
        let mut all = (None, None);
        for row in rows {
            let times = times(row.seconds.as_deref());
            let Some(day) = row.day else {
                all = times;
                continue;
            };
            let name = Corrupt::row("task", day);
            let figures = days.entry(day).or_default();
            figures.succeeded = name.count("state", row.succeeded)?;
            figures.failed = name.count("state", row.failed)?;
            figures.cancelled = name.count("state", row.cancelled)?;
            figures.attempts = name.count("attempt", row.attempts)?;
            (figures.median_seconds, figures.p95_seconds) = times;
        }
        Ok(all)
    }

    async fn add_runs(self, asked: &Asked, days: &mut ByDay) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"-- stats.runs
            select day, sum(failures) as "failures!", sum(overcome) as "overcome!",
                sum(foreseen) as "foreseen!", sum(reused) as "reused!",
                sum(reuse_failed) as "reuse_failed!", sum(reuse_wrong) as "reuse_wrong!"
            from site_day
            where project_id = $1 and day between $2 and $3
                and ($4::text is null or site = $4)
                and ($5::text is null or agent = $5)
            group by day"#,
            asked.project,
            asked.span.since,
            asked.span.until,
            asked.site,
            asked.agent,
        )
        .fetch_all(self.0.pool())
        .await?;
        for row in rows {
            let name = Corrupt::row("site_day", row.day);
            let tally = &mut days.entry(row.day).or_default().tally;
            tally.failures = name.count("failures", row.failures)?;
            tally.overcome = name.count("overcome", row.overcome)?;
            tally.foreseen = name.count("foreseen", row.foreseen)?;
            tally.reused = name.count("reused", row.reused)?;
            tally.reuse_failed = name.count("reuse_failed", row.reuse_failed)?;
            tally.reuse_wrong = name.count("reuse_wrong", row.reuse_wrong)?;
        }
        Ok(())
    }

    /// Adds what of the runs of each day is known although their traces were removed.
    async fn add_removed(self, asked: &Asked, days: &mut ByDay) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"-- stats.removed
            select day, sum(runs) as "runs!", sum(failures) as "failures!"
            from kept.site_day
            where project_id = $1 and day between $2 and $3
                and ($4::text is null or site = $4)
                and ($5::text is null or agent = $5)
            group by day"#,
            asked.project,
            asked.span.since,
            asked.span.until,
            asked.site,
            asked.agent,
        )
        .fetch_all(self.0.pool())
        .await?;
        for row in rows {
            let name = Corrupt::row("kept.site_day", row.day);
            days.entry(row.day).or_default().removed = Removed {
                runs: name.count("runs", row.runs)?,
                failures: name.count("failures", row.failures)?,
            };
        }
        Ok(())
    }

    async fn add_heals(self, asked: &Asked, days: &mut ByDay) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"-- stats.heals
            select day, healed_by, tactic, sum(heals) as "heals!"
            from site_day_heal
            where project_id = $1 and day between $2 and $3
                and ($4::text is null or site = $4)
                and ($5::text is null or agent = $5)
            group by day, healed_by, tactic"#,
            asked.project,
            asked.span.since,
            asked.span.until,
            asked.site,
            asked.agent,
        )
        .fetch_all(self.0.pool())
        .await?;
        for row in rows {
            let name = Corrupt::row("site_day_heal", row.day);
            let by = name.name("healed_by", &row.healed_by, HealedBy::from_name)?;
            let tactic = name.name("tactic", &row.tactic, Tactic::from_name)?;
            let heals = &mut days.entry(row.day).or_default().tally.heals;
            heals.insert((by, tactic), name.count("heals", row.heals)?);
        }
        Ok(())
    }

    async fn add_questions(self, asked: &Asked, days: &mut ByDay) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"-- stats.questions
            select (asked_at at time zone 'UTC')::date as "day!", count(*) as "asked!"
            from escalation
            where project_id = $1 and asked_at >= $2 and asked_at < $3
                and ($4::text is null or site = $4)
                and (
                    $5::text is null
                    or exists (select from run where run.id = run_id and run.agent = $5)
                )
            group by 1"#,
            asked.project,
            asked.span.begins(),
            asked.span.ends(),
            asked.site,
            asked.agent,
        )
        .fetch_all(self.0.pool())
        .await?;
        for row in rows {
            let name = Corrupt::row("escalation", row.day);
            days.entry(row.day).or_default().escalations = name.count("asked_at", row.asked)?;
        }
        Ok(())
    }

    async fn halves(self, asked: &Asked, days: &[Day]) -> Result<Option<Halves>, StoreError> {
        let Some(split) = Halves::split(days) else { return Ok(None) };
        let rows = sqlx::query!(
            r#"-- stats.halves
            select finished_at >= $6 as "later!",
                percentile_cont(array[0.5, 0.95]) within group (
                    order by extract(epoch from finished_at - started_at)::float8
                ) as "seconds?: Vec<f64>"
            from task
            where project_id = $1 and finished_at >= $2 and finished_at < $3
                and state <> 'cancelled'
                and ($4::text is null or site = $4)
                and ($5::text is null or agent = $5)
            group by 1"#,
            asked.project,
            asked.span.begins(),
            asked.span.ends(),
            asked.site,
            asked.agent,
            midnight(split),
        )
        .fetch_all(self.0.pool())
        .await?;
        let figures = |later: bool| {
            let row = rows.iter().find(|row| row.later == later);
            let (median_seconds, p95_seconds) = times(row.and_then(|row| row.seconds.as_deref()));
            let half = days.iter().filter(|day| (day.day >= split) == later);
            Figures { median_seconds, p95_seconds, ..Figures::sum(half) }
        };
        Ok(Some(Halves { split, first: figures(false), second: figures(true) }))
    }
}

/// The median and the 95th percentile, where there are any.
fn times(seconds: Option<&[f64]>) -> (Option<f64>, Option<f64>) {
    match seconds {
        Some([median, p95]) => (Some(*median), Some(*p95)),
        _ => (None, None),
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}
