//! `GET /v1/runs/search` beside its statements alone and the embedding of its text.

use super::asked::Asked;
use super::floor::Floor;
use super::http::distinct;
use super::kept::Kept;
use super::recall::Times;
use super::service::Service;
use crate::bench::figures::median;
use crate::bench::milliseconds;
use crate::bench::situations::Vectors;
use anyhow::Result;
use serde::Serialize;
use tokio::time::Instant;

/// What search costs.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Search {
    /// Through HTTP, its text new: with embedding.
    pub(super) http: Times,
    /// Through HTTP, its text known.
    pub(super) http_known: Times,
    /// The store's answer in this process, its text known.
    pub(super) store: Times,
    /// Its statements alone.
    pub(super) sql: Times,
    /// A text alone, new to the model.
    pub(super) embedding: Times,
    /// The median of the questions' ratios: HTTP with a new text over statements and embedding.
    pub(super) http_over_sql: f64,
    /// How many questions nothing came back to, though each is about something that is there.
    pub(super) unanswered: u32,
}

/// How many runs are wanted.
const MANY: u32 = 10;

pub(super) async fn measure(
    kept: &Kept,
    vectors: &Vectors,
    service: &Service,
    questions: &[Asked],
) -> Result<Search> {
    let floor = Floor::connect(&kept.database, vectors).await?;
    let model = vectors.model();
    let (mut new, mut known, mut store) = (Vec::new(), Vec::new(), Vec::new());
    let (mut sql, mut embedding, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    let (limit, mut unanswered) = (MANY.to_string(), 0);
    for asked in questions {
        let text = format!("runs that could not {}", asked.situation.intent);
        let query = [("q", text.as_str()), ("mode", "hybrid"), ("limit", &limit)];
        // What the floor reads first is in memory for both.
        let took = floor.search(&text, MANY).await?;
        let begun = Instant::now();
        model.embed(std::slice::from_ref(&text)).await?;
        embedding.push(milliseconds(begun));

        let begun = Instant::now();
        let answer = service.client.search(&query).await?;
        new.push(milliseconds(begun));
        unanswered += u32::from(distinct(&answer["items"], "/id")? == 0);

        let begun = Instant::now();
        service.client.search(&query).await?;
        known.push(milliseconds(begun));
        let least = took.sql + embedding.last().copied().unwrap_or_default();
        ratios.push(new.last().copied().unwrap_or_default() / least);
        store.push(took.store);
        sql.push(took.sql);
    }
    floor.close().await;
    Ok(Search {
        http: Times::of(&new),
        http_known: Times::of(&known),
        store: Times::of(&store),
        sql: Times::of(&sql),
        embedding: Times::of(&embedding),
        http_over_sql: median(ratios),
        unanswered,
    })
}
