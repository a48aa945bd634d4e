//! What a question means, as a vector; and why there is none.

use crate::problem::chain;
use domain::ports::Embedder;
use std::sync::Arc;
use std::time::Duration;
use telemetry::spans;
use tracing::Instrument as _;

/// How long the embedding may take: an agent in trouble is waiting, and words alone help as well.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is said of an answer without a vector.
const WITHOUT: &str = "asked by its exact key and by words only, not by meaning";

/// The vector of a text, or what is said where there is none.
pub(super) async fn embed(
    embedder: Option<&Arc<dyn Embedder>>,
    text: String,
) -> Result<Vec<f32>, String> {
    // That there is none at all was said when the process started.
    let embedder = embedder.filter(|it| it.model().dimensions > 0).ok_or(WITHOUT)?;
    let texts = [text];
    let model = embedder.model();
    let span = spans::embeddings(&model.name, model.dimensions);
    let vectors = embedder.embed(&texts).instrument(span.clone());
    let vectors = tokio::time::timeout(PATIENCE, vectors).await;
    if !matches!(vectors, Ok(Ok(_))) {
        spans::fails(&span, "no_embedding");
    }
    match vectors {
        Ok(Ok(mut vectors)) if vectors.len() == 1 => Ok(vectors.remove(0)),
        Ok(Ok(vectors)) => {
            tracing::warn!("one question has {} embeddings", vectors.len());
            Err(WITHOUT.to_owned())
        }
        Ok(Err(error)) => {
            tracing::warn!(error = chain(&error), "a question cannot be embedded");
            Err(WITHOUT.to_owned())
        }
        Err(_) => {
            tracing::warn!("a question cannot be embedded: it took too long");
            Err(WITHOUT.to_owned())
        }
    }
}
