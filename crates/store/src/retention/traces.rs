//! Removing traces: a task that has ended, with everything below it, once memory has what it taught.

use crate::error::StoreError;
use crate::memory::{Taught, keep, taught};
use crate::minted::first_id_after;
use crate::store::Store;
use chrono::{DateTime, Utc};
use domain::id::{ProjectId, RunId};
use domain::retention::{Overdue, Removed};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use uuid::Uuid;

/// How many tasks one batch removes at most.
const AT_ONCE: i64 = 20;

/// What the runs of overdue tasks taught, by task.
pub(super) type Read = BTreeMap<Uuid, Vec<Taught>>;

/// Reads what the runs of the oldest overdue tasks taught. A task waits whose runs are not all
/// distilled: what they taught would be in no memory.
pub(super) async fn read(
    store: &Store,
    project: ProjectId,
    overdue: Overdue,
) -> Result<Read, StoreError> {
    let Some(before) = overdue.traces else { return Ok(Read::new()) };
    let runs = sqlx::query!(
        r#"-- retentions.overdue_traces: ids begin with a time, so those of tasks that were submitted
        -- later need not be looked at
        select overdue.id as task_id, run.id as "run_id?"
        from (
            select id
            from task
            where project_id = $1 and id < $2 and finished_at < $3
                and not exists (
                    select
                    from run
                    where run.task_id = task.id
                        and (run.outcome is null or run.distilled_at is null)
                )
            order by id
            limit $4
        ) as overdue
        left join run on run.task_id = overdue.id
        order by overdue.id, run.id"#,
        project.as_uuid(),
        first_id_after(before),
        before,
        AT_ONCE,
    )
    .fetch_all(store.pool())
    .await?;
    let mut read = Read::new();
    for row in runs {
        let lessons = read.entry(row.task_id).or_default();
        if let Some(run) = row.run_id {
            lessons.extend(taught(store, RunId::from_uuid(run)).await?);
        }
    }
    Ok(read)
}

/// Removes the tasks, those that are still overdue and nobody else is at.
pub(super) async fn remove(
    connection: &mut PgConnection,
    mut read: Read,
    overdue: Overdue,
) -> Result<Removed, StoreError> {
    let Some(before) = overdue.traces.filter(|_| !read.is_empty()) else {
        return Ok(Removed::default());
    };
    let mut gone = Vec::new();
    for task in lock(connection, &read, before).await? {
        let lessons = read.remove(&task).unwrap_or_default();
        for lesson in &lessons {
            lesson.take_turns(connection).await?;
        }
        // Memory may have been emptied since, to be made anew.
        if !is_learnt(connection, task).await? {
            continue;
        }
        for lesson in lessons {
            keep(connection, lesson).await?;
        }
        gone.push(task);
    }
    let removed = count(connection, &gone).await?;
    // Runs, steps, artifacts, recalls, questions and events go with their task.
    sqlx::query!("-- retentions.remove_tasks\ndelete from task where id = any ($1)", &gone)
        .execute(connection)
        .await?;
    Ok(removed)
}

async fn lock(
    connection: &mut PgConnection,
    read: &Read,
    before: DateTime<Utc>,
) -> Result<Vec<Uuid>, StoreError> {
    let tasks: Vec<Uuid> = read.keys().copied().collect();
    let tasks = sqlx::query_scalar!(
        "-- retentions.lock_tasks
        select id
        from task
        where id = any ($1) and finished_at < $2
        order by id
        for update skip locked",
        &tasks,
        before,
    )
    .fetch_all(connection)
    .await?;
    Ok(tasks)
}

/// Whether memory has what its runs taught.
async fn is_learnt(connection: &mut PgConnection, task: Uuid) -> Result<bool, StoreError> {
    let learnt = sqlx::query_scalar!(
        r#"-- retentions.is_learnt
        select not exists (
            select from run where task_id = $1 and distilled_at is null
        ) as "learnt!""#,
        task,
    )
    .fetch_one(connection)
    .await?;
    Ok(learnt)
}

async fn count(connection: &mut PgConnection, tasks: &[Uuid]) -> Result<Removed, StoreError> {
    let row = sqlx::query!(
        r#"-- retentions.count_traces
        with gone as (
            select id from run where task_id = any ($1)
        )
        select
            (select count(*) from gone) as "runs!",
            (select count(*) from step join gone on gone.id = step.run_id) as "steps!",
            count(artifact.id) as "artifacts!",
            coalesce(sum(octet_length(content)), 0) as "bytes!"
        from artifact
        join gone on gone.id = artifact.run_id"#,
        tasks,
    )
    .fetch_one(connection)
    .await?;
    Ok(Removed {
        tasks: tasks.len() as u64,
        runs: row.runs.unsigned_abs(),
        steps: row.steps.unsigned_abs(),
        artifacts: row.artifacts.unsigned_abs(),
        artifact_bytes: row.bytes.unsigned_abs(),
        ..Removed::default()
    })
}
