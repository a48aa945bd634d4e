//! API keys and what they allow.

use crate::id::{KeyId, ProjectId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a key allows.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
pub enum Scope {
    /// Submit and cancel tasks.
    #[serde(rename = "tasks:write")]
    TasksWrite,
    /// See tasks and their events.
    #[serde(rename = "tasks:read")]
    TasksRead,
    /// See runs, steps, artifacts and questions, and what was learnt from them.
    #[serde(rename = "traces:read")]
    TracesRead,
    /// Answer the questions of agents, and mark memories as wrong. Both are remembered as a human's
    /// word, so this is apart from `tasks:write`, which programs have.
    #[serde(rename = "escalations:answer")]
    EscalationsAnswer,
    /// Ask memory for advice, and report what became of it: all that an agent outside needs.
    #[serde(rename = "memory:ask")]
    MemoryAsk,
    /// Make, list and revoke keys, and say how long the project keeps things.
    #[serde(rename = "keys:admin")]
    KeysAdmin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 6] = [
        Self::TasksWrite,
        Self::TasksRead,
        Self::TracesRead,
        Self::EscalationsAnswer,
        Self::MemoryAsk,
        Self::KeysAdmin,
    ];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TasksWrite => "tasks:write",
            Self::TasksRead => "tasks:read",
            Self::TracesRead => "traces:read",
            Self::EscalationsAnswer => "escalations:answer",
            Self::MemoryAsk => "memory:ask",
            Self::KeysAdmin => "keys:admin",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A key without its secret, of which only a hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// Whose it is.
    pub project_id: ProjectId,
    /// What people call it.
    pub name: String,
    /// How its secret begins, to recognise it by.
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

impl ApiKey {
    /// Whether it works at a time.
    #[must_use]
    pub fn is_valid_at(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    /// Whether it allows something.
    #[must_use]
    pub fn allows(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }
}
