//! Secrets at rest: XChaCha20-Poly1305 under one key of the installation, bound to their owner.
//!
//! A sealed blob is `1 | nonce (24) | ciphertext and tag`; the leading byte names this layout. The
//! id of the task or escalation is associated data, so a blob copied to another row does not open.

use crate::error::StoreError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use rand::TryRng;
use rand::rngs::SysRng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use uuid::Uuid;

const LAYOUT: u8 = 1;
const NONCE: usize = 24;

/// The key that the secrets of tasks are encrypted with. Every process of an installation needs the
/// same one.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum SecretKeyError {
    /// The text is not a key.
    #[error("a secret key is 32 random bytes in base64, as `openssl rand -base64 32` makes them")]
    NotAKey,
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    NoRandom,
    /// The key file cannot be used.
    #[error("the key file {} cannot be read or made", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The key file holds something else.
    #[error("the key file {} does not hold 32 bytes in base64", path.display())]
    NotAKeyFile {
        /// Which.
        path: PathBuf,
    },
    /// Others may read the key file.
    #[error("the key file {} can be read by other users: run `chmod 600` on it", path.display())]
    Exposed {
        /// Which.
        path: PathBuf,
    },
}

/// The secrets of a task do not open: another key, another task's blob, or damage; the cipher does
/// not tell which.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "its secrets do not open with the secret key of this worker: every process needs the key that \
     they were encrypted with"
)]
pub(crate) struct DoesNotOpen;

impl SecretKey {
    /// Reads a key from base64.
    ///
    /// # Errors
    /// It is not 32 bytes in base64.
    pub fn from_base64(text: &str) -> Result<Self, SecretKeyError> {
        let bytes = STANDARD.decode(text.trim()).map_err(|_| SecretKeyError::NotAKey)?;
        bytes.try_into().map(Self).map_err(|_| SecretKeyError::NotAKey)
    }

    /// Makes a key.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn generate() -> Result<Self, SecretKeyError> {
        let mut bytes = [0; 32];
        fill_random(&mut bytes).ok_or(SecretKeyError::NoRandom)?;
        Ok(Self(bytes))
    }

    /// Reads the key from a file, or makes both. Two processes that start at once agree on one key.
    ///
    /// # Errors
    /// The file cannot be read or made, is open to others, or holds something else.
    pub fn load_or_create(path: &Path) -> Result<Self, SecretKeyError> {
        let failed = |cause| SecretKeyError::File { path: path.to_owned(), cause };
        if let Some(key) = load(path)? {
            return Ok(key);
        }
        create(path, &Self::generate()?).map_err(failed)?;
        load(path)?.ok_or_else(|| failed(ErrorKind::NotFound.into()))
    }

    /// Encrypts secrets of a task or an escalation.
    pub(crate) fn seal(
        &self,
        owner: Uuid,
        secrets: &impl Serialize,
    ) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE];
        fill_random(&mut nonce).ok_or(StoreError::NoRandom)?;
        let plain = serde_json::to_vec(secrets).map_err(|_| StoreError::NotSealed)?;
        let payload = Payload { msg: &plain, aad: owner.as_bytes() };
        let sealed = self
            .cipher()
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| StoreError::NotSealed)?;
        let mut blob = Vec::with_capacity(1 + NONCE + sealed.len());
        blob.push(LAYOUT);
        blob.extend_from_slice(&nonce);
        blob.extend_from_slice(&sealed);
        Ok(blob)
    }

    /// Decrypts what was sealed for this owner.
    pub(crate) fn open<T: DeserializeOwned>(
        &self,
        owner: Uuid,
        blob: &[u8],
    ) -> Result<T, DoesNotOpen> {
        let (&[LAYOUT], rest) = blob.split_first_chunk().ok_or(DoesNotOpen)? else {
            return Err(DoesNotOpen);
        };
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(DoesNotOpen)?;
        let payload = Payload { msg: sealed, aad: owner.as_bytes() };
        let plain =
            self.cipher().decrypt(XNonce::from_slice(nonce), payload).map_err(|_| DoesNotOpen)?;
        serde_json::from_slice(&plain).map_err(|_| DoesNotOpen)
    }

    /// A hash that only a holder of the key can compute. What is hashed is of one length, so
    /// hashing the key before it is enough.
    pub(crate) fn keyed_hash(&self, hash: &[u8; 32]) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"waymark")
            .chain_update(self.0)
            .chain_update(hash)
            .finalize()
            .into()
    }

    /// What tells this key from another one and says nothing about either.
    pub(crate) fn mark(&self) -> [u8; 32] {
        self.keyed_hash(&Sha256::digest(b"waymark: the mark of a secret key, 1").into())
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(Key::from_slice(&self.0))
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey")
    }
}

/// Fills the buffer from the system's own source.
pub(crate) fn fill_random(buffer: &mut [u8]) -> Option<()> {
    SysRng.try_fill_bytes(buffer).ok()
}

fn load(path: &Path) -> Result<Option<SecretKey>, SecretKeyError> {
    let failed = |cause| SecretKeyError::File { path: path.to_owned(), cause };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(SecretKeyError::Exposed { path: path.to_owned() });
    }
    SecretKey::from_base64(&text)
        .map(Some)
        .map_err(|_| SecretKeyError::NotAKeyFile { path: path.to_owned() })
}

/// Writes a file of its own, then links it to its name: whoever comes second finds the first one's
/// key, and nobody ever reads half a key.
fn create(path: &Path, key: &SecretKey) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut draft = tempfile::Builder::new().prefix(".secret-key-").make_in(folder, |path| {
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
    })?;
    writeln!(draft, "{}", STANDARD.encode(key.0))?;
    draft.as_file().sync_all()?;
    match std::fs::hard_link(draft.path(), path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    type Secrets = BTreeMap<String, String>;

    fn task(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn secrets() -> Secrets {
        BTreeMap::from([("password".to_owned(), "hunter2-ü".to_owned())])
    }

    #[test]
    fn a_keyed_hash_needs_the_key() {
        let (ours, theirs) = (SecretKey([1; 32]), SecretKey([2; 32]));
        assert_eq!(ours.keyed_hash(&[7; 32]), ours.keyed_hash(&[7; 32]));
        assert_ne!(ours.keyed_hash(&[7; 32]), ours.keyed_hash(&[8; 32]));
        assert_ne!(ours.keyed_hash(&[7; 32]), theirs.keyed_hash(&[7; 32]));
    }

    #[test]
    fn the_mark_of_a_key_is_its_own_and_not_the_key() {
        let (ours, theirs) = (SecretKey([1; 32]), SecretKey([2; 32]));
        assert_eq!(ours.mark(), SecretKey([1; 32]).mark());
        assert_ne!(ours.mark(), theirs.mark());
        assert_ne!(ours.mark(), ours.0);
    }

    #[test]
    fn what_was_sealed_opens_and_does_not_show() {
        let key = SecretKey::generate().unwrap();
        let blob = key.seal(task(1), &secrets()).unwrap();
        assert!(!blob.windows(7).any(|window| window == b"hunter2"));
        assert_eq!(key.open::<Secrets>(task(1), &blob).unwrap(), secrets());
        assert_ne!(blob, key.seal(task(1), &secrets()).unwrap(), "same nonce");
    }

    #[test]
    fn another_key_another_task_or_damage_is_refused() {
        let key = SecretKey::generate().unwrap();
        let other = SecretKey::generate().unwrap();
        let mut blob = key.seal(task(1), &secrets()).unwrap();
        let open = |key: &SecretKey, owner, blob: &[u8]| key.open::<Secrets>(owner, blob);
        assert_eq!(open(&other, task(1), &blob), Err(DoesNotOpen));
        assert_eq!(open(&key, task(2), &blob), Err(DoesNotOpen));
        *blob.last_mut().unwrap() ^= 1;
        assert_eq!(open(&key, task(1), &blob), Err(DoesNotOpen));
        assert_eq!(open(&key, task(1), &blob[..20]), Err(DoesNotOpen));
        assert_eq!(open(&key, task(1), &[]), Err(DoesNotOpen));
    }

    #[test]
    fn a_key_file_is_made_once_and_only_for_us() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/secret.key");
        let keys: Vec<SecretKey> = std::thread::scope(|scope| {
            let racers: Vec<_> =
                (0..8).map(|_| scope.spawn(|| SecretKey::load_or_create(&path).unwrap())).collect();
            racers.into_iter().map(|racer| racer.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| key.0 == keys[0].0));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let entries = std::fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(entries, 1, "a draft was left behind");
    }

    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        SecretKey::load_or_create(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = SecretKey::load_or_create(&path).unwrap_err();
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }

    #[test]
    fn what_is_not_a_key_is_refused_without_being_repeated() {
        for text in ["", "c2hvcnQ=", "not base64 at all"] {
            let error = SecretKey::from_base64(text).unwrap_err();
            assert!(matches!(error, SecretKeyError::NotAKey));
        }
        let key = SecretKey::from_base64(&STANDARD.encode([7; 32])).unwrap();
        assert_eq!(format!("{key:?}"), "SecretKey");
    }
}
