//! The facts of a run that has ended, as they are distilled.

use crate::error::{Corrupt, StoreError};
use crate::steps::StepRow;
use crate::store::Store;
use chrono::{DateTime, Utc};
use domain::escalation::{Answer, Ask, EscalationKind};
use domain::failure::TaskFailure;
use domain::id::{ProjectId, RunId};
use domain::memory::{Advice, Approach, RunFacts, Settled};
use domain::plan::{PlanForm, StepForm};
use domain::run::Outcome;
use domain::step::{Step, StepDecision};
use domain::task::TaskSpec;
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

/// A run to be distilled.
pub(super) struct EndedRun {
    pub(super) id: RunId,
    pub(super) project: ProjectId,
    pub(super) agent: String,
    pub(super) goal: String,
    pub(super) ended_at: DateTime<Utc>,
    /// The run whose plan it went by.
    pub(super) replays: Option<Uuid>,
    /// Why it failed.
    pub(super) failure: Option<TaskFailure>,
    /// Whether the plan below is the task's own.
    pub(super) planned: bool,
    pub(super) facts: RunFacts,
}

struct RunRow {
    project_id: Uuid,
    site: String,
    agent: String,
    goal: String,
    outcome: String,
    failure: Option<Value>,
    ended_at: DateTime<Utc>,
    replays: Option<Uuid>,
    spec: Value,
}

/// Reads a run; `None` if there is none, or it has not ended, or was distilled before.
pub(super) async fn load(store: &Store, run: RunId) -> Result<Option<EndedRun>, StoreError> {
    load_one(store, run, Wanted::Undistilled).await
}

/// Reads a run that has ended, wherever memory is with it: it may be emptied and made anew at any
/// time, and the facts stay. `None` if there is no such run.
pub(super) async fn load_again(store: &Store, run: RunId) -> Result<Option<EndedRun>, StoreError> {
    load_one(store, run, Wanted::Any).await
}

/// Which runs are wanted.
#[derive(PartialEq)]
enum Wanted {
    Undistilled,
    Any,
}

async fn load_one(
    store: &Store,
    run: RunId,
    wanted: Wanted,
) -> Result<Option<EndedRun>, StoreError> {
    let row = sqlx::query_as!(
        RunRow,
        r#"-- memory.facts
        select run.project_id, run.site, run.agent, run.goal, run.outcome as "outcome!",
            run.failure, run.ended_at as "ended_at!", run.replays, task.spec
        from run
        join task on task.id = run.task_id
        where run.id = $1 and run.outcome is not null and ($2 or run.distilled_at is null)"#,
        run.as_uuid(),
        wanted == Wanted::Any,
    )
    .fetch_optional(store.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let name = Corrupt::row("run", run);
    let spec: TaskSpec = name.json("spec", row.spec)?;
    let failure: Option<TaskFailure> = name.optional_json("failure", row.failure)?;
    let steps = steps(store, run).await?;
    let planned = spec.plan.is_some();
    let plan = match spec.plan {
        Some(plan) => plan,
        None => other_plan(store, run, &steps).await?,
    };
    Ok(Some(EndedRun {
        id: run,
        project: ProjectId::from_uuid(row.project_id),
        agent: row.agent,
        goal: row.goal,
        ended_at: row.ended_at,
        replays: row.replays,
        planned,
        facts: RunFacts {
            project: ProjectId::from_uuid(row.project_id),
            site: row.site,
            outcome: name.name("outcome", &row.outcome, Outcome::from_name)?,
            failure: failure.as_ref().map(|failure| failure.kind),
            inputs: spec.inputs,
            plan,
            steps,
            settled: settled(store, run).await?,
        },
        failure,
    }))
}

async fn steps(store: &Store, run: RunId) -> Result<Vec<Step>, StoreError> {
    let rows = sqlx::query_as!(
        StepRow,
        "-- memory.steps
        select run_id, seq, intent, page, decision, action, failure, observation, fingerprint,
            extracted, started_at, duration_ms
        from step
        where run_id = $1
        order by seq",
        run.as_uuid(),
    )
    .fetch_all(store.pool())
    .await?;
    Ok(rows.into_iter().map(Step::try_from).collect::<Result<_, _>>()?)
}

/// What humans had this run leave out or give up, and what it left out because memory said so. What
/// cannot be read any more teaches nothing.
async fn settled(store: &Store, run: RunId) -> Result<Vec<Settled>, StoreError> {
    let told = sqlx::query!(
        r#"-- memory.settled_by_humans
        select ask, answer as "answer!"
        from escalation
        where run_id = $1 and answer ->> 'kind' in ('skip', 'give_up')
        order by id"#,
        run.as_uuid(),
    )
    .fetch_all(store.pool())
    .await?;
    let told = told.into_iter().filter_map(|row| {
        let ask: Ask = serde_json::from_value(row.ask).ok()?;
        let approach = match serde_json::from_value(row.answer).ok()? {
            Answer::Skip => Approach::LeaveOut,
            Answer::GiveUp { .. } => Approach::GiveUp,
            _ => return None,
        };
        let after = ask.after.filter(|_| ask.kind == EscalationKind::Step)?;
        Some(Settled { after, approach, copied: None })
    });
    let copied = sqlx::query!(
        r#"-- memory.settled_by_memory
        select after_step as "after_step!", answer #> '{judged,settled}' as "settled!"
        from recall
        where run_id = $1 and answer #> '{judged,settled}' is not null
        order by id"#,
        run.as_uuid(),
    )
    .fetch_all(store.pool())
    .await?;
    let copied = copied.into_iter().filter_map(|row| {
        let advice: Advice = serde_json::from_value(row.settled).ok()?;
        Some(Settled {
            after: u32::try_from(row.after_step).ok()?,
            approach: advice.remedy.remedy.approach,
            copied: Some((advice.situation_id, advice.remedy.id)),
        })
    });
    Ok(told.chain(copied).collect())
}

/// The plan of a run whose task has none: a human's, or the one it had when it asked, or the one that
/// a human gave in an earlier attempt, or what its steps say that it went by.
async fn other_plan(store: &Store, run: RunId, steps: &[Step]) -> Result<PlanForm, StoreError> {
    let asked = sqlx::query!(
        "-- memory.asked_plans
        select run_id, ask, answer
        from escalation
        where task_id = (select task_id from run where id = $1) and run_id <= $1
        order by run_id desc, id desc",
        run.as_uuid(),
    )
    .fetch_all(store.pool())
    .await?;
    for question in asked {
        let answer = question.answer.map(serde_json::from_value);
        if let Some(Ok(Answer::Plan { plan })) = answer {
            return Ok(plan);
        }
        if question.run_id != run.as_uuid() {
            continue;
        }
        let ask: Option<Ask> = serde_json::from_value(question.ask).ok();
        if let Some(plan) = ask.and_then(|ask| ask.resume.plan) {
            return Ok(plan);
        }
    }
    Ok(plan_of(steps))
}

/// A step of the plan is recorded with its number and its form, placeholders and all. Where memory
/// foresaw that the plan's way fails, only what was done instead is known.
fn plan_of(steps: &[Step]) -> PlanForm {
    let mut forms: BTreeMap<u32, &StepForm> = BTreeMap::new();
    for step in steps {
        match step.decision {
            StepDecision::Plan { step: number } => {
                forms.insert(number, &step.action);
            }
            StepDecision::Foreseen { step: number, own: true, .. } => {
                forms.entry(number).or_insert(&step.action);
            }
            _ => {}
        }
    }
    // Numbers are places in the plan: nothing after a gap can be told.
    let whole = (0..).zip(forms).take_while(|(at, (number, _))| at == number);
    PlanForm { steps: whole.map(|(_, (_, form))| form.clone()).collect() }
}
