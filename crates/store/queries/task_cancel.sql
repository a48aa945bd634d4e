-- tasks.cancel: what waits ends now, with the run and the question that it waits with; what runs is
-- asked to, once
-- $1 task, $2 project, $3 now, $4 the event when asked, $5 the event when ended
with cancelled as (
    update task
    set state = case when state = 'running' then state else 'cancelled' end,
        cancel_requested_at = $3::timestamptz,
        finished_at = case when state = 'running' then null else $3 end,
        secrets = case when state = 'running' then secrets end,
        asks = null, asks_until = null, resumes = case when state = 'running' then resumes end,
        version = version + 1
    where id = $1 and project_id = $2
        and (
            state in ('queued', 'waiting')
            or (state = 'running' and cancel_requested_at is null)
        )
    returning *
),
ended_run as (
    update run
    set outcome = 'cancelled', ended_at = $3,
        steps = (select coalesce(max(seq) + 1, 0) from step where step.run_id = run.id)
    from cancelled
    where run.id = cancelled.run_id and cancelled.state = 'cancelled' and run.outcome is null
),
closed as (
    update escalation
    set state = case when escalation.state = 'open' then 'cancelled' else escalation.state end,
        session = null, input = null
    from cancelled
    where escalation.task_id = cancelled.id and cancelled.state = 'cancelled'
        and (escalation.state = 'open' or session is not null or input is not null)
),
event as (
    insert into task_event (task_id, kind, data, at)
    select id, case when state = 'running' then $4 else $5 end,
        jsonb_strip_nulls(jsonb_build_object('run_id', run_id)), $3
    from cancelled
)
select id, project_id, spec, secret_names, state, attempt, run_id, result, failure,
    run_after, asks, asks_until, cancel_requested_at, traceparent, version, created_at, started_at,
    finished_at
from cancelled
