//! What memory had to do without since this process began: for people who ask how it is.

use crate::store::Store;
use async_trait::async_trait;
use domain::ports::{EmbedError, Embedder, EmbeddingModel};
use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The counts, shared by everything over one store.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    unreadable: AtomicU64,
    failed_embeddings: AtomicU64,
}

/// What memory had to do without since this process began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Trouble {
    /// Remedies, situations, passages and runs that were skipped, because an older or newer version
    /// wrote them.
    pub unreadable: u64,
    /// Calls for embeddings that failed: what was asked for or stored then is found by words only,
    /// until it is embedded later.
    pub failed_embeddings: u64,
}

impl Troubles {
    fn note_failed_embedding(&self) {
        self.failed_embeddings.fetch_add(1, Ordering::Relaxed);
    }
}

impl Store {
    /// Counts, and logs, what is skipped.
    pub(crate) fn note_unreadable(&self, what: &dyn Display) {
        self.troubles().unreadable.fetch_add(1, Ordering::Relaxed);
        tracing::warn!("what cannot be read is skipped: {what}");
    }

    /// What memory had to do without since this process began.
    #[must_use]
    pub fn memory_trouble(&self) -> Trouble {
        let troubles = self.troubles();
        Trouble {
            unreadable: troubles.unreadable.load(Ordering::Relaxed),
            failed_embeddings: troubles.failed_embeddings.load(Ordering::Relaxed),
        }
    }
}

/// An embedder whose failures are counted. One that was turned off does not fail.
pub(super) struct Counted {
    pub(super) inner: Arc<dyn Embedder>,
    pub(super) store: Store,
}

#[async_trait]
impl Embedder for Counted {
    fn model(&self) -> &EmbeddingModel {
        self.inner.model()
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let embedded = self.inner.embed(texts).await;
        let is_there = self.model().dimensions > 0;
        if is_there && embedded.as_ref().map_or(true, |vectors| vectors.len() != texts.len()) {
            self.store.troubles().note_failed_embedding();
        }
        embedded
    }
}
