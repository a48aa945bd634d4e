//! One page of the runs in which candidates stand.

use super::SearchRequest;
use super::filter::Bound;
use super::weigh::Candidate;
use crate::error::StoreError;
use domain::search::Score;
use sqlx::PgConnection;
use uuid::Uuid;

/// A run and the passage by which it is found.
pub(super) struct Hit {
    pub(super) text: Uuid,
    pub(super) score: Score,
    pub(super) run: Uuid,
    pub(super) seq: Option<u32>,
    pub(super) healed: bool,
}

/// One more than asked for: whether it comes tells whether there is a next page.
pub(super) async fn list(
    connection: &mut PgConnection,
    bound: &Bound,
    candidates: &[Candidate],
    request: &SearchRequest,
) -> Result<Vec<Hit>, StoreError> {
    let ids: Vec<Uuid> = candidates.iter().map(|candidate| candidate.id).collect();
    let scores: Vec<i32> =
        candidates.iter().map(|candidate| candidate.score.steps().into()).collect();
    let rows = sqlx::query_file!(
        "queries/search_hits.sql",
        bound.project,
        bound.agent.as_deref(),
        bound.outcome,
        bound.label.as_deref(),
        bound.after,
        bound.before,
        bound.healed,
        &ids,
        &scores,
        request.after.map(|cursor| i32::from(cursor.score.steps())),
        request.after.map(|cursor| cursor.run),
        i64::from(request.limit) + 1,
    )
    .fetch_all(connection)
    .await?;
    let hits = rows.into_iter().map(|row| Hit {
        text: row.text_id,
        score: Score::from_steps(u16::try_from(row.score).unwrap_or(0)),
        run: row.run_id,
        seq: u32::try_from(row.seq).ok(),
        healed: row.healed,
    });
    Ok(hits.collect())
}
