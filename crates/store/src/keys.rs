//! API keys: made, recognised, revoked. The secret is shown once and kept as a hash.

use crate::error::{Corrupt, StoreError};
use crate::secret_key::fill_random;
use crate::store::Store;
use crate::text::clean;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{KeyId, ProjectId};
use domain::key::{ApiKey, Scope};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How much of a secret is shown to recognise it by: `wm_` and six characters.
const PREFIX: usize = 9;

/// How often use is noted: a key that is used a thousand times a second is not a thousand writes.
const USE_NOTED: TimeDelta = TimeDelta::minutes(1);

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// What people call it.
    pub name: String,
    /// What it allows.
    pub scopes: Vec<Scope>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A key that was just made.
#[derive(Clone, PartialEq, Eq)]
pub struct MintedKey {
    /// The key.
    pub key: ApiKey,
    /// What its owner sends; shown once, kept nowhere.
    pub secret: String,
}

impl std::fmt::Debug for MintedKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MintedKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The keys of every project.
#[derive(Debug, Clone, Copy)]
pub struct Keys<'a>(pub(crate) &'a Store);

impl Keys<'_> {
    /// Makes a key.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn mint(self, project: ProjectId, new: NewKey) -> Result<MintedKey, StoreError> {
        let secret = new_secret()?;
        let scopes: Vec<&str> = new.scopes.iter().map(|scope| scope.as_str()).collect();
        let row = sqlx::query_as!(
            KeyRow,
            "-- keys.mint
            insert into api_key (
                id, project_id, name, prefix, secret_hash, scopes, created_at, expires_at
            )
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            returning id, project_id, name, prefix, scopes, created_at, expires_at, last_used_at,
                revoked_at",
            KeyId::new(self.0.clock()).as_uuid(),
            project.as_uuid(),
            &*clean(&new.name),
            &secret[..PREFIX],
            &hash(&secret)[..],
            &scopes as &[&str],
            self.0.clock().now(),
            new.expires_at,
        )
        .fetch_one(self.0.pool())
        .await?;
        Ok(MintedKey { key: row.try_into()?, secret })
    }

    /// The key with this secret, whether it still works or not. Notes that one that works was used.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn find_by_secret(self, secret: &str) -> Result<Option<ApiKey>, StoreError> {
        let row = sqlx::query_as!(
            KeyRow,
            "-- keys.find_by_secret
            select id, project_id, name, prefix, scopes, created_at, expires_at, last_used_at,
                revoked_at
            from api_key
            where secret_hash = $1",
            &hash(secret)[..],
        )
        .fetch_optional(self.0.pool())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let mut key = ApiKey::try_from(row)?;
        let now = self.0.clock().now();
        if key.is_valid_at(now) && key.last_used_at.is_none_or(|last| last <= now - USE_NOTED) {
            self.touch(key.id, now).await?;
            key.last_used_at = Some(now);
        }
        Ok(Some(key))
    }

    async fn touch(self, id: KeyId, now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query!(
            "-- keys.touch
            update api_key set last_used_at = $2 where id = $1",
            id.as_uuid(),
            now,
        )
        .execute(self.0.pool())
        .await?;
        Ok(())
    }

    /// The keys of a project, newest first, revoked ones included.
    ///
    /// # Errors
    /// The database cannot be reached, or a row is corrupt.
    pub async fn list(self, project: ProjectId) -> Result<Vec<ApiKey>, StoreError> {
        let rows = sqlx::query_as!(
            KeyRow,
            "-- keys.list
            select id, project_id, name, prefix, scopes, created_at, expires_at, last_used_at,
                revoked_at
            from api_key
            where project_id = $1
            order by id desc",
            project.as_uuid(),
        )
        .fetch_all(self.0.pool())
        .await?;
        rows.into_iter().map(|row| row.try_into().map_err(StoreError::from)).collect()
    }

    /// Revokes a key. Doing so twice changes nothing more.
    ///
    /// # Errors
    /// The database cannot be reached, or the row is corrupt.
    pub async fn revoke(self, project: ProjectId, id: KeyId) -> Result<Option<ApiKey>, StoreError> {
        let row = sqlx::query_as!(
            KeyRow,
            "-- keys.revoke
            update api_key
            set revoked_at = coalesce(revoked_at, $3)
            where id = $1 and project_id = $2
            returning id, project_id, name, prefix, scopes, created_at, expires_at, last_used_at,
                revoked_at",
            id.as_uuid(),
            project.as_uuid(),
            self.0.clock().now(),
        )
        .fetch_optional(self.0.pool())
        .await?;
        row.map(ApiKey::try_from).transpose().map_err(Into::into)
    }
}

/// `wm_` and 32 random bytes: more than anyone can guess, in characters that a shell leaves alone.
fn new_secret() -> Result<String, StoreError> {
    let mut bytes = [0; 32];
    fill_random(&mut bytes).ok_or(StoreError::NoRandom)?;
    Ok(format!("wm_{}", URL_SAFE_NO_PAD.encode(bytes)))
}

fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

struct KeyRow {
    id: Uuid,
    project_id: Uuid,
    name: String,
    prefix: String,
    scopes: Vec<String>,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = Corrupt;

    fn try_from(row: KeyRow) -> Result<Self, Corrupt> {
        let name = Corrupt::row("api_key", row.id);
        let scopes = row
            .scopes
            .iter()
            .map(|scope| name.name("scopes", scope, Scope::from_name))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id: KeyId::from_uuid(row.id),
            project_id: ProjectId::from_uuid(row.project_id),
            name: row.name,
            prefix: row.prefix,
            scopes,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        })
    }
}
