//! What is remembered, one by one, for people: lists, a single memory, and what they mark as wrong.

mod flags;
mod row;

use crate::error::StoreError;
use crate::store::Store;
use crate::text::clean_option;
use chrono::{DateTime, Utc};
use domain::failure::ErrorClass;
use domain::id::{ProjectId, RemedyId};
use domain::memory::{
    Approach, MemoryEntry, MemoryState, Proof, Tactic, Trust, Voucher, superseded_by,
};
use row::{EntryRow, SiblingRow};
use std::collections::HashMap;
use uuid::Uuid;

/// Which memories. Everything given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryFilter {
    /// Of this site.
    pub site: Option<String>,
    /// Of this page, with whatever query unless one is given.
    pub page: Option<String>,
    /// Of failures of this class.
    pub error_class: Option<ErrorClass>,
    /// With this tactic.
    pub tactic: Option<Tactic>,
    /// That this one vouches for.
    pub trust: Option<Voucher>,
    /// In one of these states; in any when empty.
    pub states: Vec<MemoryState>,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryCursor {
    /// When its last memory had changed.
    pub changed_at: DateTime<Utc>,
    /// Which one that was.
    pub id: RemedyId,
}

/// Which page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemoryRequest {
    /// At most how many.
    pub limit: u32,
    /// After which; from the start without it.
    pub after: Option<MemoryCursor>,
}

/// One page of memories, last change first.
#[derive(Debug, Clone, PartialEq)]
pub struct MemoryPage {
    /// What is on it.
    pub items: Vec<MemoryEntry>,
    /// Where the next one begins; `None` on the last.
    pub next: Option<MemoryCursor>,
}

/// What every project remembers.
#[derive(Debug, Clone, Copy)]
pub struct Memories<'a>(pub(crate) &'a Store);

impl Memories<'_> {
    /// What a project remembers, last change first. One that changes while somebody goes through the
    /// pages moves to the front. What another version wrote and cannot be read is left out.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn list(
        self,
        project: ProjectId,
        filter: &MemoryFilter,
        request: &MemoryRequest,
    ) -> Result<MemoryPage, StoreError> {
        let mut rows = self.rows(project, None, filter, request).await?;
        let limit = usize::try_from(request.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(EntryRow::cursor);
        let read = rows.into_iter().map(MemoryEntry::try_from);
        let items = read.filter_map(|entry| {
            entry.inspect_err(|problem| tracing::warn!("a memory is left out: {problem}")).ok()
        });
        let mut items: Vec<_> = items.collect();
        self.supersede(&mut items).await?;
        Ok(MemoryPage { items, next })
    }

    /// One memory.
    ///
    /// # Errors
    /// The database cannot be reached, or another version wrote it and it cannot be read.
    pub async fn find(
        self,
        project: ProjectId,
        id: RemedyId,
    ) -> Result<Option<MemoryEntry>, StoreError> {
        let request = MemoryRequest { limit: 1, after: None };
        let mut rows = self.rows(project, Some(id), &MemoryFilter::default(), &request).await?;
        let Some(row) = rows.pop() else { return Ok(None) };
        let mut entries = vec![MemoryEntry::try_from(row)?];
        self.supersede(&mut entries).await?;
        Ok(entries.pop())
    }

    /// The agents for which a memory worked.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn agents(self, project: ProjectId, id: RemedyId) -> Result<Vec<String>, StoreError> {
        let agents = sqlx::query_scalar!(
            "-- memories.agents
            select distinct agent
            from remedy_mark
            where remedy_id = $1 and project_id = $2 and verdict = 'worked'
            order by agent
            limit 100",
            id.as_uuid(),
            project.as_uuid(),
        )
        .fetch_all(self.0.pool())
        .await?;
        Ok(agents)
    }

    async fn rows(
        self,
        project: ProjectId,
        id: Option<RemedyId>,
        filter: &MemoryFilter,
        request: &MemoryRequest,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let approaches = filter
            .tactic
            .map(|tactic| tactic.approaches().map(Approach::as_str).collect::<Vec<_>>());
        // One state by itself is a range of an index.
        let (one, several) = match &filter.states[..] {
            [] => (None, None),
            [one] => (Some(one.as_str()), None),
            more => (None, Some(more.iter().map(|state| state.as_str()).collect::<Vec<_>>())),
        };
        let rows = sqlx::query_file_as!(
            EntryRow,
            "queries/memory_entries.sql",
            project.as_uuid(),
            id.map(RemedyId::as_uuid),
            clean_option(filter.site.as_ref()),
            clean_option(filter.page.as_ref()),
            filter.error_class.map(ErrorClass::as_str),
            approaches.as_deref() as Option<&[&str]>,
            filter.trust.map(Voucher::as_str),
            one,
            several.as_deref() as Option<&[&str]>,
            request.after.map(|after| after.changed_at),
            request.after.map(|after| after.id.as_uuid()),
            i64::from(request.limit) + 1,
        )
        .fetch_all(self.0.pool())
        .await?;
        Ok(rows)
    }

    /// Says of each that failed last what has taken its place: one query for all of them.
    async fn supersede(self, entries: &mut [MemoryEntry]) -> Result<(), StoreError> {
        let failed = entries.iter().filter(|entry| entry.known.proof.ended_in_failure());
        let situations: Vec<Uuid> = failed.map(|entry| entry.situation_id.as_uuid()).collect();
        if situations.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query_as!(
            SiblingRow,
            r#"-- memories.siblings
            select id as "id!", situation_id as "situation_id!", trust as "trust!",
                last_worked_at as "last_worked_at!"
            from known_remedy
            where situation_id = any ($1) and last_worked_at is not null"#,
            &situations,
        )
        .fetch_all(self.0.pool())
        .await?;
        let mut siblings: HashMap<Uuid, Vec<(RemedyId, Trust, Proof)>> = HashMap::new();
        for row in rows {
            siblings.entry(row.situation_id).or_default().push(row.read()?);
        }
        for entry in entries {
            let siblings = siblings.get(&entry.situation_id.as_uuid()).into_iter().flatten();
            let others = siblings.map(|(id, trust, proof)| (*id, *trust, proof));
            entry.superseded_by = superseded_by(entry.known.id, &entry.known.proof, others);
        }
        Ok(())
    }
}
