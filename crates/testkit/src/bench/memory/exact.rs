//! The graph of vectors beside an exact scan, and the search within a site beside one that no index
//! helps: how much of the truth comes back.

use super::asked::Asked;
use super::kept::Kept;
use super::recall::Times;
use crate::bench::milliseconds;
use crate::bench::situations::{Meaning, Vectors};
use anyhow::{Result, ensure};
use domain::ports::Memory as _;
use embed::Local;
use serde::Serialize;
use sqlx::PgConnection;
use std::collections::HashSet;
use store::MemoryStore;
use tokio::time::Instant;
use uuid::Uuid;

/// For how many questions everything is compared one by one.
const QUESTIONS: usize = 50;
const MANY: i64 = 10;

/// Across sites, as the store asks: the length is part of the index's expression.
const GRAPH: &str = "-- bench.graph
    with nearest as materialized (
        select situation_id, embedding::halfvec(384) <=> $2 as distance
        from situation_vector
        where project_id = $1 and model = $3 and vector_dims(embedding) = 384
        order by embedding::halfvec(384) <=> $2
        limit $4
    )
    select situation_id from nearest order by distance, situation_id";

/// The same without the cast, which no graph serves.
const ONE_BY_ONE: &str = "-- bench.one_by_one
    select situation_id
    from situation_vector
    where project_id = $1 and model = $3
    order by embedding <=> $2, situation_id
    limit $4";

/// Of one site and class, each compared.
const SITE_ONE_BY_ONE: &str = "-- bench.site_one_by_one
    select situation_id
    from situation_vector
    where project_id = $1 and site = $2 and error_class = $3
    order by embedding <=> $4, situation_id
    limit 10";

/// How much of the truth comes back, and how fast.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Exact {
    /// Of the ten nearest across sites, by the graph.
    pub(super) recall_at_10: f64,
    pub(super) graph: Times,
    pub(super) one_by_one: Times,
}

pub(super) async fn measure(kept: &Kept, vectors: &Vectors, questions: &[Asked]) -> Result<Exact> {
    let store = kept.database.store().await?;
    let memory = MemoryStore::new(store.clone(), vectors.model());
    let mut connection = kept.database.connection().await?;
    let settings =
        "select '[1]'::halfvec; set hnsw.ef_search = 160; set hnsw.iterative_scan = relaxed_order";
    sqlx::raw_sql(settings).execute(&mut connection).await?;
    let (mut found, mut graph, mut one_by_one) = (0, Vec::new(), Vec::new());
    for asked in questions.iter().take(QUESTIONS) {
        let begun = Instant::now();
        let near = nearest(&mut connection, GRAPH, kept, asked).await?;
        graph.push(milliseconds(begun));
        let begun = Instant::now();
        let truth = nearest(&mut connection, ONE_BY_ONE, kept, asked).await?;
        one_by_one.push(milliseconds(begun));
        ensure!(near.len() == truth.len(), "the graph gave {} of {}", near.len(), truth.len());
        found += near.intersection(&truth).count();
        same_within_the_site(&memory, &mut connection, kept, asked).await?;
    }
    store.close().await;
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let recall_at_10 = found as f64 / (graph.len() as f64 * MANY as f64);
    Ok(Exact { recall_at_10, graph: Times::of(&graph), one_by_one: Times::of(&one_by_one) })
}

async fn nearest(
    connection: &mut PgConnection,
    statement: &'static str,
    kept: &Kept,
    asked: &Asked,
) -> Result<HashSet<Uuid>> {
    let ids: Vec<Uuid> = sqlx::query_scalar(statement)
        .bind(kept.database.project.as_uuid())
        .bind(Meaning(&asked.meaning))
        .bind(Local::description().name)
        .bind(MANY)
        .fetch_all(connection)
        .await?;
    let distinct: HashSet<Uuid> = ids.iter().copied().collect();
    ensure!(distinct.len() == ids.len(), "the same situation came twice");
    Ok(distinct)
}

/// Fails unless what the store finds within the site begins with the ten that are nearest.
async fn same_within_the_site(
    memory: &MemoryStore,
    connection: &mut PgConnection,
    kept: &Kept,
    asked: &Asked,
) -> Result<()> {
    let truth: Vec<Uuid> = sqlx::query_scalar(SITE_ONE_BY_ONE)
        .bind(kept.database.project.as_uuid())
        .bind(&asked.situation.site)
        .bind(asked.situation.class.as_str())
        .bind(Meaning(&asked.meaning))
        .fetch_all(&mut *connection)
        .await?;
    let remembered = memory.recall(kept.database.project, &asked.question()).await?;
    let found: HashSet<Uuid> = remembered.iter().map(|known| known.id.as_uuid()).collect();
    let missing = truth.iter().filter(|id| !found.contains(id)).count();
    ensure!(missing == 0, "recall within {} leaves {missing} out", asked.situation.site);
    Ok(())
}
