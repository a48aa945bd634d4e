//! A memory as it is read from its tables.

use super::MemoryCursor;
use crate::error::{Corrupt, StoreError};
use chrono::{DateTime, Utc};
use domain::failure::ErrorClass;
use domain::id::{RemedyId, RunId, SituationId};
use domain::memory::{Flag, KnownRemedy, MemoryEntry, Origin, Proof, Remedy, Situation, Trust};
use serde_json::Value;
use uuid::Uuid;

pub(super) struct EntryRow {
    pub(super) id: Uuid,
    pub(super) situation_id: Uuid,
    pub(super) content: Value,
    pub(super) origin_run_id: Uuid,
    pub(super) origin_step: i32,
    pub(super) created_at: DateTime<Utc>,
    pub(super) trust: String,
    pub(super) worked: i32,
    pub(super) failed: i32,
    pub(super) unverified: i32,
    pub(super) runs: i32,
    pub(super) agents: i32,
    pub(super) last_worked_at: Option<DateTime<Utc>>,
    pub(super) last_failed_at: Option<DateTime<Utc>>,
    pub(super) changed_at: DateTime<Utc>,
    pub(super) site: String,
    pub(super) page: String,
    pub(super) error_class: String,
    pub(super) action: String,
    pub(super) target: Option<Value>,
    pub(super) intent: String,
    pub(super) message: String,
    pub(super) seen: i32,
    pub(super) last_seen_at: DateTime<Utc>,
    pub(super) why: Option<String>,
    pub(super) by: Option<String>,
    pub(super) at: Option<DateTime<Utc>>,
}

/// Another remedy of the same situation, as far as taking a place goes.
pub(super) struct SiblingRow {
    pub(super) id: Uuid,
    pub(super) situation_id: Uuid,
    pub(super) trust: String,
    pub(super) last_worked_at: DateTime<Utc>,
}

impl EntryRow {
    pub(super) fn cursor(&self) -> MemoryCursor {
        MemoryCursor { changed_at: self.changed_at, id: RemedyId::from_uuid(self.id) }
    }

    fn proof(&self) -> Result<Proof, Corrupt> {
        let name = Corrupt::row("remedy", self.id);
        Ok(Proof {
            worked: name.number("worked", self.worked)?,
            failed: name.number("failed", self.failed)?,
            unverified: name.number("unverified", self.unverified)?,
            runs: name.number("runs", self.runs)?,
            agents: name.number("agents", self.agents)?,
            last_worked_at: self.last_worked_at,
            last_failed_at: self.last_failed_at,
        })
    }
}

impl TryFrom<EntryRow> for MemoryEntry {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        let name = Corrupt::row("remedy", row.id);
        let proof = row.proof()?;
        let remedy: Remedy = name.json("content", row.content)?;
        let step = name.number("origin_step", row.origin_step)?;
        let situation = Corrupt::row("situation", row.situation_id);
        Ok(Self {
            situation_id: SituationId::from_uuid(row.situation_id),
            situation: Situation {
                site: row.site,
                page: row.page,
                class: situation.name("error_class", &row.error_class, ErrorClass::from_name)?,
                action: situation.json("action", Value::String(row.action))?,
                target: situation.optional_json("target", row.target)?,
                intent: row.intent,
                message: row.message,
            },
            known: KnownRemedy {
                id: RemedyId::from_uuid(row.id),
                remedy,
                trust: name.name("trust", &row.trust, Trust::from_name)?,
                proof,
                origin: Origin { run_id: RunId::from_uuid(row.origin_run_id), step },
            },
            since: row.created_at,
            changed_at: row.changed_at,
            seen: situation.number("seen", row.seen)?,
            last_seen_at: row.last_seen_at,
            flag: row.why.zip(row.by).zip(row.at).map(|((reason, by), at)| Flag { reason, by, at }),
            superseded_by: None,
        })
    }
}

impl SiblingRow {
    pub(super) fn read(self) -> Result<(RemedyId, Trust, Proof), StoreError> {
        let name = Corrupt::row("remedy", self.id);
        let trust = name.name("trust", &self.trust, Trust::from_name)?;
        let proof = Proof { last_worked_at: Some(self.last_worked_at), ..Proof::default() };
        Ok((RemedyId::from_uuid(self.id), trust, proof))
    }
}
