//! What fails on a site and nothing gets past: situations without a remedy that works.

use super::Sites;
use crate::error::{Corrupt, StoreError};
use crate::text::clean;
use chrono::{DateTime, TimeDelta, Utc};
use domain::failure::ErrorClass;
use domain::fleet::RECENT_DAYS;
use domain::id::{ProjectId, RunId};
use domain::memory::Situation;
use serde_json::Value;
use uuid::Uuid;

/// How many steps are looked at to count the runs in which they failed.
const COUNTED: i64 = 1000;

/// A failure that nothing is known to get past.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsolved {
    /// What fails.
    pub situation: Situation,
    /// How often it was met.
    pub seen: u64,
    /// When it was met last.
    pub last_seen_at: DateTime<Utc>,
    /// In how many of the runs whose traces are kept a step for this failed so on its page; where more
    /// than a thousand steps did, at least in so many.
    pub runs: u64,
    /// The last of those.
    pub last_run_id: Option<RunId>,
}

impl Sites<'_> {
    /// What fails on a site and nothing gets past: what was met most often in the last days first,
    /// then what was met before.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn unsolved(
        self,
        project: ProjectId,
        site: &str,
        limit: u32,
    ) -> Result<Vec<Unsolved>, StoreError> {
        let site = clean(site);
        let rows = sqlx::query_file_as!(
            Row,
            "queries/site_unsolved.sql",
            project.as_uuid(),
            &*site,
            self.0.clock().now() - TimeDelta::days(RECENT_DAYS.into()),
            i64::from(limit),
            COUNTED,
        )
        .fetch_all(self.0.pool())
        .await?;
        let read = rows.into_iter().map(|row| row.read(&site));
        let read =
            read.filter_map(|it| it.inspect_err(|problem| self.0.note_unreadable(problem)).ok());
        Ok(read.collect())
    }
}

struct Row {
    id: Uuid,
    page: String,
    error_class: String,
    action: String,
    target: Option<Value>,
    intent: String,
    message: String,
    seen: i32,
    last_seen_at: DateTime<Utc>,
    runs: i64,
    last_run_id: Option<Uuid>,
}

impl Row {
    fn read(self, site: &str) -> Result<Unsolved, Corrupt> {
        let name = Corrupt::row("situation", self.id);
        Ok(Unsolved {
            situation: Situation {
                site: site.to_owned(),
                page: self.page,
                class: name.name("error_class", &self.error_class, ErrorClass::from_name)?,
                action: name.json("action", Value::String(self.action))?,
                target: name.optional_json("target", self.target)?,
                intent: self.intent,
                message: self.message,
            },
            seen: name.count("seen", self.seen.into())?,
            last_seen_at: self.last_seen_at,
            runs: name.count("runs", self.runs)?,
            last_run_id: self.last_run_id.map(RunId::from_uuid),
        })
    }
}
