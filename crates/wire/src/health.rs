//! Whether the service lives, and whether it can work.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The process lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: String,
}

/// The service can answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Ready {
    /// Always `ready`; anything else is a problem with status 503.
    #[schema(example = "ready")]
    pub status: String,
    /// What it works with; told to those who have an API key only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Database>,
    /// How far memory is behind the traces.
    pub memory: MemoryLag,
    /// How far search is behind the traces.
    pub search: SearchLag,
}

/// How far memory is behind the traces: what one run found out is advice for the others when memory
/// has learnt from it, usually within a tenth of a second after its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MemoryLag {
    /// Runs that have ended and are not learnt from yet.
    #[schema(example = 0)]
    pub behind: i64,
    /// How long ago the first of them ended, in seconds.
    pub behind_seconds: Option<i64>,
    /// Situations that are found by their words only, because they are not embedded yet.
    #[schema(example = 0)]
    pub not_embedded: i64,
    /// Calls for embeddings that failed since this process began; what they were for was asked or
    /// stored by words only.
    #[serde(default)]
    #[schema(example = 0)]
    pub failed_embeddings: u64,
    /// What this process skipped since it began, because another version wrote it and this one
    /// cannot read it.
    #[serde(default)]
    #[schema(example = 0)]
    pub unreadable: u64,
}

/// How far search is behind the traces: failed steps are found by their words at once; by meaning, and
/// runs by their goals, a moment later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SearchLag {
    /// What waits to be indexed: texts of failed steps and of runs without a vector, and runs that
    /// have ended and are not found by their goal yet.
    #[schema(example = 0)]
    pub waiting: i64,
    /// How long the first of them has been waiting, in seconds.
    pub oldest_seconds: Option<i64>,
}

/// The database behind the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Database {
    /// The version of Postgres.
    #[schema(example = "18.4")]
    pub postgres: String,
    /// The version of pgvector.
    #[schema(example = "0.8.5")]
    pub pgvector: String,
}
