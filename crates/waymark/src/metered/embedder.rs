//! How long embeddings take.

use async_trait::async_trait;
use domain::ports::{EmbedError, Embedder, EmbeddingModel};
use std::sync::Arc;
use telemetry::metrics;
use tokio::time::Instant;

/// An embedder that is timed.
pub(crate) struct MeteredEmbedder(pub(crate) Arc<dyn Embedder>);

#[async_trait]
impl Embedder for MeteredEmbedder {
    fn model(&self) -> &EmbeddingModel {
        self.0.model()
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let begun = Instant::now();
        let embedded = self.0.embed(texts).await;
        let error = embedded.as_ref().err().map(|_| "embedding_failed");
        metrics().embedded(error, begun.elapsed());
        embedded
    }
}
