//! What is known of a site when a run begins there, in one query.

use super::MemoryStore;
use super::rows::{RememberedRow, action_name, target_key};
use crate::error::{Corrupt, StoreError};
use crate::text::clean;
use chrono::{DateTime, NaiveTime, Utc};
use domain::id::ProjectId;
use domain::memory::{SiteMemory, WorkingLocator};
use domain::plan::{ActionName, TargetForm};
use serde_json::Value;
use uuid::Uuid;

impl MemoryStore {
    pub(super) async fn site_memory(
        &self,
        project: ProjectId,
        site: &str,
        targets: &[(ActionName, TargetForm)],
    ) -> Result<SiteMemory, StoreError> {
        let actions: Vec<&str> = targets.iter().map(|(action, _)| action_name(*action)).collect();
        let keys: Vec<Uuid> = targets.iter().map(|(_, target)| target_key(Some(target))).collect();
        let row = sqlx::query_file!(
            "queries/memory_site.sql",
            project.as_uuid(),
            &*clean(site),
            &actions as &[&str],
            &keys,
            midnight(self.store.clock().now()),
        )
        .fetch_one(self.store.pool())
        .await?;
        let name = Corrupt::row("project", project);
        let situations: Vec<RememberedRow> = name.json("situations", row.situations)?;
        let mut situations = self.read(situations);
        for remembered in &mut situations {
            remembered.exact = true;
        }
        let working: Vec<Value> = name.json("working", row.working)?;
        let working = working.into_iter().filter_map(|it| self.read_working(it)).collect();
        Ok(SiteMemory { working, situations, heals_today: name.number("heals", row.heals_today)? })
    }

    fn read_working(&self, value: Value) -> Option<WorkingLocator> {
        let read = Corrupt::row("working_locator", "of a site").json("fingerprint", value);
        read.inspect_err(|problem| self.note_unreadable(problem)).ok()
    }
}

/// When the day of this moment began, in UTC.
fn midnight(now: DateTime<Utc>) -> DateTime<Utc> {
    now.date_naive().and_time(NaiveTime::MIN).and_utc()
}
