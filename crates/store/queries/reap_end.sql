-- leases.reap: ends one task whose lease expired; its row is locked by the query before
-- $1 task, $2 now, $3 new state, $4 failure of the task (null: the one it has), $5 failure of the
-- lost run, $6 kind and $7 data of the event
with ended as (
    update task
    set state = $3, failure = coalesce($4::text::jsonb, failure), secrets = null,
        resumes = null, finished_at = $2, lease_token = null, lease_owner = null, leased_until = null,
        version = version + 1
    where id = $1 and state = 'running' and leased_until <= $2
    returning *
),
lost as (
    update run
    set outcome = 'lost', failure = $5::text::jsonb, ended_at = $2
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
    select id, $6, $7::text::jsonb, $2
    from ended
)
select id, project_id, spec, secret_names, state, attempt, run_id, result, failure,
    run_after, asks, asks_until, cancel_requested_at, traceparent, version, created_at, started_at,
    finished_at
from ended
