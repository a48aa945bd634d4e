//! How each site is: read from the few rows that runs of a day add up to, from what waits for a human
//! there, and from what memory says about it.

mod unsolved;

pub use unsolved::Unsolved;

use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use crate::text::clean;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use domain::fleet::{
    BEFORE_DAYS, Period, Questions, RECENT_DAYS, SiteFacts, SiteHealth, Span, site_health,
};
use domain::id::ProjectId;
use domain::memory::GIVEN_UP_DAYS;

/// A site, what it is judged by, and what happened there in all.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteOverview {
    /// Its name.
    pub site: String,
    /// What it is judged by.
    pub facts: SiteFacts,
    /// How it is.
    pub health: SiteHealth,
    /// Runs that ended there.
    pub runs: u64,
    /// Those of them that reached their goal.
    pub succeeded: u64,
    /// Those that did not.
    pub failed: u64,
    /// Remedies that have proved themselves there.
    pub patterns: u64,
    /// The first day on which a run ended.
    pub first_day: Option<NaiveDate>,
    /// The last one.
    pub last_day: Option<NaiveDate>,
}

/// What the runs of one day on a site add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteDay {
    /// Which day.
    pub day: NaiveDate,
    /// Runs that ended.
    pub runs: u64,
    /// What became of them and of their failures.
    pub period: Period,
    /// Steps that began with what memory knows to work.
    pub foreseen: u64,
}

/// The sites of every project.
#[derive(Debug, Clone, Copy)]
pub struct Sites<'a>(pub(crate) &'a Store);

impl Sites<'_> {
    /// Every site of a project on which a run has ended or waits, by name.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list(self, project: ProjectId) -> Result<Vec<SiteOverview>, StoreError> {
        self.overviews(project, None).await
    }

    /// One site.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn find(
        self,
        project: ProjectId,
        site: &str,
    ) -> Result<Option<SiteOverview>, StoreError> {
        Ok(self.overviews(project, Some(&clean(site))).await?.pop())
    }

    /// The days of a site on which a run ended, first day first.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn days(
        self,
        project: ProjectId,
        site: &str,
        span: Span,
    ) -> Result<Vec<SiteDay>, StoreError> {
        let rows = sqlx::query!(
            r#"-- sites.days
            select day, sum(runs) as "runs!", sum(succeeded) as "succeeded!",
                sum(failed) as "failed!", sum(failures) as "failures!",
                sum(overcome) as "overcome!", sum(foreseen) as "foreseen!"
            from site_day
            where project_id = $1 and site = $2 and day between $3 and $4
            group by day
            order by day"#,
            project.as_uuid(),
            &*clean(site),
            span.since,
            span.until,
        )
        .fetch_all(self.0.pool())
        .await?;
        let days = rows.into_iter().map(|row| {
            let name = Corrupt::row("site_day", row.day);
            Ok(SiteDay {
                day: row.day,
                runs: name.count("runs", row.runs)?,
                period: Period {
                    succeeded: name.count("succeeded", row.succeeded)?,
                    failed: name.count("failed", row.failed)?,
                    failures: name.count("failures", row.failures)?,
                    overcome: name.count("overcome", row.overcome)?,
                },
                foreseen: name.count("foreseen", row.foreseen)?,
            })
        });
        days.collect()
    }

    async fn overviews(
        self,
        project: ProjectId,
        site: Option<&str>,
    ) -> Result<Vec<SiteOverview>, StoreError> {
        let now = self.0.clock().now();
        let back = |days: u32| {
            let today = now.date_naive();
            today.checked_sub_days(Days::new(days.into())).unwrap_or(NaiveDate::MIN)
        };
        let rows = sqlx::query_file_as!(
            OverviewRow,
            "queries/site_facts.sql",
            project.as_uuid(),
            site,
            back(RECENT_DAYS),
            back(RECENT_DAYS + BEFORE_DAYS),
            now - TimeDelta::days(RECENT_DAYS.into()),
            now - TimeDelta::days(GIVEN_UP_DAYS),
        )
        .fetch_all(self.0.pool())
        .await?;
        rows.into_iter().map(|row| Ok(row.read(now)?)).collect()
    }
}

struct OverviewRow {
    site: String,
    runs: i64,
    succeeded: i64,
    failed: i64,
    recent_succeeded: i64,
    recent_failed: i64,
    recent_failures: i64,
    recent_overcome: i64,
    before_succeeded: i64,
    before_failed: i64,
    before_failures: i64,
    before_overcome: i64,
    first_day: Option<NaiveDate>,
    last_day: Option<NaiveDate>,
    open: i64,
    oldest: Option<DateTime<Utc>>,
    patterns: i64,
    lapsed: i64,
    given_up: i64,
}

impl OverviewRow {
    fn read(self, now: DateTime<Utc>) -> Result<SiteOverview, Corrupt> {
        let name = Corrupt::row("site_day", &self.site);
        let recent = Period {
            succeeded: name.count("succeeded", self.recent_succeeded)?,
            failed: name.count("failed", self.recent_failed)?,
            failures: name.count("failures", self.recent_failures)?,
            overcome: name.count("overcome", self.recent_overcome)?,
        };
        let before = Period {
            succeeded: name.count("succeeded", self.before_succeeded)?,
            failed: name.count("failed", self.before_failed)?,
            failures: name.count("failures", self.before_failures)?,
            overcome: name.count("overcome", self.before_overcome)?,
        };
        let questions = Questions { open: name.count("open", self.open)?, oldest: self.oldest };
        let facts = SiteFacts {
            questions,
            recent,
            before,
            lapsed: name.count("lapsed", self.lapsed)?,
            given_up: name.count("given_up", self.given_up)?,
        };
        Ok(SiteOverview {
            health: site_health(&facts, now),
            facts,
            runs: name.count("runs", self.runs)?,
            succeeded: name.count("succeeded", self.succeeded)?,
            failed: name.count("failed", self.failed)?,
            patterns: name.count("patterns", self.patterns)?,
            first_day: self.first_day,
            last_day: self.last_day,
            site: self.site,
        })
    }
}
