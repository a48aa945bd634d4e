//! The same rows by `COPY`.

use crate::bench::rows::Rows;
use anyhow::{Result, ensure};
use domain::artifact::NewArtifact;
use domain::event::EventKind;
use domain::ports::Lease;
use domain::step::Step;
use serde_json::json;
use sqlx::{Connection as _, PgConnection};
use std::sync::Arc;
use tokio::sync::Barrier;

const STEPS: &str = "copy step (run_id, seq, intent, page, decision, action, failure, observation, \
    fingerprint, extracted, started_at, duration_ms) from stdin (format binary)";
const ARTIFACTS: &str = "copy artifact (id, run_id, step, kind, name, media_type, content, \
    created_at) from stdin (format binary)";
const EVENTS: &str = "copy task_event (task_id, kind, data, at) from stdin (format binary)";

/// What is sent between two commits: for each table its rows.
pub(super) struct Batch(Vec<(&'static str, Vec<u8>)>);

/// Everything to be sent, ready before the clock runs.
pub(super) fn batches(
    lease: &Lease,
    steps: &[(Step, Vec<NewArtifact>)],
    size: usize,
) -> Result<Vec<Batch>> {
    steps.chunks(size).map(|chunk| batch(lease, chunk)).collect()
}

fn batch(lease: &Lease, chunk: &[(Step, Vec<NewArtifact>)]) -> Result<Batch> {
    let (mut steps, mut files, mut events) = (Rows::new(), Rows::new(), Rows::new());
    for (step, artifacts) in chunk {
        add_step(&mut steps, lease, step)?;
        add_event(&mut events, lease, step);
        for artifact in artifacts {
            add_file(&mut files, lease, step, artifact)?;
        }
    }
    let mut tables = vec![(STEPS, steps.finish())];
    if chunk.iter().any(|(_, artifacts)| !artifacts.is_empty()) {
        tables.push((ARTIFACTS, files.finish()));
    }
    tables.push((EVENTS, events.finish()));
    Ok(Batch(tables))
}

fn add_step(rows: &mut Rows, lease: &Lease, step: &Step) -> Result<()> {
    rows.row(12)
        .uuid(lease.run_id.as_uuid())
        .integer(step.seq.try_into()?)
        .text(&step.intent)
        .text(&step.page)
        .jsonb(&serde_json::to_string(&step.decision)?)
        .jsonb(&serde_json::to_string(&step.action)?)
        .null()
        .jsonb(&serde_json::to_string(&step.observation)?)
        .jsonb(&serde_json::to_string(&step.fingerprint)?)
        .null()
        .time(step.started_at)
        .bigint(step.duration_ms.into());
    Ok(())
}

fn add_file(rows: &mut Rows, lease: &Lease, step: &Step, file: &NewArtifact) -> Result<()> {
    rows.row(8)
        .uuid(file.id.as_uuid())
        .uuid(lease.run_id.as_uuid())
        .integer(step.seq.try_into()?)
        .text(file.kind.as_str())
        .null()
        .text(&file.media_type)
        .bytes(&file.content)
        .time(step.started_at);
    Ok(())
}

fn add_event(rows: &mut Rows, lease: &Lease, step: &Step) {
    let data = json!({
        "run_id": lease.run_id,
        "attempt": lease.attempt,
        "seq": step.seq,
        "intent": step.intent,
        "action": step.action.action,
        "ok": true,
        "duration_ms": step.duration_ms,
        "url": step.observation.url,
    });
    rows.row(4)
        .uuid(lease.task_id.as_uuid())
        .text(EventKind::StepRecorded.as_str())
        .jsonb(&data.to_string())
        .time(step.started_at);
}

/// Sends the first batches, waits for the start, and sends the rest.
pub(super) async fn send(
    mut connection: PgConnection,
    first: Vec<Batch>,
    rest: Vec<Batch>,
    start: Arc<Barrier>,
) -> Result<()> {
    copy(&mut connection, first).await?;
    start.wait().await;
    copy(&mut connection, rest).await?;
    connection.close().await?;
    Ok(())
}

/// Each batch in a transaction of its own.
async fn copy(connection: &mut PgConnection, batches: Vec<Batch>) -> Result<()> {
    for Batch(tables) in batches {
        let mut transaction = connection.begin().await?;
        for (statement, rows) in tables {
            let mut copy = transaction.copy_in_raw(statement).await?;
            copy.send(rows).await?;
            ensure!(copy.finish().await? > 0, "nothing was copied");
        }
        transaction.commit().await?;
    }
    Ok(())
}
