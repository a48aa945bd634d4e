//! The road of words: through the index where it helps, else through the newest runs.

use super::CANDIDATES;
use super::filter::Bound;
use super::terms::Terms;
use crate::error::StoreError;
use sqlx::PgConnection;
use uuid::Uuid;

/// How many passages that have the words are ranked at most.
const RANKED: i64 = 500;

/// How many of the newest runs are looked through for words that stand everywhere.
const RUNS: i64 = 1000;

/// The passages that have enough of the words, or all of the phrases.
pub(super) async fn find(
    connection: &mut PgConnection,
    bound: &Bound,
    terms: &Terms,
) -> Result<Vec<Uuid>, StoreError> {
    match (&terms.all, &terms.rarest) {
        (Some(all), Some(rarest)) if !terms.common => {
            indexed(connection, bound, terms, (all, rarest)).await
        }
        (None, None) if terms.needed == 0 && !terms.common => Ok(Vec::new()),
        _ => recent(connection, bound, terms).await,
    }
}

async fn indexed(
    connection: &mut PgConnection,
    bound: &Bound,
    terms: &Terms,
    (all, rarest): (&str, &str),
) -> Result<Vec<Uuid>, StoreError> {
    let ids = sqlx::query_file_scalar!(
        "queries/search_words.sql",
        bound.project,
        bound.site.as_deref(),
        bound.page.as_deref(),
        bound.class,
        bound.agent.as_deref(),
        bound.outcome,
        bound.label.as_deref(),
        bound.after,
        bound.before,
        bound.healed,
        all,
        rarest,
        &terms.words,
        terms.needed,
        RANKED,
        CANDIDATES,
        bound.since,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

async fn recent(
    connection: &mut PgConnection,
    bound: &Bound,
    terms: &Terms,
) -> Result<Vec<Uuid>, StoreError> {
    let ids = sqlx::query_file_scalar!(
        "queries/search_recent.sql",
        bound.project,
        bound.site.as_deref(),
        bound.page.as_deref(),
        bound.class,
        bound.agent.as_deref(),
        bound.outcome,
        bound.label.as_deref(),
        bound.after,
        bound.before,
        bound.healed,
        terms.rarest.as_deref(),
        &terms.words,
        terms.needed,
        RUNS,
        CANDIDATES,
        bound.since,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}
