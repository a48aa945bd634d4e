-- leases.end_waiting: a task whose question will not be answered fails, and its run with it; its row
-- is locked by the query before
-- $1 task, $2 now, $3 failure, $4 what was extracted, $5 kind and $6 data of the event
with ended as (
    update task
    set state = 'failed', failure = $3::text::jsonb,
        result = coalesce($4::text::jsonb, result), secrets = null, asks = null, asks_until = null,
        parked_by = null, finished_at = $2, version = version + 1
    where id = $1 and state = 'waiting'
    returning *
),
ended_run as (
    update run
    set outcome = 'failed', failure = $3::text::jsonb, result = $4::text::jsonb, ended_at = $2,
        steps = (select coalesce(max(seq) + 1, 0) from step where step.run_id = run.id)
    from ended
    where run.id = ended.run_id and run.outcome is null
),
wiped as (
    update escalation
    set session = null, input = null
    from ended
    where escalation.task_id = ended.id and (session is not null or input is not null)
),
event as (
    insert into task_event (task_id, kind, data, at)
    select id, $5, $6::text::jsonb, $2
    from ended
)
select id, project_id, spec, secret_names, state, attempt, run_id, result, failure,
    run_after, asks, asks_until, cancel_requested_at, traceparent, version, created_at, started_at,
    finished_at
from ended
