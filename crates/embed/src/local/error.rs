//! Why there is no model.

use std::path::PathBuf;

/// Why there is no model.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file is not there.
    #[error(
        "there is no {}: `cargo xtask setup` brings the model; elsewhere, name the directory it is \
         in with --model-dir (WAYMARK_MODEL_DIR)",
        path.display()
    )]
    Missing {
        /// Which.
        path: PathBuf,
    },
    /// A file cannot be read.
    #[error("{} cannot be read", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// A file is another one than this program was written for.
    #[error(
        "{} has the digest {found} instead of {expected}, so it is refused: remove its directory \
         and run `cargo xtask setup`",
        path.display()
    )]
    Refused {
        /// Which.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// The files are right and still do not make a model, or the arithmetic failed.
    #[error("the sentence transformer does not work here")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A bug in the arithmetic.
    #[error("the sentence transformer panicked; the log says where")]
    Panicked,
}

impl ModelError {
    /// Whether set-up was simply not done.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}
