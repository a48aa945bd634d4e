//! No embedder: memory is searched by words only.

use async_trait::async_trait;
use domain::ports::{EmbedError, Embedder, EmbeddingModel};

/// Stands where an embedder would, and says why there is none. Its model has no dimensions: whoever
/// knows how to do without asks for that first, and does not report what was said at the start.
#[derive(Debug)]
pub struct Absent {
    model: EmbeddingModel,
    why: String,
}

impl Absent {
    /// No embedder, and why.
    #[must_use]
    pub fn new(why: impl Into<String>) -> Self {
        let model = EmbeddingModel { name: "none".to_owned(), dimensions: 0 };
        Self { model, why: why.into() }
    }
}

#[async_trait]
impl Embedder for Absent {
    fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        Err(EmbedError { message: self.why.clone(), cause: None })
    }
}
