//! Learning: an ended run is distilled once, in one transaction.

use super::MemoryStore;
use super::facts;
use super::forget::forgotten;
use super::write::{Lesson, write, write_beside};
use crate::error::{Corrupt, StoreError};
use crate::store::Store;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{ProjectId, RunId};
use pgvector::HalfVector;
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// How many runs one call distils at most.
const BATCH: i64 = 50;

/// How far memory is behind the traces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lag {
    /// Runs that ended and are not distilled yet.
    pub runs: i64,
    /// How long ago the oldest of them ended.
    pub oldest: Option<TimeDelta>,
    /// Situations that have no embedding yet.
    pub unembedded: i64,
}

impl Store {
    /// How far memory is behind the traces.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn memory_lag(&self) -> Result<Lag, StoreError> {
        let row = sqlx::query!(
            r#"-- memory.lag
            select count(*) as "runs!", min(ended_at) as oldest,
                (select count(*) from situation where not embedded) as "unembedded!"
            from run
            where ended_at is not null and distilled_at is null"#,
        )
        .fetch_one(self.pool())
        .await?;
        let now = self.clock().now();
        Ok(Lag {
            runs: row.runs,
            oldest: row.oldest.map(|ended| now - ended),
            unembedded: row.unembedded,
        })
    }
}

impl MemoryStore {
    /// How far memory is behind the traces.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn lag(&self) -> Result<Lag, StoreError> {
        self.store.memory_lag().await
    }

    /// Distils a run, if it has ended and was not distilled before. Whether it did. One that cannot be
    /// learnt from is not tried again and again, which would keep later ones, and what waits for all to
    /// be learnt from, for ever; `reindex` will.
    pub(super) async fn learn_run(&self, run: RunId) -> Result<bool, StoreError> {
        match self.try_to_learn(run).await {
            Err(error) => self.skip(run, &lasting(run, error)?).await,
            learnt => learnt,
        }
    }

    async fn try_to_learn(&self, run: RunId) -> Result<bool, StoreError> {
        let Some(ended) = facts::load(&self.store, run).await? else { return Ok(false) };
        let mut lesson = Lesson::of(&ended);
        self.embed_lesson(&mut lesson).await?;
        let mut transaction = self.store.pool().begin().await?;
        take_turns(&mut transaction, ended.project, &ended.facts.site).await?;
        let now = self.store.clock().now();
        let first = mark_distilled(&mut transaction, run, now).await?;
        if first {
            let gone = forgotten(&mut transaction, &ended, &lesson).await?;
            lesson.forget(&ended, &gone);
            write(&mut transaction, &ended, &lesson).await?;
            write_beside(&mut transaction, &ended, &lesson, now).await?;
        }
        transaction.commit().await?;
        if first {
            self.embed_passages(Some(run)).await?;
        }
        Ok(first)
    }

    /// Distils what is left, oldest first; how many runs.
    pub(super) async fn learn_batch(&self) -> Result<usize, StoreError> {
        let runs = sqlx::query_scalar!(
            "-- memory.undistilled
            select id
            from run
            where ended_at is not null and distilled_at is null
            order by ended_at, id
            limit $1",
            BATCH,
        )
        .fetch_all(self.store.pool())
        .await?;
        let mut learnt = 0;
        for run in runs {
            match self.learn_run(RunId::from_uuid(run)).await {
                Ok(true) => learnt += 1,
                Ok(false) => {}
                // The database is away: it will be asked again.
                Err(error) if error.is_unavailable() => return Err(error),
                // One run that cannot be learnt from does not keep the others from it.
                Err(error) => tracing::error!(%run, %error, "a run cannot be learnt from"),
            }
        }
        Ok(learnt)
    }

    /// A run that nothing is made of, as if all had been.
    async fn skip(&self, run: RunId, problem: &Corrupt) -> Result<bool, StoreError> {
        self.note_unreadable(problem);
        let mut connection = self.store.pool().acquire().await?;
        mark_distilled(&mut connection, run, self.store.clock().now()).await
    }

    /// Embeds the texts that memory has no vector of yet. When there is none to be had, the lesson
    /// is written without.
    async fn embed_lesson(&self, lesson: &mut Lesson) -> Result<(), StoreError> {
        let known = self.known_vectors(lesson).await?;
        let mut texts: Vec<String> = lesson
            .texts()
            .filter(|(id, text)| known.get(id) != Some(*text))
            .map(|(_, text)| text.clone())
            .collect();
        texts.sort_unstable();
        texts.dedup();
        let Some(vectors) = self.embed(&texts).await else { return Ok(()) };
        let vectors: HashMap<String, HalfVector> = texts.into_iter().zip(vectors).collect();
        lesson.give(self.model(), vectors);
        Ok(())
    }

    /// The texts of its situations and its goal that have a vector.
    async fn known_vectors(&self, lesson: &Lesson) -> Result<HashMap<Uuid, String>, StoreError> {
        let ids: Vec<Uuid> = lesson.texts().map(|(id, _)| id).collect();
        let rows = sqlx::query!(
            r#"-- memory.known_vectors
            select id as "id!", text as "text!" from situation where id = any ($1) and embedded
            union all
            select id, goal_key from goal where id = any ($1) and embedding is not null"#,
            &ids,
        )
        .fetch_all(self.store.pool())
        .await?;
        Ok(rows.into_iter().map(|row| (row.id, row.text)).collect())
    }
}

/// What is wrong with a run of which nothing can be made, now or later.
pub(super) fn lasting(run: RunId, error: StoreError) -> Result<Corrupt, StoreError> {
    match (error.refused_content(), error) {
        (_, StoreError::Corrupt(problem)) => Ok(problem),
        (Some(code), _) => {
            let problem = format!("what memory cannot hold (SQLSTATE {code})");
            Ok(Corrupt::row("run", run).column("steps", problem))
        }
        (None, error) => Err(error),
    }
}

/// Everything a run or a report teaches is about its site, so learning takes turns within one; and it
/// keeps out of a project that is being emptied.
pub(crate) async fn take_turns(
    connection: &mut PgConnection,
    project: ProjectId,
    site: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "-- memory.take_turns
        select pg_advisory_xact_lock_shared(hashtextextended($1, 0)),
            pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))",
        project_lock(project),
        site,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// The name of a project's lock.
pub(super) fn project_lock(project: ProjectId) -> String {
    format!("memory {project}")
}

/// Whether this call is the one that distils it.
async fn mark_distilled(
    connection: &mut PgConnection,
    run: RunId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let marked = sqlx::query!(
        "-- memory.mark_distilled
        update run
        set distilled_at = $2
        where id = $1 and outcome is not null and distilled_at is null",
        run.as_uuid(),
        now,
    )
    .execute(connection)
    .await?;
    Ok(marked.rows_affected() > 0)
}
