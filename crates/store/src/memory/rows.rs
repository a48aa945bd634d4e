//! Situations and remedies as they are read. One that cannot be read any more is skipped: it was
//! written by another version, and the rest of memory is as good as before.

use super::MemoryStore;
use crate::error::{Corrupt, StoreError};
use chrono::{DateTime, Utc};
use domain::failure::ErrorClass;
use domain::id::{RecallId, RemedyId, RunId, SituationId};
use domain::memory::{KnownRemedy, Origin, Proof, Remedy, Remembered, Situation, Trust};
use domain::plan::{ActionName, TargetForm};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use sqlx::types::Json;
use uuid::Uuid;

/// A row of the view `remembered`.
#[derive(Deserialize)]
pub(super) struct RememberedRow {
    pub(super) id: Uuid,
    pub(super) site: String,
    pub(super) page: String,
    pub(super) error_class: String,
    pub(super) action: String,
    pub(super) target: Option<Value>,
    pub(super) intent: String,
    pub(super) message: String,
    pub(super) seen: i32,
    pub(super) last_seen_at: DateTime<Utc>,
    pub(super) remedies: Json<Vec<Box<RawValue>>>,
}

/// One of its remedies. Its proof stands beside these, and its content is read by itself: a tree of
/// values between the text and what it says would be most of what reading forty situations costs.
#[derive(Deserialize)]
struct RemedyRow<'a> {
    id: Uuid,
    #[serde(borrow)]
    content: &'a RawValue,
    origin_run_id: Uuid,
    origin_step: u32,
    origin_reported: bool,
    trust: String,
}

impl MemoryStore {
    /// The rows that can be read.
    pub(super) fn read(&self, rows: Vec<RememberedRow>) -> Vec<Remembered> {
        let read = rows.into_iter().map(|row| self.read_one(row));
        read.filter_map(|row| row.inspect_err(|problem| self.note_unreadable(problem)).ok())
            .collect()
    }

    fn read_one(&self, row: RememberedRow) -> Result<Remembered, StoreError> {
        let name = Corrupt::row("situation", row.id);
        let remedies = row.remedies.0.iter().map(|remedy| read_remedy(remedy));
        let remedies = remedies
            .filter_map(|it| it.inspect_err(|problem| self.note_unreadable(problem)).ok())
            .collect();
        Ok(Remembered {
            id: SituationId::from_uuid(row.id),
            situation: Situation {
                site: row.site,
                page: row.page,
                class: name.name("error_class", &row.error_class, ErrorClass::from_name)?,
                action: name.json("action", Value::String(row.action))?,
                target: name.optional_json("target", row.target)?,
                intent: row.intent,
                message: row.message,
            },
            exact: false,
            similarity: None,
            fused: 0.0,
            seen: name.number("seen", row.seen)?,
            last_seen_at: row.last_seen_at,
            remedies,
        })
    }
}

pub(super) fn read_remedy(text: &RawValue) -> Result<KnownRemedy, StoreError> {
    let situation = Corrupt::row("situation", "with a remedy");
    let row: RemedyRow<'_> = situation.text("remedies", text)?;
    let proof: Proof = situation.text("remedies", text)?;
    let name = Corrupt::row("remedy", row.id);
    let remedy: Remedy = name.text("content", row.content)?;
    if !remedy.parses() {
        return Err(name.column("content", "actions that cannot be carried out").into());
    }
    Ok(KnownRemedy {
        id: RemedyId::from_uuid(row.id),
        remedy,
        trust: name.name("trust", &row.trust, Trust::from_name)?,
        proof,
        origin: if row.origin_reported {
            Origin::Report { recall_id: RecallId::from_uuid(row.origin_run_id) }
        } else {
            Origin::Run { run_id: RunId::from_uuid(row.origin_run_id), step: row.origin_step }
        },
    })
}

/// The name of an action as it stands in JSON and SQL.
pub(super) fn action_name(action: ActionName) -> &'static str {
    action.as_str()
}

/// A target as one comparable value: nil for none. Forms have a fixed order of fields, so equal
/// ones have equal texts.
pub(super) fn target_key(target: Option<&TargetForm>) -> Uuid {
    let text = target.and_then(|target| serde_json::to_string(target).ok());
    text.map_or(Uuid::nil(), |text| hash(&[&text]))
}

/// An id made of texts, told apart by their lengths.
pub(super) fn hash(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
