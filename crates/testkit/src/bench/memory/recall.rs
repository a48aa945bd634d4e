//! `POST /v1/recall` beside its statements alone: the same question to both, one after the other.

use super::asked::Asked;
use super::floor::Floor;
use super::http::distinct;
use super::kept::Kept;
use super::service::Service;
use crate::bench::database::Database;
use crate::bench::figures::{median, percentile};
use crate::bench::milliseconds;
use crate::bench::situations::Vectors;
use anyhow::Result;
use domain::clock::{Clock as _, SystemClock};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::Instant;

/// How long many calls took.
#[expect(clippy::struct_field_names, reason = "as they stand in the JSON")]
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Times {
    pub(super) p50_ms: f64,
    pub(super) p95_ms: f64,
    pub(super) p99_ms: f64,
}

/// What recall costs.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Recall {
    /// Through HTTP, the text known: without embedding.
    pub(super) http: Times,
    /// Through HTTP, the text new.
    pub(super) http_embedding: Times,
    /// The store's answer in this process.
    pub(super) store: Times,
    /// Its statements, and one more row that keeps what was answered.
    pub(super) sql: Times,
    /// That row: what a commit costs here and now.
    pub(super) commit: Times,
    /// The median of the questions' ratios.
    pub(super) http_over_sql: f64,
}

impl Times {
    pub(super) fn of(values: &[f64]) -> Self {
        let [p50_ms, p95_ms, p99_ms] = [0.5, 0.95, 0.99].map(|part| percentile(values, part));
        Self { p50_ms, p95_ms, p99_ms }
    }
}

/// Every recall is kept, so a row of its size is the least that anybody would have to write.
const ANSWERS: &str = "create table if not exists bench_answer (id uuid primary key, body jsonb)";

pub(super) async fn measure(
    kept: &mut Kept,
    vectors: &Vectors,
    service: &Service,
    questions: &[Asked],
) -> Result<Recall> {
    kept.database.run(ANSWERS).await?;
    let floor = Floor::connect(&kept.database, vectors).await?;
    let (mut new, mut http, mut store) = (Vec::new(), Vec::new(), Vec::new());
    let (mut sql, mut commit) = (Vec::new(), Vec::new());
    for asked in questions {
        let body = body(asked);
        let begun = Instant::now();
        service.client.recall(&body).await?;
        new.push(milliseconds(begun));

        let took = floor.recall(asked).await?;
        store.push(took.store);

        let begun = Instant::now();
        let answer = service.client.recall(&body).await?;
        http.push(milliseconds(begun));
        distinct(&answer["advice"], "/situation_id")?;

        commit.push(keep(&mut kept.database, &answer).await?);
        sql.push(took.sql + commit.last().copied().unwrap_or_default());
    }
    floor.close().await;
    kept.database.run("drop table bench_answer").await?;
    let ratios = http.iter().zip(&sql).map(|(http, sql)| http / sql).collect();
    Ok(Recall {
        http: Times::of(&http),
        http_embedding: Times::of(&new),
        store: Times::of(&store),
        sql: Times::of(&sql),
        commit: Times::of(&commit),
        http_over_sql: median(ratios),
    })
}

async fn keep(database: &mut Database, answer: &Value) -> Result<f64> {
    let body = answer.to_string();
    let begun = Instant::now();
    sqlx::query("insert into bench_answer values ($1, $2::text::jsonb)")
        .bind(SystemClock.new_id())
        .bind(body)
        .execute(&mut database.sql)
        .await?;
    Ok(milliseconds(begun))
}

fn body(asked: &Asked) -> Value {
    let situation = &asked.situation;
    json!({
        "site": situation.site,
        "page": situation.page,
        "error_class": situation.class.as_str(),
        "action": situation.action.as_str(),
        "intent": situation.intent,
        "limit": 3,
    })
}
