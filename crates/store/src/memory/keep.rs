//! What traces taught, kept when they are removed.
//!
//! Memory outlives its trace: a rebuild begins with what is kept here and distils the traces that are
//! left on top of it. It is written by the very statements that write memory, into tables of the same
//! shape, so that what a run adds to either is the same.

use super::facts::{self, EndedRun};
use super::forget::forgotten;
use super::learn::take_turns;
use super::list::relist;
use super::write::{Lesson, write};
use crate::error::StoreError;
use crate::store::Store;
use domain::id::{ProjectId, RunId};
use sqlx::{Connection as _, PgConnection};

/// How many rows of lists are written at once.
const LISTED_AT_ONCE: usize = 1000;

/// What a run taught.
pub(crate) struct Taught {
    run: EndedRun,
    lesson: Lesson,
}

/// Reads what a run taught, from its facts. `None` for one that is gone, its task with it; and for one
/// that this version cannot read: a rebuild has nothing of it, whether its trace is there or not.
pub(crate) async fn taught(store: &Store, run: RunId) -> Result<Option<Taught>, StoreError> {
    match facts::load_again(store, run).await {
        Ok(run) => Ok(run.map(|run| Taught { lesson: Lesson::of(&run), run })),
        Err(StoreError::Corrupt(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Taught {
    /// Waits until nobody learns on its site, nor makes the memory of its project anew, and keeps
    /// others from it.
    pub(crate) async fn take_turns(&self, connection: &mut PgConnection) -> Result<(), StoreError> {
        take_turns(connection, self.run.project, &self.run.facts.site).await
    }
}

/// Keeps what a run taught, whose turn was taken. The caller removes its facts in the same
/// transaction. What the database cannot hold was no part of memory either, and must not keep the
/// others of its project from being removed for ever.
pub(crate) async fn keep(connection: &mut PgConnection, taught: Taught) -> Result<(), StoreError> {
    let run = taught.run.id;
    let mut savepoint = connection.begin().await?;
    let kept = add(&mut savepoint, taught).await;
    let Some(code) = kept.as_ref().err().and_then(StoreError::refused_content) else {
        kept?;
        savepoint.commit().await?;
        return Ok(());
    };
    savepoint.rollback().await?;
    tracing::warn!(%run, "nothing is kept of a run that memory cannot hold (SQLSTATE {code})");
    Ok(())
}

async fn add(
    connection: &mut PgConnection,
    Taught { run, mut lesson }: Taught,
) -> Result<(), StoreError> {
    let gone = forgotten(connection, &run, &lesson).await?;
    lesson.forget(&run, &gone);
    let before = sqlx::query_scalar!(
        r#"-- memory.search_path
        select current_setting('search_path') as "path!""#,
    )
    .fetch_one(&mut *connection)
    .await?;
    look_in(connection, &format!("kept, {before}")).await?;
    write(connection, &run, &lesson).await?;
    look_in(connection, &before).await
}

/// Where tables are looked for in this transaction. Postgres plans a statement again for it.
async fn look_in(connection: &mut PgConnection, path: &str) -> Result<(), StoreError> {
    sqlx::query_scalar!(
        "-- memory.look_in
        select set_config('search_path', $1, true)",
        path,
    )
    .fetch_one(connection)
    .await?;
    Ok(())
}

/// Makes what is kept memory, which is empty.
pub(super) async fn restore(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<(), StoreError> {
    sqlx::query_file!("queries/kept_restore.sql", project.as_uuid())
        .execute(&mut *connection)
        .await?;
    let remedies = sqlx::query_scalar!(
        "-- memory.kept_remedies
        select id from kept.remedy where project_id = $1 order by id",
        project.as_uuid(),
    )
    .fetch_all(&mut *connection)
    .await?;
    for some in remedies.chunks(LISTED_AT_ONCE) {
        relist(connection, some).await?;
    }
    Ok(())
}
