//! The runs and steps that the kept situations come from, one failed step of one run for each, and the
//! words in which they are found.

use crate::bench::database::Database;
use crate::bench::queue::tasks;
use anyhow::Result;
use uuid::{Builder, Uuid};

/// When the first run began, in milliseconds since 1970: one run a minute until they are a million is
/// two years.
const BEGAN: u64 = 1_730_000_000_000;
const APART: u64 = 60_000;

/// The run that met the situation of a number: ids grow with time.
pub(super) fn run_of(number: u64) -> Uuid {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    Builder::from_unix_timestamp_millis(BEGAN + number * APART, &random).into_uuid()
}

/// One run in eight failed; the others got past it.
const RUNS: &str = "insert into run (
        id, project_id, task_id, attempt, goal, agent, site, labels, worker, outcome, failure,
        result, steps, started_at, ended_at, distilled_at
    )
    select first_run_id, situation.project_id, task.id, 1, intent,
        'agent-' || abs(hashtext(situation.id::text)) % 20, situation.site,
        '{\"team\": \"bench\"}', 'bench',
        case when failed then 'failed' else 'succeeded' end,
        case when failed then jsonb_build_object(
            'kind', 'blocked', 'class', error_class, 'message', message, 'step', 0
        ) end,
        case when not failed then '{}'::jsonb end,
        1, last_seen_at - interval '1 minute', last_seen_at, last_seen_at
    from situation
    join situation_stat on situation_id = situation.id
    cross join lateral (select abs(hashtext(situation.id::text)) % 8 = 0 as failed) as how
    cross join task";

const STEPS: &str = "insert into step (
        run_id, seq, intent, page, decision, action, failure, observation, started_at, duration_ms
    )
    select first_run_id, 0, intent, page, '{\"source\": \"plan\", \"step\": 0}',
        jsonb_strip_nulls(jsonb_build_object('action', action, 'target', target)),
        jsonb_build_object('class', error_class, 'message', message),
        jsonb_build_object('url', 'https://' || site || page, 'title', intent),
        last_seen_at - interval '1 minute', 3000
    from situation
    join situation_stat on situation_id = situation.id
    order by first_run_id";

/// A passage for each failed step, with the vector of its situation: they say the same.
const PASSAGES: [&str; 3] = [
    "insert into search_text (
        id, project_id, kind, site, page, error_class, title, message, text
    )
    select id, project_id, 'step', site, page, error_class, intent, message,
        intent || ': ' || replace(error_class, '_', ' ')
    from situation",
    "insert into search_vector (
        text_id, project_id, site, page, error_class, model, embedding
    )
    select situation_id, situation.project_id, situation.site, page, situation.error_class, model,
        embedding
    from situation_vector
    join situation on situation.id = situation_id",
    "insert into search_hit (run_id, seq, text_id, healed)
    select first_run_id, 0, situation.id, run.outcome = 'succeeded'
    from situation
    join run on run.id = first_run_id",
];

/// Makes the run, the step and the passage of every situation, below one task.
pub(super) async fn make(database: &mut Database) -> Result<()> {
    let store = database.store().await?;
    let task = tasks::submit(&store, tasks::new_task(database)?).await?;
    store.tasks().cancel(database.project, task).await?;
    store.close().await;
    database.run(RUNS).await?;
    database.run(STEPS).await?;
    for passages in PASSAGES {
        database.run(passages).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::run_of;

    #[test]
    fn ids_of_runs_grow_and_say_when() {
        assert!(run_of(1) > run_of(0) && run_of(1_000_000) > run_of(999_999));
        assert_eq!(run_of(7).get_version_num(), 7);
    }
}
