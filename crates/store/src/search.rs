//! Search: runs by what went wrong in them and what they were after, in whatever words.
//!
//! ```text
//! question ──▶ terms ──▶ words (index of words, or the newest runs) ─┐
//!          └─▶ meaning ─▶ graph, or one by one ──────────────────────┴▶ weigh ──▶ hits ──▶ runs
//! ```
//!
//! Two roads bring candidates, each at its own pace, filters applied on the way; what they have in common
//! with the question is then measured one by one, and `domain::search` says whether that is enough. A passage stands in
//! many runs, a run is found once, by the passage that fits best.

mod columns;
mod filter;
mod hits;
mod index;
mod lag;
mod meaning;
mod terms;
mod weigh;
mod words;

pub(crate) use columns::PassageColumns;
pub use filter::SearchFilter;
pub(crate) use index::{embed, empty, open_runs, sweep, waiting, write_run};
pub use lag::SearchLag;

use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use domain::id::ProjectId;
use domain::ports::Embedder;
use domain::run::Run;
use domain::search::{Passage, Score, SearchMode, Sought};
use filter::Bound;
use hits::Hit;
use pgvector::HalfVector;
use sqlx::Postgres;
use sqlx::pool::PoolConnection;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use terms::Terms;
use uuid::Uuid;
use weigh::Candidate;

/// How many passages each road brings at most.
const CANDIDATES: i64 = 100;

/// What to search for, and which page of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchRequest {
    /// What is looked for.
    pub sought: Sought,
    /// How.
    pub mode: SearchMode,
    /// Among which runs.
    pub filter: SearchFilter,
    /// At most how many.
    pub limit: u32,
    /// After which; from the best on without it.
    pub after: Option<SearchCursor>,
}

impl SearchRequest {
    /// How it is searched: a page as the one before it was, since what words come to and what both come
    /// to cannot be compared.
    fn how(&self) -> SearchMode {
        self.after.map_or(self.mode, |before| before.mode)
    }
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchCursor {
    /// How it was searched.
    pub mode: SearchMode,
    /// The score of its last run.
    pub score: Score,
    /// Its last run.
    pub run: Uuid,
}

/// One page of the runs that were found, best first.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchPage {
    /// What is on it.
    pub items: Vec<FoundRun>,
    /// Where the next one begins; `None` on the last.
    pub next: Option<SearchCursor>,
    /// How it was searched: by words alone where the meaning of the question could not be had.
    pub mode: SearchMode,
}

/// A run, and where it fits what is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundRun {
    /// The run.
    pub run: Run,
    /// How well it fits.
    pub score: Score,
    /// What fits.
    pub matched: Matched,
}

/// The part of a run that fits what is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Matched {
    /// The number of the step; `None` where it is the run itself.
    pub seq: Option<u32>,
    /// Its words.
    pub passage: Passage,
    /// Whether the run got past the step's failure; of the run itself, past any failure.
    pub healed: bool,
}

/// Why a search has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The meaning of the question cannot be had right now.
    #[error("the meaning of the question cannot be had: there is no embedding")]
    NoMeaning,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The search over runs.
#[derive(Clone)]
pub struct RunSearch {
    store: Store,
    embedder: Option<Arc<dyn Embedder>>,
}

impl std::fmt::Debug for RunSearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RunSearch")
    }
}

impl RunSearch {
    /// A search by words and, with this embedder's model, by meaning.
    #[must_use]
    pub fn new(store: Store, embedder: Arc<dyn Embedder>) -> Self {
        Self { store, embedder: Some(embedder) }
    }

    /// A search by words alone.
    #[must_use]
    pub fn by_words(store: Store) -> Self {
        Self { store, embedder: None }
    }

    /// One page of the runs of a project that fit.
    ///
    /// # Errors
    /// The database cannot be reached, or the meaning that alone was asked for cannot be had.
    pub async fn search(
        &self,
        project: ProjectId,
        request: &SearchRequest,
    ) -> Result<SearchPage, SearchError> {
        let bound = Bound::of(project, &request.filter)?;
        // The words are looked up while the meaning is still computed.
        let ((terms, said), (meaning, near)) =
            tokio::try_join!(self.said(&bound, request), self.near(&bound, request))?;
        let mode = match (request.how(), &meaning) {
            (SearchMode::Hybrid, None) => SearchMode::Text,
            (mode, _) => mode,
        };
        let ids: BTreeSet<Uuid> = said.into_iter().chain(near).collect();
        let asked = Asked { bound: &bound, sought: &request.sought, mode, meaning };
        let mut connection = self.connection().await?;
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let weighed = weigh::weigh(&mut connection, &asked, &terms, &ids).await?;
        let candidates = self.readable(weighed);
        let hits = hits::list(&mut connection, &bound, &candidates, request).await?;
        drop(connection);
        let (items, last) = self.page(project, request.limit, candidates, hits).await?;
        let next = last.map(|(score, run)| SearchCursor { mode, score, run });
        Ok(SearchPage { items, next, mode })
    }

    /// Those that can be read, best first.
    fn readable(&self, weighed: Vec<Result<Candidate, Corrupt>>) -> Vec<Candidate> {
        let read = weighed
            .into_iter()
            .filter_map(|it| it.inspect_err(|problem| self.store.note_unreadable(problem)).ok());
        let mut candidates: Vec<Candidate> = read.collect();
        candidates.sort_by(|a, b| b.score.cmp(&a.score).then(a.id.cmp(&b.id)));
        candidates
    }

    async fn connection(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        Ok(self.store.pool().acquire().await?)
    }

    /// The road of words: what they are, and where they stand. A phrase must occur, whatever else is
    /// asked.
    async fn said(
        &self,
        bound: &Bound,
        request: &SearchRequest,
    ) -> Result<(Terms, Vec<Uuid>), SearchError> {
        let connection = &mut *self.connection().await?;
        let terms = Terms::of(connection, &request.sought).await?;
        let said = if !request.sought.phrases.is_empty() || request.how().asks_words() {
            words::find(connection, bound, &terms).await?
        } else {
            Vec::new()
        };
        Ok((terms, said))
    }

    /// The road of meaning: what it is, and what is near to it.
    async fn near(
        &self,
        bound: &Bound,
        request: &SearchRequest,
    ) -> Result<(Option<Meaning>, Vec<Uuid>), SearchError> {
        let meaning = self.meaning(request).await;
        // What began with meaning does not go on without.
        let needed = request.mode == SearchMode::Semantic || request.after.is_some();
        if meaning.is_none() && needed && request.how().asks_meaning() {
            return Err(SearchError::NoMeaning);
        }
        let near = match meaning.as_ref().filter(|_| request.sought.phrases.is_empty()) {
            Some(meaning) => meaning::find(&mut *self.connection().await?, bound, meaning).await?,
            None => Vec::new(),
        };
        Ok((meaning, near))
    }

    /// The meaning of the question, if it is asked for and can be had.
    async fn meaning(&self, request: &SearchRequest) -> Option<Meaning> {
        let embedder = self.embedder.as_ref().filter(|_| request.how().asks_meaning())?;
        if embedder.model().dimensions == 0 {
            return None;
        }
        let texts = [request.sought.meaning.clone()];
        match embedder.embed(&texts).await {
            Ok(vectors) => {
                let vector = HalfVector::from_f32_slice(vectors.first()?);
                Some(Meaning { model: embedder.model().name.clone(), vector })
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "{error}");
                None
            }
        }
    }

    async fn page(
        &self,
        project: ProjectId,
        limit: u32,
        candidates: Vec<Candidate>,
        mut hits: Vec<Hit>,
    ) -> Result<(Vec<FoundRun>, Option<(Score, Uuid)>), StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = hits.len() > limit;
        hits.truncate(limit);
        let last = hits.last().filter(|_| more);
        let last = last.map(|hit| (hit.score, hit.run));
        let ids: Vec<Uuid> = hits.iter().map(|hit| hit.run).collect();
        let runs = self.store.runs().find_all(project, &ids).await?;
        let mut runs: HashMap<Uuid, Run> =
            runs.into_iter().map(|run| (run.id.as_uuid(), run)).collect();
        let known: HashMap<Uuid, Passage> =
            candidates.into_iter().map(|candidate| (candidate.id, candidate.passage)).collect();
        let items = hits.into_iter().filter_map(|hit| {
            let passage = known.get(&hit.text)?.clone();
            let matched = Matched { seq: hit.seq, passage, healed: hit.healed };
            // One that was removed a moment ago is not there any more, nor is one that cannot be read.
            Some(FoundRun { run: runs.remove(&hit.run)?, score: hit.score, matched })
        });
        Ok((items.collect(), last))
    }
}

/// A vector and the model it is of.
struct Meaning {
    model: String,
    vector: HalfVector,
}

/// What candidates are held against.
struct Asked<'a> {
    bound: &'a Bound,
    sought: &'a Sought,
    mode: SearchMode,
    meaning: Option<Meaning>,
}
