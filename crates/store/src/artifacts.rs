//! Artifacts: screenshots, snapshots and downloads.

use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use chrono::{DateTime, Utc};
use domain::artifact::{Artifact, ArtifactKind};
use domain::id::{ArtifactId, ProjectId, RunId};
use uuid::Uuid;

/// The artifacts of every project.
#[derive(Debug, Clone, Copy)]
pub struct Artifacts<'a>(pub(crate) &'a Store);

impl Artifacts<'_> {
    /// One artifact and its bytes.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn find(
        self,
        project: ProjectId,
        id: ArtifactId,
    ) -> Result<Option<(Artifact, Vec<u8>)>, StoreError> {
        let row = sqlx::query!(
            r#"-- artifacts.find
            select artifact.id, run_id, step, kind, artifact.name, media_type, content,
                created_at, octet_length(content) as "bytes!"
            from artifact
            join run on run.id = artifact.run_id
            where artifact.id = $1 and run.project_id = $2"#,
            id.as_uuid(),
            project.as_uuid(),
        )
        .fetch_optional(self.0.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let artifact = ArtifactRow {
            id: row.id,
            run_id: row.run_id,
            step: row.step,
            kind: row.kind,
            name: row.name,
            media_type: row.media_type,
            bytes: row.bytes,
            created_at: row.created_at,
        };
        Ok(Some((artifact.try_into()?, row.content)))
    }

    /// The artifacts of a run, in the order of its steps, without their bytes.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list(self, project: ProjectId, run: RunId) -> Result<Vec<Artifact>, StoreError> {
        self.of_steps(project, run, 0..u32::MAX).await
    }

    /// The artifacts of some steps of a run.
    pub(crate) async fn of_steps(
        self,
        project: ProjectId,
        run: RunId,
        steps: std::ops::Range<u32>,
    ) -> Result<Vec<Artifact>, StoreError> {
        let rows = sqlx::query_as!(
            ArtifactRow,
            r#"-- artifacts.list
            select artifact.id, run_id, step, kind, artifact.name, media_type, created_at,
                octet_length(content) as "bytes!"
            from artifact
            join run on run.id = artifact.run_id
            where run_id = $1 and run.project_id = $2 and step >= $3 and step < $4
            order by step, artifact.id"#,
            run.as_uuid(),
            project.as_uuid(),
            i32::try_from(steps.start).unwrap_or(i32::MAX),
            i32::try_from(steps.end).unwrap_or(i32::MAX),
        )
        .fetch_all(self.0.pool())
        .await?;
        rows.into_iter().map(|row| row.try_into().map_err(StoreError::from)).collect()
    }
}

struct ArtifactRow {
    id: Uuid,
    run_id: Uuid,
    step: i32,
    kind: String,
    name: Option<String>,
    media_type: String,
    bytes: i32,
    created_at: DateTime<Utc>,
}

impl TryFrom<ArtifactRow> for Artifact {
    type Error = Corrupt;

    fn try_from(row: ArtifactRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("artifact", row.id);
        Ok(Self {
            id: ArtifactId::from_uuid(row.id),
            run_id: RunId::from_uuid(row.run_id),
            step: name.number("step", row.step)?,
            kind: name.name("kind", &row.kind, ArtifactKind::from_name)?,
            name: row.name,
            media_type: row.media_type,
            bytes: name.number("content", row.bytes)?.into(),
            created_at: row.created_at,
        })
    }
}
