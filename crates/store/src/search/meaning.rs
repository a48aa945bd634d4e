//! The road of meaning: within a site and among few runs one by one, else through the graph of the
//! model's length. Filters hold on the way, so that what is near and filtered out takes nobody's place.

use super::filter::Bound;
use super::{CANDIDATES, Meaning};
use crate::error::StoreError;
use pgvector::HalfVector;
use sqlx::PgConnection;
use uuid::Uuid;

/// One query per length that has a graph: the length is part of the index's expression and cannot be a
/// parameter. `offset 0` keeps the filter a filter: joined, it would be a reason to sort everything.
macro_rules! by_graph {
    ($connection:ident, $bound:ident, $meaning:ident, $cast:literal, $dims:literal) => {
        sqlx::query_scalar!(
            "-- search.by_graph
            select text_id as \"id!\"
            from search_vector as it
            where project_id = $1
                and ($2::text is null or page = $2 or starts_with(page, $2 || '?'))
                and ($3::text is null or error_class = $3)
                and model = $11 and vector_dims(embedding) = "
                + $dims
                + "
                and exists (
                    select
                    from search_place as place
                    where place.text_id = it.text_id
                        and ($4::text is null or agent = $4)
                        and ($5::text is null or outcome = $5)
                        and ($6::text is null or labels @> $6::text::jsonb)
                        and ($7::timestamptz is null or started_at >= $7)
                        and ($8::timestamptz is null or started_at < $8)
                        and ($9::boolean is null or healed = $9)
                        and run_id >= $13
                    offset 0
                )
            order by "
                + $cast
                + " <=> $10
            limit $12",
            $bound.project,
            $bound.page.as_deref(),
            $bound.class,
            $bound.agent.as_deref(),
            $bound.outcome,
            $bound.label.as_deref(),
            $bound.after,
            $bound.before,
            $bound.healed,
            &$meaning.vector as &HalfVector,
            &$meaning.model,
            CANDIDATES,
            $bound.since,
        )
        .fetch_all(&mut *$connection)
        .await?
    };
}

/// Among how many runs passages are compared one by one. Where few runs pass the filter the graph
/// would be walked for long and find little.
const FEW: i64 = 5000;

/// The nearest passages. Never fewer than there are: where the graph gives up before it has found
/// enough, because what passes the filter is rare, all that does is compared.
pub(super) async fn find(
    connection: &mut PgConnection,
    bound: &Bound,
    meaning: &Meaning,
) -> Result<Vec<Uuid>, StoreError> {
    if bound.any_run() && bound.site.is_some() {
        return of_site(connection, bound, meaning).await;
    }
    if bound.site.is_some() || !bound.any_run() && are_few(connection, bound).await? {
        return one_by_one(connection, bound, meaning).await;
    }
    let ids = match meaning.dims() {
        384 => by_graph!(connection, bound, meaning, "embedding::halfvec(384)", "384"),
        768 => by_graph!(connection, bound, meaning, "embedding::halfvec(768)", "768"),
        1024 => by_graph!(connection, bound, meaning, "embedding::halfvec(1024)", "1024"),
        1536 => by_graph!(connection, bound, meaning, "embedding::halfvec(1536)", "1536"),
        3072 => by_graph!(connection, bound, meaning, "embedding::halfvec(3072)", "3072"),
        _ => Vec::new(),
    };
    if i64::try_from(ids.len()).unwrap_or(i64::MAX) >= CANDIDATES {
        return Ok(ids);
    }
    one_by_one(connection, bound, meaning).await
}

/// Whether few runs pass the filter.
async fn are_few(connection: &mut PgConnection, bound: &Bound) -> Result<bool, StoreError> {
    let runs = sqlx::query_scalar!(
        r#"-- search.count_runs
        select count(*) as "count!"
        from (
            select
            from run
            where project_id = $1
                and ($2::text is null or agent = $2)
                and ($3::text is null or outcome = $3)
                and ($4::text is null or labels @> $4::text::jsonb)
                and ($5::timestamptz is null or started_at >= $5)
                and ($6::timestamptz is null or started_at < $6)
                and id >= $8
            limit $7
        ) as few"#,
        bound.project,
        bound.agent.as_deref(),
        bound.outcome,
        bound.label.as_deref(),
        bound.after,
        bound.before,
        FEW + 1,
        bound.since,
    )
    .fetch_one(connection)
    .await?;
    Ok(runs <= FEW)
}

/// The nearest of a site, whatever its runs: the table of vectors alone is read.
async fn of_site(
    connection: &mut PgConnection,
    bound: &Bound,
    meaning: &Meaning,
) -> Result<Vec<Uuid>, StoreError> {
    let ids = sqlx::query_scalar!(
        r#"-- search.of_site
        select text_id as "id!"
        from search_vector
        where project_id = $1 and site = $2
            and ($3::text is null or page = $3 or starts_with(page, $3 || '?'))
            and ($4::text is null or error_class = $4)
            and model = $6 and vector_dims(embedding) = $7
        order by embedding <=> $5, text_id
        limit $8"#,
        bound.project,
        bound.site.as_deref(),
        bound.page.as_deref(),
        bound.class,
        &meaning.vector as &HalfVector,
        &meaning.model,
        meaning.dims(),
        CANDIDATES,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

async fn one_by_one(
    connection: &mut PgConnection,
    bound: &Bound,
    meaning: &Meaning,
) -> Result<Vec<Uuid>, StoreError> {
    let ids = sqlx::query_file_scalar!(
        "queries/search_exact.sql",
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
        &meaning.vector as &HalfVector,
        &meaning.model,
        meaning.dims(),
        CANDIDATES,
        bound.since,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids)
}

impl Meaning {
    pub(super) fn dims(&self) -> i32 {
        i32::try_from(self.vector.as_slice().len()).unwrap_or(i32::MAX)
    }
}
