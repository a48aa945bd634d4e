//! Screenshots, snapshots and downloads, without their bytes.

use chrono::{DateTime, Utc};
use domain::artifact::ArtifactKind;
use domain::id::{ArtifactId, RunId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An artifact of a run. `GET /v1/artifacts/{id}` has its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Artifact {
    /// Its id.
    pub id: ArtifactId,
    /// The run it belongs to.
    pub run_id: RunId,
    /// The number of the step it belongs to.
    pub step: u32,
    /// What it is.
    pub kind: ArtifactKind,
    /// Its name: of a download the file's, of a screenshot the one the plan gave.
    pub name: Option<String>,
    /// As in `image/png`.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
}

impl From<domain::artifact::Artifact> for Artifact {
    fn from(artifact: domain::artifact::Artifact) -> Self {
        let domain::artifact::Artifact {
            id,
            run_id,
            step,
            kind,
            name,
            media_type,
            bytes,
            created_at,
        } = artifact;
        Self { id, run_id, step, kind, name, media_type, bytes, created_at }
    }
}
