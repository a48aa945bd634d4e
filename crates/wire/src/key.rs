//! API keys.

use crate::time;
use chrono::{DateTime, Utc};
use domain::id::KeyId;
use domain::invalid::{Faults, Invalid};
use domain::key::Scope;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use utoipa::ToSchema;

const NAME_CHARS: usize = 100;

/// A key to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "nightly runs", "scopes": ["tasks:write", "tasks:read"] }))]
pub struct CreateKey {
    /// What people call it.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub name: String,
    /// What it allows.
    #[schema(value_type = BTreeSet<Scope>, min_items = 1, max_items = 6)]
    pub scopes: Vec<Scope>,
    /// When it stops working; never when left out.
    #[serde(default, deserialize_with = "time::optional", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

impl CreateKey {
    /// The same key, if it makes sense at this time.
    ///
    /// # Errors
    /// Every fault, each with the path of its field.
    pub fn check(self, now: DateTime<Utc>) -> Result<Self, Vec<Invalid>> {
        let mut faults = Faults::default();
        let length = self.name.chars().count();
        if self.name.trim().is_empty() || length > NAME_CHARS || self.name.contains('\0') {
            faults.add("name", "must have between 1 and 100 characters");
        }
        if self.scopes.is_empty() {
            faults.add("scopes", "must name at least one scope");
        }
        let distinct: BTreeSet<&Scope> = self.scopes.iter().collect();
        if distinct.len() < self.scopes.len() {
            faults.add("scopes", "must not name a scope twice");
        }
        if self.expires_at.is_some_and(|end| end <= now) {
            faults.add("expires_at", "must be in the future");
        }
        faults.finish(Some(self))
    }
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// What people call it.
    pub name: String,
    /// How its secret begins, to recognise it by.
    #[schema(example = "wm_4fGk")]
    pub prefix: String,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl From<domain::key::ApiKey> for ApiKey {
    fn from(key: domain::key::ApiKey) -> Self {
        let domain::key::ApiKey {
            id,
            project_id: _,
            name,
            prefix,
            scopes,
            created_at,
            expires_at,
            last_used_at,
            revoked_at,
        } = key;
        Self { id, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at }
    }
}

/// A new key with its secret, which is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedKey {
    /// The key.
    pub key: ApiKey,
    /// What to send as `Authorization: Bearer …`. Only a hash of it is kept.
    #[schema(example = "wm_4fGkPq0dJb7hXo2mYcV1sT")]
    pub secret: String,
}

impl fmt::Debug for CreatedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedKey").field("key", &self.key).finish_non_exhaustive()
    }
}
