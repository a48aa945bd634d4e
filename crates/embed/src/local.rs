//! all-MiniLM-L6-v2 in this process, on one thread of its own.
//!
//! The arithmetic runs on one thread because that is fastest for short texts, and leaves the other
//! cores to the browsers. Calls queue before it a micro-batch at a time, so a long list does not
//! keep a single text waiting.

mod error;
mod files;
mod net;

pub use error::ModelError;
pub use files::ModelFiles;

use async_trait::async_trait;
use domain::ports::{EmbedError, Embedder, EmbeddingModel};
use net::Net;
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::path::Path;
use std::sync::Arc;
use tokio::sync::oneshot;

/// As stored beside every vector.
const NAME: &str = "all-MiniLM-L6-v2";

/// How long its vectors are.
const DIMENSIONS: usize = 384;

/// Texts computed at once.
const BATCH: usize = 16;

/// The model, loaded.
pub struct Local {
    model: EmbeddingModel,
    net: Arc<Net>,
    /// One thread. It ends when this is dropped.
    thread: ThreadPool,
}

impl std::fmt::Debug for Local {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Local").field("model", &self.model).finish_non_exhaustive()
    }
}

impl Local {
    /// Reads the model from its directory, refusing every file but the ones it was made of.
    ///
    /// # Errors
    /// A file is missing or is another one; the sentence says how to get it.
    pub async fn load(dir: &Path) -> Result<Self, ModelError> {
        let thread = ThreadPoolBuilder::new()
            .num_threads(1)
            .thread_name(|_| "embedder".to_owned())
            // The default would end the process; whoever waits sees that no answer comes.
            .panic_handler(|_| tracing::error!("the sentence transformer panicked"))
            .build()
            .map_err(|cause| ModelError::Broken(cause.into()))?;
        let dir = dir.to_owned();
        let loaded =
            on(&thread, move || ModelFiles::read(&dir).and_then(|files| Net::load(&files)));
        let net = Arc::new(loaded.await.ok_or(ModelError::Panicked)??);
        Ok(Self { model: Self::description(), net, thread })
    }

    /// The model's name and the length of its vectors.
    #[must_use]
    pub fn description() -> EmbeddingModel {
        EmbeddingModel { name: NAME.to_owned(), dimensions: DIMENSIONS }
    }

    async fn compute(&self, batch: Vec<Vec<u32>>) -> Result<Vec<Vec<f32>>, EmbedError> {
        let net = self.net.clone();
        match on(&self.thread, move || net.vectors(&batch)).await {
            Some(Ok(vectors)) => Ok(vectors),
            Some(Err(error)) => Err(failed(error)),
            None => Err(failed(ModelError::Panicked)),
        }
    }
}

#[async_trait]
impl Embedder for Local {
    fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let mut tokens = Vec::with_capacity(texts.len());
        for text in texts {
            tokens.push(self.net.tokens(text).map_err(failed)?);
        }
        let mut vectors = vec![Vec::new(); texts.len()];
        for places in batches(&tokens) {
            let batch = places.iter().map(|place| std::mem::take(&mut tokens[*place])).collect();
            for (place, vector) in places.iter().zip(self.compute(batch).await?) {
                vectors[*place] = vector;
            }
        }
        Ok(vectors)
    }
}

/// Texts of one length go together, so that nothing is padded: a vector does not depend on the
/// texts that it was asked for with.
fn batches(tokens: &[Vec<u32>]) -> Vec<Vec<usize>> {
    let mut places: Vec<usize> = (0..tokens.len()).collect();
    places.sort_by_key(|place| tokens[*place].len());
    places
        .chunk_by(|one, other| tokens[*one].len() == tokens[*other].len())
        .flat_map(|same| same.chunks(BATCH))
        .map(<[usize]>::to_vec)
        .collect()
}

/// Runs the work on the thread; none when it panicked.
async fn on<T: Send + 'static>(
    thread: &ThreadPool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (answer, answered) = oneshot::channel();
    // Whoever asked may have gone in the meantime.
    thread.spawn_fifo(move || drop(answer.send(work())));
    answered.await.ok()
}

fn failed(error: ModelError) -> EmbedError {
    EmbedError { message: "the sentence transformer failed".to_owned(), cause: Some(error.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_one_length_are_computed_together() {
        let tokens = [3, 5, 3, 4, 3].map(|length| vec![0; length]);
        assert_eq!(batches(&tokens), [vec![0, 2, 4], vec![3], vec![1]]);
        assert!(batches(&[]).is_empty());
        let many = vec![vec![0; 7]; BATCH + 1];
        let sizes: Vec<usize> = batches(&many).iter().map(Vec::len).collect();
        assert_eq!(sizes, [BATCH, 1]);
    }

    #[tokio::test]
    async fn work_that_panics_is_an_absent_answer_and_the_thread_goes_on() {
        let builder = ThreadPoolBuilder::new().num_threads(1);
        let thread = builder.panic_handler(|_| ()).build().unwrap();
        assert_eq!(on(&thread, || -> u8 { panic!("on purpose") }).await, None);
        assert_eq!(on(&thread, || 1).await, Some(1));
    }
}
