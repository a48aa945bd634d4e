//! Any embedder, with a memory for texts: what is asked twice is computed once, even at once.

use async_trait::async_trait;
use domain::ports::{EmbedError, Embedder, EmbeddingModel};
use lru::LruCache;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Texts stand for themselves by digest: they may be long.
type Key = [u8; 32];
type Vector = Arc<[f32]>;

/// How a call for texts ended: `None` while it runs, then why it failed if it did. A call that was
/// dropped closes its channel without a word.
type Ending = Option<Result<(), String>>;

/// An embedder with a cache before it.
pub struct Cached {
    inner: Arc<dyn Embedder>,
    state: Mutex<State>,
}

struct State {
    known: LruCache<Key, Vector>,
    /// Texts that are being computed, each with the end of the call that does so.
    flying: HashMap<Key, watch::Receiver<Ending>>,
}

impl std::fmt::Debug for Cached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cached").field("model", self.inner.model()).finish_non_exhaustive()
    }
}

impl Cached {
    /// Puts a cache for this many texts before an embedder.
    #[must_use]
    pub fn new(inner: Arc<dyn Embedder>, texts: NonZeroUsize) -> Self {
        let state = State { known: LruCache::new(texts), flying: HashMap::new() };
        Self { inner, state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sorts what is still wanted: found now, computed by others, or ours to compute from now on.
    fn sort<'a>(&'a self, wanted: &mut Wanted<'_>) -> (Flight<'a>, Vec<watch::Receiver<Ending>>) {
        let (ending, ended) = watch::channel(None);
        let mut flight = Flight { cache: self, ending, keys: Vec::new() };
        let mut others = Vec::new();
        let mut state = self.state();
        for key in wanted.texts.keys() {
            if wanted.found.contains_key(key) {
                continue;
            }
            if let Some(vector) = state.known.get(key) {
                wanted.found.insert(*key, vector.clone());
            } else if let Some(other) = state.flying.get(key) {
                others.push(other.clone());
            } else {
                state.flying.insert(*key, ended.clone());
                flight.keys.push(*key);
            }
        }
        drop(state);
        (flight, others)
    }
}

/// The texts of a call, each once, and their vectors as far as they are known.
struct Wanted<'a> {
    texts: HashMap<Key, &'a String>,
    found: HashMap<Key, Vector>,
}

/// A call on its way. Dropped before its end, it leaves its texts to whoever waits for them.
struct Flight<'a> {
    cache: &'a Cached,
    ending: watch::Sender<Ending>,
    keys: Vec<Key>,
}

impl Flight<'_> {
    async fn fly(&self, wanted: &mut Wanted<'_>) -> Result<(), EmbedError> {
        let texts: Vec<String> = self.keys.iter().map(|key| wanted.texts[key].clone()).collect();
        let vectors = match self.cache.inner.embed(&texts).await {
            Ok(vectors) => vectors,
            Err(error) => {
                self.ending.send_replace(Some(Err(error.message.clone())));
                return Err(error);
            }
        };
        if vectors.len() != texts.len() {
            let message = format!("{} vectors came for {} texts", vectors.len(), texts.len());
            return Err(EmbedError { message, cause: None });
        }
        let mut state = self.cache.state();
        for (key, vector) in self.keys.iter().zip(vectors) {
            let vector = Vector::from(vector);
            state.known.put(*key, vector.clone());
            wanted.found.insert(*key, vector);
        }
        drop(state);
        self.ending.send_replace(Some(Ok(())));
        Ok(())
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut state = self.cache.state();
        for key in &self.keys {
            state.flying.remove(key);
        }
    }
}

#[async_trait]
impl Embedder for Cached {
    fn model(&self) -> &EmbeddingModel {
        self.inner.model()
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, EmbedError> {
        let keys: Vec<Key> = texts.iter().map(|text| Sha256::digest(text).into()).collect();
        let each_once = keys.iter().copied().zip(texts).collect();
        let mut wanted = Wanted { texts: each_once, found: HashMap::new() };
        while wanted.found.len() < wanted.texts.len() {
            let (flight, others) = self.sort(&mut wanted);
            // Ours first: two calls that wait for each other's texts both get somewhere.
            if !flight.keys.is_empty() {
                flight.fly(&mut wanted).await?;
            }
            drop(flight);
            for mut other in others {
                await_end(&mut other).await?;
            }
        }
        Ok(keys.iter().map(|key| wanted.found[key].to_vec()).collect())
    }
}

/// Waits for another call. If it failed, so have we: its trouble is not asked for again by each of
/// those who waited.
async fn await_end(other: &mut watch::Receiver<Ending>) -> Result<(), EmbedError> {
    match other.wait_for(Option::is_some).await.as_deref() {
        Ok(Some(Err(message))) => Err(EmbedError { message: message.clone(), cause: None }),
        _ => Ok(()),
    }
}
