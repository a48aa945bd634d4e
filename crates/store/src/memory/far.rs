//! Recall across sites: through the graph of the model's length, else one by one. Only the same
//! class of error says anything there.

use super::MemoryStore;
use super::near::dims;
use super::recall::{Asked, Hit};
use crate::error::StoreError;
use pgvector::HalfVector;
use sqlx::PgConnection;
use uuid::Uuid;

/// How many by meaning, and how many by words.
pub(super) const FAR: u8 = 8;
const WORDS: i64 = 4;

/// How many rows that share the words of the intent are ranked at most.
const RANKED: i64 = 300;

/// One query per length that has a graph: the length is part of the index's expression and cannot
/// be a parameter. The graph answers in relaxed order, so its answer is sorted again.
macro_rules! by_graph {
    ($store:ident, $connection:ident, $asked:ident, $meaning:ident, $cast:literal, $dims:literal) => {
        sqlx::query_as!(
            Hit,
            "-- memory.far_by_meaning
            with nearest as materialized (
                select situation_id, "
                + $cast
                + " <=> $4 as distance
                from situation_vector
                where project_id = $1 and site <> $2 and error_class = $3 and model = $5
                    and vector_dims(embedding) = "
                + $dims
                + "
                order by "
                + $cast
                + " <=> $4
                limit $6
            )
            select situation_id as \"id!\", 1 - distance as similarity
            from nearest
            order by distance, situation_id",
            $asked.project,
            $asked.site,
            $asked.class,
            $meaning as &HalfVector,
            $store.model(),
            i64::from(FAR),
        )
        .fetch_all(&mut *$connection)
        .await?
    };
}

/// The sites before and the sites behind are two ranges of the index that a search within a site reads:
/// where most is of the site itself, as in a project of one, it is not read to be thrown away. `$range`
/// is there for that index as well.
macro_rules! one_by_one {
    ($store:ident, $connection:ident, $asked:ident, $meaning:ident, $range:literal) => {
        sqlx::query_as!(
            Hit,
            "-- memory.far_one_by_one
            select situation_id as \"id!\", 1 - distance as similarity
            from (
                (
                    select situation_id, embedding <=> $4 as distance
                    from situation_vector
                    where project_id = $1 and site < $2 and error_class = $3
                        and model = $5 and vector_dims(embedding) = $6
                        and vector_dims(embedding) "
                + $range
                + "
                    order by embedding <=> $4, situation_id
                    limit $7
                )
                union all
                (
                    select situation_id, embedding <=> $4
                    from situation_vector
                    where project_id = $1 and site > $2 and error_class = $3
                        and model = $5 and vector_dims(embedding) = $6
                        and vector_dims(embedding) "
                + $range
                + "
                    order by embedding <=> $4, situation_id
                    limit $7
                )
            ) as other
            order by distance, situation_id
            limit $7",
            $asked.project,
            $asked.site,
            $asked.class,
            $meaning as &HalfVector,
            $store.model(),
            dims($meaning),
            i64::from(FAR),
        )
        .fetch_all(&mut *$connection)
        .await?
    };
}

impl MemoryStore {
    /// The nearest by meaning. Never fewer than there are: where the graph gives up before it has
    /// found enough, because this project's rows are rare in it, they are compared one by one.
    pub(super) async fn far_by_meaning(
        &self,
        connection: &mut PgConnection,
        asked: &Asked<'_>,
        meaning: &HalfVector,
    ) -> Result<Vec<Hit>, StoreError> {
        let hits = match dims(meaning) {
            384 => by_graph!(self, connection, asked, meaning, "embedding::halfvec(384)", "384"),
            768 => by_graph!(self, connection, asked, meaning, "embedding::halfvec(768)", "768"),
            1024 => by_graph!(self, connection, asked, meaning, "embedding::halfvec(1024)", "1024"),
            1536 => by_graph!(self, connection, asked, meaning, "embedding::halfvec(1536)", "1536"),
            3072 => by_graph!(self, connection, asked, meaning, "embedding::halfvec(3072)", "3072"),
            _ => Vec::new(),
        };
        if hits.len() >= usize::from(FAR) {
            return Ok(hits);
        }
        self.far_one_by_one(connection, asked, meaning).await
    }

    async fn far_one_by_one(
        &self,
        connection: &mut PgConnection,
        asked: &Asked<'_>,
        meaning: &HalfVector,
    ) -> Result<Vec<Hit>, StoreError> {
        Ok(match dims(meaning) {
            ..=768 => one_by_one!(self, connection, asked, meaning, "<= 768"),
            _ => one_by_one!(self, connection, asked, meaning, "> 768"),
        })
    }

    /// Those with every word of the intent.
    pub(super) async fn far_by_words(
        &self,
        connection: &mut PgConnection,
        asked: &Asked<'_>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let ids = sqlx::query_scalar!(
            r#"-- memory.far_by_words
            with wanted as materialized (
                select plainto_tsquery('english', $4) as query
            ),
            found as materialized (
                select id, words
                from situation, wanted
                where project_id = $1 and site <> $2 and error_class = $3 and words @@ query
                limit $5
            )
            select id
            from found, wanted
            order by ts_rank_cd(words, query, 1) desc, id
            limit $6"#,
            asked.project,
            asked.site,
            asked.class,
            asked.intent,
            RANKED,
            WORDS,
        )
        .fetch_all(connection)
        .await?;
        Ok(ids)
    }
}
