-- tasks.insert: the task and its first event, or nothing if its idempotency key is taken
with new_task as (
    insert into task (
        id, project_id, spec, site, agent, labels, priority, secret_names, secrets, traceparent,
        tracestate, idempotency_key, fingerprint, state, run_after, max_attempts, created_at
    )
    values (
        $1, $2, $3::text::jsonb, $4, $5, $6::text::jsonb, $7, $8, $9, $10,
        $11, $12, $13, 'queued', $14, $15, $16
    )
    on conflict (project_id, idempotency_key) where idempotency_key is not null do nothing
    returning *
),
event as (
    insert into task_event (task_id, kind, data, at)
    select id, $17, '{}', $16 from new_task
)
select id, project_id, spec, secret_names, state, attempt, run_id, result, failure,
    run_after, asks, asks_until, cancel_requested_at, traceparent, version, created_at, started_at,
    finished_at
from new_task
