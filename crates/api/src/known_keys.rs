//! Keys that were looked up a moment ago. Whoever sends a thousand requests a second is recognised
//! once a second, not a thousand times.

use domain::id::KeyId;
use domain::key::ApiKey;
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How many keys are remembered. More are looked up for each request.
const MOST: usize = 10_000;

/// What a key is remembered by: not its secret.
type Hash = [u8; 32];

/// The keys that worked when they were last looked up.
pub(crate) struct KnownKeys {
    known: Mutex<HashMap<Hash, Known>>,
    patience: Duration,
}

struct Known {
    key: ApiKey,
    until: Instant,
}

impl KnownKeys {
    /// Remembers keys for so long: that is how late a revocation by another process takes effect.
    pub(crate) fn new(patience: Duration) -> Self {
        Self { known: Mutex::default(), patience }
    }

    /// The key with this secret, if it is remembered at this time.
    pub(crate) fn find(&self, secret: &str, now: Instant) -> Option<ApiKey> {
        let known = self.lock();
        let known = known.get(&hash(secret))?;
        (now < known.until).then(|| known.key.clone())
    }

    /// Remembers a key that was looked up at this time, or a little later.
    pub(crate) fn remember(&self, secret: &str, key: &ApiKey, now: Instant) {
        let until = now + self.patience;
        let mut known = self.lock();
        if known.len() >= MOST {
            known.retain(|_, known| now < known.until);
        }
        if known.len() < MOST {
            known.insert(hash(secret), Known { key: key.clone(), until });
        }
    }

    /// Forgets a key that was revoked here.
    pub(crate) fn forget(&self, id: KeyId) {
        self.lock().retain(|_, known| known.key.id != id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Hash, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use domain::id::ProjectId;
    use uuid::Uuid;

    fn key(id: u128) -> ApiKey {
        ApiKey {
            id: KeyId::from_uuid(Uuid::from_u128(id)),
            project_id: ProjectId::from_uuid(Uuid::nil()),
            name: "test".into(),
            prefix: "wm_".into(),
            scopes: Vec::new(),
            created_at: DateTime::UNIX_EPOCH,
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
        }
    }

    const MOMENT: Duration = Duration::from_secs(1);

    #[test]
    fn a_key_is_remembered_for_a_moment() {
        let (keys, now) = (KnownKeys::new(MOMENT), Instant::now());
        keys.remember("wm_a", &key(1), now);
        assert_eq!(keys.find("wm_a", now), Some(key(1)));
        assert_eq!(keys.find("wm_b", now), None);
        assert_eq!(keys.find("wm_a", now + MOMENT), None);
    }

    #[test]
    fn a_revoked_key_is_forgotten_at_once() {
        let (keys, now) = (KnownKeys::new(MOMENT), Instant::now());
        keys.remember("wm_a", &key(1), now);
        keys.remember("wm_b", &key(2), now);
        keys.forget(key(1).id);
        assert_eq!(keys.find("wm_a", now), None);
        assert_eq!(keys.find("wm_b", now), Some(key(2)));
    }

    #[test]
    fn old_keys_make_room_for_new_ones() {
        let (keys, now) = (KnownKeys::new(MOMENT), Instant::now());
        for n in 0..MOST {
            keys.remember(&format!("wm_{n}"), &key(1), now);
        }
        keys.remember("wm_new", &key(2), now);
        assert_eq!(keys.find("wm_new", now), None);
        let later = now + MOMENT;
        keys.remember("wm_new", &key(2), later);
        assert_eq!(keys.find("wm_new", later), Some(key(2)));
    }
}
