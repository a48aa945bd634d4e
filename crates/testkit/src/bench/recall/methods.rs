//! The ways of asking: by words, by meaning, by both, by meaning at the place, and as the product does.

use crate::bench::database::Database;
use crate::bench::situations::{Known, Meaning};
use anyhow::Result;
use chrono::{DateTime, Utc};
use domain::memory::{Advice, Question, Situation, Tier, judge};
use domain::ports::Memory as _;
use domain::recall::{Asked, answer};
use serde::Serialize;
use std::collections::HashMap;
use std::sync::Arc;
use store::MemoryStore;
use uuid::Uuid;

/// How deep a ranking is looked at.
pub(super) const DEPTH: usize = 10;

/// How many of each ranking are looked up, and fused.
const FUSED: i64 = 50;

/// The constant of reciprocal rank fusion, as in the store.
const K: f64 = 60.0;

/// Any word of the question, in everything that the project remembers.
const BY_WORDS: &str = "-- bench.by_words
    with any_word as materialized (
        select string_agg(quote_literal(lexeme), ' | ')::tsquery as query
        from unnest(tsvector_to_array(to_tsvector('english', $2))) as lexeme
    )
    select id
    from situation, any_word
    where project_id = $1 and words @@ any_word.query
    order by ts_rank(words, any_word.query, 1) desc, id
    limit $3";

/// The nearest of everything that the project remembers, exactly.
const BY_MEANING: &str = "-- bench.by_meaning
    select situation_id, 1 - (embedding <=> $2)
    from situation_vector
    where project_id = $1
    order by embedding <=> $2, situation_id
    limit $3";

/// The same among what failed in the same way, doing the same, on the very page: what `full` knows beside
/// the words.
const BY_MEANING_THERE: &str = "-- bench.by_meaning_there
    select id, 1 - (embedding <=> $2)
    from situation_vector
    join situation on id = situation_id
    where situation.project_id = $1 and situation.site = $4 and page = $5
        and situation.error_class = $6 and action = $7
    order by embedding <=> $2, id
    limit $3";

/// A way of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Method {
    Text,
    Vector,
    Hybrid,
    Place,
    Full,
}

impl Method {
    pub(super) const ALL: [Self; 5] =
        [Self::Text, Self::Vector, Self::Hybrid, Self::Place, Self::Full];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Vector => "vector",
            Self::Hybrid => "hybrid",
            Self::Place => "place",
            Self::Full => "full",
        }
    }
}

/// What came back.
pub(super) struct Found {
    /// Best first.
    pub(super) ranking: Vec<Uuid>,
    /// Those that were advised in the tier whose remedies are copied.
    pub(super) high: Vec<Uuid>,
}

/// What questions are put to.
pub(super) struct Asking<'a> {
    pub(super) database: &'a mut Database,
    pub(super) memory: MemoryStore,
    /// Everything that is remembered.
    pub(super) among: &'a HashMap<Uuid, Known>,
    pub(super) now: DateTime<Utc>,
}

impl Asking<'_> {
    /// Asks in every way, the simple ones with the product's judging of what they bring up.
    pub(super) async fn ask_all(
        &mut self,
        situation: &Situation,
        meaning: &Arc<[f32]>,
    ) -> Result<[(Method, Found); 5]> {
        let words = self.by_words(situation).await?;
        let near = self.by_meaning(meaning).await?;
        let nearest: Vec<Uuid> = near.iter().map(|(id, _)| *id).collect();
        let both = fused(&[&nearest, &words]);
        let there = self.by_meaning_there(situation, meaning).await?;
        let nearest_there = there.iter().map(|(id, _)| *id).collect();
        let (none, there) = (HashMap::new(), there.into_iter().collect());
        let near = near.into_iter().collect();
        let by_words = Question { situation: situation.clone(), embedding: None };
        let question = question(situation, meaning);
        Ok([
            (Method::Text, self.judged(&by_words, words, &none)),
            (Method::Vector, self.judged(&question, nearest, &near)),
            (Method::Hybrid, self.judged(&question, both, &near)),
            (Method::Place, self.judged(&question, nearest_there, &there)),
            (Method::Full, self.full(situation, meaning).await?),
        ])
    }

    /// Asks as agents outside do, and looks at what they are served.
    pub(super) async fn full(&self, situation: &Situation, meaning: &Arc<[f32]>) -> Result<Found> {
        let question = question(situation, meaning);
        let remembered = self.memory.recall(self.database.project, &question).await?;
        let answer = answer(&question, remembered, &asked(), self.now);
        let served = answer.served().into_iter();
        let ranking = served.map(|advice| advice.situation_id.as_uuid()).collect();
        Ok(Found { ranking, high: high(&answer.served()) })
    }

    async fn by_words(&mut self, situation: &Situation) -> Result<Vec<Uuid>> {
        Ok(sqlx::query_scalar(BY_WORDS)
            .bind(self.database.project.as_uuid())
            .bind(situation.text())
            .bind(FUSED)
            .fetch_all(&mut self.database.sql)
            .await?)
    }

    async fn by_meaning(&mut self, meaning: &[f32]) -> Result<Vec<(Uuid, f64)>> {
        Ok(sqlx::query_as(BY_MEANING)
            .bind(self.database.project.as_uuid())
            .bind(Meaning(meaning))
            .bind(FUSED)
            .fetch_all(&mut self.database.sql)
            .await?)
    }

    async fn by_meaning_there(
        &mut self,
        situation: &Situation,
        meaning: &[f32],
    ) -> Result<Vec<(Uuid, f64)>> {
        Ok(sqlx::query_as(BY_MEANING_THERE)
            .bind(self.database.project.as_uuid())
            .bind(Meaning(meaning))
            .bind(FUSED)
            .bind(&situation.site)
            .bind(&situation.page)
            .bind(situation.class.as_str())
            .bind(situation.action.as_str())
            .fetch_all(&mut self.database.sql)
            .await?)
    }

    /// A ranking as it is, with the tiers that the product would give to what stands in it.
    fn judged(
        &self,
        question: &Question,
        mut ranking: Vec<Uuid>,
        similarity: &HashMap<Uuid, f64>,
    ) -> Found {
        ranking.truncate(DEPTH);
        let project = self.database.project;
        let remembered = ranking.iter().filter_map(|id| {
            let known = self.among.get(id)?;
            Some(known.remembered(project, similarity.get(id).copied(), self.now))
        });
        let judged = judge(question, remembered.collect(), self.now);
        Found { high: high(&judged.offered.iter().collect::<Vec<_>>()), ranking }
    }
}

fn question(situation: &Situation, meaning: &Arc<[f32]>) -> Question {
    Question { situation: situation.clone(), embedding: Some(meaning.to_vec()) }
}

/// Who asks: an agent outside that has tried nothing.
fn asked() -> Asked {
    Asked { agent: "bench".to_owned(), goal: None, origin: None, tried: Vec::new(), limit: 3 }
}

fn high(advice: &[&Advice]) -> Vec<Uuid> {
    let high = advice.iter().filter(|advice| advice.tier == Tier::High);
    high.map(|advice| advice.situation_id.as_uuid()).collect()
}

fn fused(rankings: &[&[Uuid]]) -> Vec<Uuid> {
    let mut scores: HashMap<Uuid, f64> = HashMap::new();
    for ranking in rankings {
        let mut rank = K;
        for id in *ranking {
            rank += 1.0;
            *scores.entry(*id).or_default() += 1.0 / rank;
        }
    }
    let mut ids: Vec<Uuid> = scores.keys().copied().collect();
    ids.sort_by(|one, other| scores[other].total_cmp(&scores[one]).then(one.cmp(other)));
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_rankings_have_comes_first() {
        let id = Uuid::from_u128;
        assert_eq!(fused(&[&[id(1), id(2)], &[id(3), id(2)]]), [id(2), id(1), id(3)]);
    }
}
