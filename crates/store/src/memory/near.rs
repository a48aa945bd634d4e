//! Recall within a site: exact. Every situation of the site is compared, none is left out by a
//! graph.

use super::MemoryStore;
use super::recall::{Asked, Hit};
use crate::error::StoreError;
use pgvector::HalfVector;
use sqlx::PgConnection;
use uuid::Uuid;

/// How many of the same class of error, which is what can be copied, and how many of others.
pub(super) const SAME: u8 = 24;
const OTHER: i64 = 8;

/// How many of those that share words.
const WORDS: i64 = 8;

/// How many rows that share words are ranked at most; the rest is left to the vectors.
const RANKED: i64 = 300;

/// How long a vector may be to stand in the index that a search within a site reads alone; a longer one
/// would not fit an entry. In `$range`, since an index for some rows only serves what says the same.
macro_rules! by_meaning {
    ($store:ident, $connection:ident, $asked:ident, $meaning:ident, $range:literal) => {
        sqlx::query_as!(
            Hit,
            "-- memory.near_by_meaning
            (
                select situation_id as \"id!\", 1 - (embedding <=> $4) as similarity
                from situation_vector
                where project_id = $1 and site = $2 and error_class = $3
                    and model = $5 and vector_dims(embedding) = $6
                    and vector_dims(embedding) "
                + $range
                + "
                order by embedding <=> $4, situation_id
                limit $7
            )
            union all
            (
                select situation_id, 1 - distance
                from (
                    (
                        select situation_id, embedding <=> $4 as distance
                        from situation_vector
                        where project_id = $1 and site = $2 and error_class < $3
                            and model = $5 and vector_dims(embedding) = $6
                            and vector_dims(embedding) "
                + $range
                + "
                        order by embedding <=> $4, situation_id
                        limit $8
                    )
                    union all
                    (
                        select situation_id, embedding <=> $4
                        from situation_vector
                        where project_id = $1 and site = $2 and error_class > $3
                            and model = $5 and vector_dims(embedding) = $6
                            and vector_dims(embedding) "
                + $range
                + "
                        order by embedding <=> $4, situation_id
                        limit $8
                    )
                ) as other
                order by distance, situation_id
                limit $8
            )",
            $asked.project,
            $asked.site,
            $asked.class,
            $meaning as &HalfVector,
            $store.model(),
            dims($meaning),
            i64::from(SAME),
            OTHER,
        )
        .fetch_all(&mut *$connection)
        .await?
    };
}

impl MemoryStore {
    /// The nearest by meaning, of the same class of error and of others: three ranges of one index,
    /// so each vector of the site is read once. Without the cast of the graphs' expression the
    /// planner cannot take a graph.
    pub(super) async fn near_by_meaning(
        &self,
        connection: &mut PgConnection,
        asked: &Asked<'_>,
        meaning: &HalfVector,
    ) -> Result<Vec<Hit>, StoreError> {
        Ok(match dims(meaning) {
            ..=768 => by_meaning!(self, connection, asked, meaning, "<= 768"),
            _ => by_meaning!(self, connection, asked, meaning, "> 768"),
        })
    }

    /// The best by words: all words of the intent, or any word of the situation.
    pub(super) async fn near_by_words(
        &self,
        connection: &mut PgConnection,
        asked: &Asked<'_>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let ids = sqlx::query_file_scalar!(
            "queries/near_by_words.sql",
            asked.project,
            asked.site,
            asked.intent,
            asked.text,
            asked.class,
            RANKED,
            WORDS,
        )
        .fetch_all(connection)
        .await?;
        Ok(ids)
    }

    /// Those with every word of the intent. Where the vectors have said enough, that is what words add:
    /// any word of a situation stands in most others of its site.
    pub(super) async fn near_by_every_word(
        &self,
        connection: &mut PgConnection,
        asked: &Asked<'_>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let ids = sqlx::query_scalar!(
            r#"-- memory.near_by_every_word
            with wanted as materialized (
                select plainto_tsquery('english', $3) as query
            ),
            found as materialized (
                select id, error_class, words
                from situation, wanted
                where project_id = $1 and site = $2 and words @@ query
                limit $5
            )
            select id
            from found, wanted
            order by error_class = $4 desc, ts_rank(words, query, 1) desc, id
            limit $6"#,
            asked.project,
            asked.site,
            asked.intent,
            asked.class,
            RANKED,
            WORDS,
        )
        .fetch_all(connection)
        .await?;
        Ok(ids)
    }

    /// Any others of the site, met last: for when neither vectors nor words say more.
    pub(super) async fn near_at_all(
        &self,
        connection: &mut PgConnection,
        asked: &Asked<'_>,
    ) -> Result<Vec<Uuid>, StoreError> {
        let ids = sqlx::query_scalar!(
            r#"-- memory.near_at_all
            select id
            from (
                select id, error_class
                from situation
                where project_id = $1 and site = $2
                order by error_class = $3 desc
                limit $4
            ) as few
            join situation_stat on situation_id = id
            order by error_class = $3 desc, last_seen_at desc, id
            limit $5"#,
            asked.project,
            asked.site,
            asked.class,
            RANKED,
            i64::from(SAME),
        )
        .fetch_all(connection)
        .await?;
        Ok(ids)
    }
}

pub(super) fn dims(vector: &HalfVector) -> i32 {
    i32::try_from(vector.as_slice().len()).unwrap_or(i32::MAX)
}
