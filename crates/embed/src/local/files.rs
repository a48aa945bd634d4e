//! The files of the model, by digest: whoever published them, these are the ones we looked at.

use super::ModelError;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;

/// A file and its SHA-256; the same as set-up's.
type Pin = (&'static str, &'static str);

const WEIGHTS: Pin =
    ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db");
const TOKENIZER: Pin =
    ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037");
const CONFIG: Pin =
    ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41");

/// The contents of the model's files, and each of them the right one.
pub struct ModelFiles {
    pub(super) weights: Vec<u8>,
    pub(super) tokenizer: Vec<u8>,
    pub(super) config: Vec<u8>,
}

impl std::fmt::Debug for ModelFiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ModelFiles")
    }
}

impl ModelFiles {
    /// Reads the files and compares their digests.
    ///
    /// # Errors
    /// One is missing, cannot be read, or is another one.
    pub fn read(dir: &Path) -> Result<Self, ModelError> {
        // The small ones first: an incomplete directory is told from them at once.
        let config = read(dir, CONFIG)?;
        let tokenizer = read(dir, TOKENIZER)?;
        Ok(Self { weights: read(dir, WEIGHTS)?, tokenizer, config })
    }
}

fn read(dir: &Path, (name, expected): Pin) -> Result<Vec<u8>, ModelError> {
    let path = dir.join(name);
    let content = match std::fs::read(&path) {
        Ok(content) => content,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(ModelError::Missing { path });
        }
        Err(cause) => return Err(ModelError::Unreadable { path, cause }),
    };
    let found = hex(&Sha256::digest(&content));
    if found == expected {
        return Ok(content);
    }
    Err(ModelError::Refused { path, expected, found })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
