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
    /// What it works with.
    pub database: Database,
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
