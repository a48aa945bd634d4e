//! What a run was after, how it ended, and the plan it amounts to.

use super::lesson::Lesson;
use crate::error::StoreError;
use crate::memory::facts::EndedRun;
use crate::memory::rows::hash;
use crate::text::{clean, json};
use domain::failure::FailureKind;
use domain::run::Outcome;
use pgvector::HalfVector;
use sqlx::PgConnection;
use uuid::Uuid;

pub(super) async fn write(
    connection: &mut PgConnection,
    run: &EndedRun,
    lesson: &Lesson,
) -> Result<(), StoreError> {
    let Some(goal) = &lesson.goal else { return Ok(()) };
    sqlx::query!(
        "-- memory.upsert_goal
        insert into goal (id, project_id, site, goal_key)
        values ($1, $2, $3, $4)
        on conflict on constraint goal_pkey do nothing",
        goal.id,
        run.project.as_uuid(),
        &*clean(&run.facts.site),
        &*clean(&goal.key),
    )
    .execute(&mut *connection)
    .await?;
    if let Some(vector) = lesson.vectors.get(&goal.key) {
        embed(connection, &lesson.model, &[goal.id], std::slice::from_ref(vector)).await?;
    }
    let plan = if goal.plan.steps.is_empty() { None } else { Some(json(&goal.plan)?) };
    let succeeded = run.facts.outcome == Outcome::Succeeded;
    // What a replay that failed went by is the plan of the run it names, and not what it got done.
    let known = plan.as_deref().filter(|_| succeeded || run.replays.is_none());
    let plan_key = known.map(|plan| hash(&[plan]));
    sqlx::query!(
        "-- memory.insert_goal_run
        insert into goal_run (
            run_id, goal_id, project_id, agent, outcome, failure_kind, plan, plan_key, ended_at,
            replays
        )
        values ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, $10)
        on conflict on constraint goal_run_pkey do nothing",
        run.id.as_uuid(),
        goal.id,
        run.project.as_uuid(),
        &*clean(&run.agent),
        run.facts.outcome.as_str(),
        run.facts.failure.map(kind_name),
        plan.as_deref().filter(|_| succeeded),
        plan_key,
        run.ended_at,
        run.replays,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stores the vectors of goals that have none.
pub(in crate::memory) async fn embed(
    connection: &mut PgConnection,
    model: &str,
    ids: &[Uuid],
    vectors: &[HalfVector],
) -> Result<(), StoreError> {
    sqlx::query!(
        "-- memory.embed_goals
        update goal
        set model = $1, embedding = it.embedding
        from unnest($2::uuid[], $3::halfvec[]) as it (id, embedding)
        where goal.id = it.id and goal.embedding is null",
        model,
        ids,
        vectors as &[HalfVector],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The name of a kind as it stands in JSON and SQL.
const fn kind_name(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Blocked => "blocked",
        FailureKind::Infrastructure => "infrastructure",
        FailureKind::Budget => "budget",
        FailureKind::Unanswered => "unanswered",
        FailureKind::Invalid => "invalid",
    }
}
