//! One page of the runs in which candidates stand.

use super::SearchRequest;
use super::filter::Bound;
use super::weigh::Candidate;
use crate::error::StoreError;
use domain::failure::ErrorClass;
use domain::search::{Score, Sought};
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
    let places = Places::of(candidates, &request.sought);
    let rows = sqlx::query_file!(
        "queries/search_hits.sql",
        bound.project,
        bound.agent.as_deref(),
        bound.outcome,
        bound.label.as_deref(),
        bound.after,
        bound.before,
        bound.healed,
        &places.ids,
        &places.scores,
        request.after.map(|cursor| i32::from(cursor.score.steps())),
        request.after.map(|cursor| cursor.run),
        i64::from(request.limit) + 1,
        &places.overcome as &[Option<bool>],
        bound.since,
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

/// Where passages may stand, best first: with a score for the runs that they stopped and another for
/// those that got past them, when a failure is asked about.
#[derive(Default)]
struct Places {
    ids: Vec<Uuid>,
    scores: Vec<i32>,
    overcome: Vec<Option<bool>>,
}

impl Places {
    fn of(candidates: &[Candidate], sought: &Sought) -> Self {
        let mut all: Vec<(Score, Uuid, Option<bool>)> = Vec::new();
        for Candidate { id, score, passage } in candidates {
            let class = passage.class;
            let found = class.is_some_and(|class| class != ErrorClass::ElementNotFound);
            let score = if sought.unfound && found { score.found() } else { *score };
            if sought.failing {
                all.push((score, *id, Some(false)));
                all.push((score.overcome(), *id, Some(true)));
            } else {
                all.push((score, *id, None));
            }
        }
        all.sort_by(|a, b| b.0.cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let mut places = Self::default();
        for (score, id, overcome) in all {
            places.ids.push(id);
            places.scores.push(score.steps().into());
            places.overcome.push(overcome);
        }
        places
    }
}
