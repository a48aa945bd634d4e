//! Things too large for a step: screenshots, snapshots, downloads.

use crate::id::{ArtifactId, RunId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an artifact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ArtifactKind {
    /// A picture of the page.
    Screenshot,
    /// The page's interactive elements, as JSON.
    Snapshot,
    /// A file the page gave.
    Download,
}

impl ArtifactKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Screenshot, Self::Snapshot, Self::Download];

    /// The name as it stands in JSON and SQL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Screenshot => "screenshot",
            Self::Snapshot => "snapshot",
            Self::Download => "download",
        }
    }

    /// Reads the name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A new artifact of a step.
#[derive(Clone, PartialEq, Eq)]
pub struct NewArtifact {
    /// Its id.
    pub id: ArtifactId,
    /// What it is.
    pub kind: ArtifactKind,
    /// Its name: of a download the file's, of a screenshot the one the plan gave.
    pub name: Option<String>,
    /// As in `image/png`.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for NewArtifact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewArtifact")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

/// An artifact without its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Its id.
    pub id: ArtifactId,
    /// The run it belongs to.
    pub run_id: RunId,
    /// The step it belongs to.
    pub step: u32,
    /// What it is.
    pub kind: ArtifactKind,
    /// Its name.
    pub name: Option<String>,
    /// As in `image/png`.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
}
