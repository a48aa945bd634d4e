//! Writing the passages of a run: with its end, and when everything is made anew. While a run is under
//! way those of its failed steps are written with the steps.

use super::columns::PassageColumns;
use crate::error::{Corrupt, StoreError};
use crate::steps::StepRow;
use chrono::{DateTime, Utc};
use domain::id::{ProjectId, RunId};
use domain::search::{Passage, PassageSource};
use domain::step::Step;
use domain::task::TaskSpec;
use pgvector::HalfVector;
use serde_json::Value;
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

/// The run itself among its steps.
const RUN: i32 = -1;

/// How many passages are looked at in one statement when those that stand nowhere are swept.
const SWEPT: i64 = 5000;

/// Writes the passages of a run: its own, and those of its failed steps that are not there yet.
pub(crate) async fn write_run(
    connection: &mut PgConnection,
    (project, run, now): (ProjectId, RunId, DateTime<Utc>),
    own: Option<&Passage>,
    steps: impl Iterator<Item = (u32, Passage)>,
) -> Result<(), StoreError> {
    let mut rows = PassageColumns::default();
    if let Some(passage) = own {
        rows.push(project, RUN, passage);
    }
    for (seq, passage) in steps {
        rows.push(project, i32::try_from(seq).unwrap_or(i32::MAX), &passage);
    }
    sqlx::query_file!(
        "queries/search_upsert.sql",
        project.as_uuid(),
        run.as_uuid(),
        now,
        &rows.seq,
        &rows.id,
        &rows.kind as &[&str],
        &rows.site,
        &rows.page,
        &rows.class as &[Option<&str>],
        &rows.title,
        &rows.message,
        &rows.text,
    )
    .execute(&mut *connection)
    .await?;
    if own.is_some() {
        settle(connection, run).await?;
    }
    Ok(())
}

/// Keeps which of its failures a run that has ended got past.
async fn settle(connection: &mut PgConnection, run: RunId) -> Result<(), StoreError> {
    sqlx::query!(
        "-- search.settle
        update search_hit
        set healed = exists (
            select
            from overcome
            where overcome.run_id = $1 and (search_hit.seq = -1 or overcome.seq = search_hit.seq)
        )
        where run_id = $1 and healed is null",
        run.as_uuid(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes back everything that learning makes again. The passages themselves stay: whoever records a
/// step with one that is being deleted would have to wait. Those that nothing points at any more are
/// swept in the end.
pub(crate) async fn empty(
    connection: &mut PgConnection,
    project: ProjectId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = project.as_uuid();
    sqlx::query!(
        "-- search.empty_hits
        delete from search_hit
        using run
        where run.id = run_id and run.project_id = $1 and run.outcome is not null",
        id,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!("-- search.empty_vectors\ndelete from search_vector where project_id = $1", id)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "-- search.wait_again
        insert into search_waiting (text_id, added_at)
        select id, $2
        from search_text
        where project_id = $1
        on conflict on constraint search_waiting_pkey do nothing",
        id,
        now,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// A run that is under way.
pub(crate) struct OpenRun {
    pub(crate) id: RunId,
    spec: Value,
}

/// The runs of a project that are under way.
pub(crate) async fn open_runs(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<Vec<OpenRun>, StoreError> {
    let rows = sqlx::query!(
        "-- search.open_runs
        select run.id, task.spec
        from run
        join task on task.id = run.task_id
        where run.project_id = $1 and run.outcome is null",
        project.as_uuid(),
    )
    .fetch_all(connection)
    .await?;
    let runs = rows.into_iter().map(|row| OpenRun { id: RunId::from_uuid(row.id), spec: row.spec });
    Ok(runs.collect())
}

impl OpenRun {
    /// Writes the passages of its failed steps anew.
    pub(crate) async fn write(
        self,
        connection: &mut PgConnection,
        project: ProjectId,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let spec: TaskSpec = Corrupt::row("run", self.id).json("spec", self.spec)?;
        let plan = spec.plan.as_ref().map(|plan| plan.steps.as_slice()).unwrap_or_default();
        let source = PassageSource { site: &spec.site, inputs: &spec.inputs, plan };
        let steps = failed_steps(connection, self.id.as_uuid()).await?;
        let last = steps.last().map_or(RUN, |step| i32::try_from(step.seq).unwrap_or(i32::MAX));
        let passages = steps.iter().filter_map(|step| Some((step.seq, source.step(step)?)));
        let mut transaction = connection.begin().await?;
        sqlx::query!(
            "-- search.empty_open_run\ndelete from search_hit where run_id = $1 and seq between 0 and $2",
            self.id.as_uuid(),
            last,
        )
        .execute(&mut *transaction)
        .await?;
        write_run(&mut transaction, (project, self.id, now), None, passages).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Deletes the passages of a project that stand nowhere.
pub(crate) async fn sweep(
    connection: &mut PgConnection,
    project: ProjectId,
) -> Result<(), StoreError> {
    let mut after = Some(Uuid::nil());
    while let Some(id) = after {
        after = sqlx::query_scalar!(
            r#"-- search.sweep
            with some_texts as materialized (
                select id
                from search_text
                where project_id = $1 and id > $2
                order by id
                limit $3
            ),
            swept as (
                delete from search_text
                using some_texts
                where search_text.id = some_texts.id
                    and not exists (select from search_hit where text_id = some_texts.id)
            )
            select id as "id!" from some_texts order by id desc limit 1"#,
            project.as_uuid(),
            id,
            SWEPT,
        )
        .fetch_optional(&mut *connection)
        .await?;
    }
    Ok(())
}

async fn failed_steps(connection: &mut PgConnection, run: Uuid) -> Result<Vec<Step>, StoreError> {
    let rows = sqlx::query_as!(
        StepRow,
        "-- search.failed_steps
        select run_id, seq, intent, page, decision, action, failure, observation, fingerprint,
            extracted, started_at, duration_ms
        from step
        where run_id = $1 and failure is not null
        order by seq",
        run,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Step::try_from).collect::<Result<_, _>>()?)
}

/// A passage without a vector.
pub(crate) struct Waiting {
    pub(crate) id: Uuid,
    pub(crate) text: String,
}

/// The passages that have been waiting longest for their vectors: those of a run, or of all.
pub(crate) async fn waiting(
    connection: &mut PgConnection,
    run: Option<RunId>,
    limit: i64,
) -> Result<Vec<Waiting>, StoreError> {
    let rows = sqlx::query_as!(
        Waiting,
        "-- search.waiting
        select id, text
        from search_waiting
        join search_text on id = text_id
        where $1::uuid is null
            or id in (select search_hit.text_id from search_hit where run_id = $1)
        order by added_at, text_id
        limit $2",
        run.map(RunId::as_uuid),
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows)
}

/// Stores their vectors.
pub(crate) async fn embed(
    connection: &mut PgConnection,
    model: &str,
    ids: &[Uuid],
    vectors: &[HalfVector],
) -> Result<(), StoreError> {
    sqlx::query!(
        "-- search.embed
        with fresh as (
            delete from search_waiting
            using unnest($1::uuid[], $2::halfvec[]) as it (id, embedding)
            where text_id = it.id
            returning text_id, it.embedding
        )
        insert into search_vector (
            text_id, project_id, site, page, error_class, model, embedding
        )
        select id, project_id, site, page, error_class, $3, embedding
        from fresh
        join search_text on id = text_id
        on conflict on constraint search_vector_pkey do nothing",
        ids,
        vectors as &[HalfVector],
        model,
    )
    .execute(connection)
    .await?;
    Ok(())
}
