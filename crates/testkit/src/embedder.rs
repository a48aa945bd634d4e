//! Embedders of tests: one without a model, for which texts that share words are near each other and
//! which can be told to fail; and the real one.

use async_trait::async_trait;
use domain::ports::{EmbedError, Embedder, EmbeddingModel};
use embed::Local;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Names the folder of the model that set-up installs.
const MODEL_VARIABLE: &str = "WAYMARK_MODEL_DIR";

/// The model that set-up installs, for tests in which the meaning matters.
///
/// # Panics
/// It is not there.
#[expect(clippy::expect_used, reason = "a model that is missing fails the test")]
#[expect(clippy::disallowed_methods, reason = "a test has no settings")]
pub async fn local() -> Arc<dyn Embedder> {
    let dir = std::env::var(MODEL_VARIABLE);
    let dir = dir.expect("WAYMARK_MODEL_DIR is not set: run the tests with `cargo xtask test`");
    Arc::new(Local::load(Path::new(&dir)).await.expect("the model can be loaded"))
}

/// Counts the words of a text into a vector, each at a place of its own. Clones fail together.
#[derive(Debug, Clone)]
pub struct WordEmbedder {
    model: EmbeddingModel,
    fails: Arc<AtomicBool>,
    texts: Arc<AtomicUsize>,
}

impl WordEmbedder {
    /// As long as the vectors of the default model.
    #[must_use]
    pub fn new() -> Self {
        Self::named("words", 384)
    }

    /// With a model of this name and length.
    #[must_use]
    pub fn named(name: &str, dimensions: usize) -> Self {
        Self {
            model: EmbeddingModel { name: name.to_owned(), dimensions },
            fails: Arc::default(),
            texts: Arc::default(),
        }
    }

    /// From now on it fails, or does not any more.
    pub fn fail(&self, fails: bool) {
        self.fails.store(fails, Ordering::Relaxed);
    }

    /// How many texts it has embedded.
    #[must_use]
    pub fn texts(&self) -> usize {
        self.texts.load(Ordering::Relaxed)
    }

    /// The vector of a text.
    #[must_use]
    pub fn vector(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0_f32; self.model.dimensions];
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let hash = word.to_lowercase().bytes().fold(5381_usize, |hash, byte| {
                hash.wrapping_mul(33).wrapping_add(usize::from(byte))
            });
            vector[hash % self.model.dimensions] += 1.0;
        }
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        if length == 0.0 {
            vector[0] = 1.0;
            return vector;
        }
        vector.into_iter().map(|number| number / length).collect()
    }
}

impl Default for WordEmbedder {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Embedder for WordEmbedder {
    fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(EmbedError { message: "told to fail".to_owned(), cause: None });
        }
        self.texts.fetch_add(texts.len(), Ordering::Relaxed);
        Ok(texts.iter().map(|text| self.vector(text)).collect())
    }
}
