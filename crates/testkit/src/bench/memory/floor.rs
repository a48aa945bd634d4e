//! The store in this process, and its statements alone.

use super::asked::Asked;
use super::tap::Tap;
use crate::bench::database::Database;
use crate::bench::milliseconds;
use crate::bench::situations::Vectors;
use anyhow::{Result, anyhow, ensure};
use domain::id::ProjectId;
use domain::ports::Memory as _;
use domain::search::{SearchMode, Sought};
use embed::Cached;
use std::num::NonZeroUsize;
use std::sync::Arc;
use store::{MemoryStore, RunSearch, SearchFilter, SearchRequest, Store};
use tokio::time::Instant;

/// Texts are asked about twice in a row.
const CACHED: NonZeroUsize = NonZeroUsize::MIN;

/// A store on one connection that is listened in on.
pub(super) struct Floor {
    store: Store,
    memory: MemoryStore,
    runs: RunSearch,
    project: ProjectId,
    tap: Tap,
}

/// What one question took, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Took {
    /// The store's answer, read.
    pub(super) store: f64,
    /// The same statements alone.
    pub(super) sql: f64,
}

impl Floor {
    pub(super) async fn connect(database: &Database, vectors: &Vectors) -> Result<Self> {
        let tap = Tap::open(database.url()).await?;
        let store = database.store_at(&tap.url, 1).await?;
        let memory = MemoryStore::new(store.clone(), vectors.model());
        let embedder = Arc::new(Cached::new(vectors.model(), CACHED));
        let runs = RunSearch::new(store.clone(), embedder);
        Ok(Self { store, memory, runs, project: database.project, tap })
    }

    /// Asks memory. Once to prepare the statements, and once to be counted.
    pub(super) async fn recall(&self, asked: &Asked) -> Result<Took> {
        let question = asked.question();
        self.memory.recall(self.project, &question).await?;
        self.tap.forget().await?;
        let begun = Instant::now();
        let remembered = self.memory.recall(self.project, &question).await?;
        let store = milliseconds(begun);
        ensure!(!remembered.is_empty(), "nothing is known of {}", asked.situation.text());
        Ok(Took { store, sql: self.tap.repeat().await? })
    }

    /// Searches runs, as many as one page of the answer has.
    pub(super) async fn search(&self, text: &str, limit: u32) -> Result<Took> {
        let request = SearchRequest {
            sought: Sought::read(text).map_err(|why| anyhow!("`{text}` {why}"))?,
            mode: SearchMode::Hybrid,
            filter: SearchFilter::default(),
            limit,
            after: None,
        };
        self.runs.search(self.project, &request).await?;
        self.tap.forget().await?;
        let begun = Instant::now();
        let page = self.runs.search(self.project, &request).await?;
        let store = milliseconds(begun);
        ensure!(page.mode == SearchMode::Hybrid, "it was searched by words only");
        Ok(Took { store, sql: self.tap.repeat().await? })
    }

    pub(super) async fn close(self) {
        self.store.close().await;
    }
}
