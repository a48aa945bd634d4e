//! A memory as it is read from its tables.

use super::MemoryCursor;
use crate::error::{Corrupt, StoreError};
use crate::memory::rows::read_remedy;
use chrono::{DateTime, Utc};
use domain::failure::ErrorClass;
use domain::id::{RemedyId, SituationId};
use domain::memory::{Flag, MemoryEntry, Proof, Situation, Trust};
use serde_json::Value;
use serde_json::value::RawValue;
use sqlx::types::Json;
use uuid::Uuid;

pub(super) struct EntryRow {
    pub(super) id: Uuid,
    pub(super) situation_id: Uuid,
    /// The row of `known_remedy`.
    pub(super) remedy: Json<Box<RawValue>>,
    pub(super) created_at: DateTime<Utc>,
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
}

impl TryFrom<EntryRow> for MemoryEntry {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
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
            known: read_remedy(&row.remedy)?,
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
