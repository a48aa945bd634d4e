-- leases.claim: takes tasks that were found to be due, as far as they still are. What somebody else
-- holds a lock on is being cancelled or written to: it is not due after all.
-- $1 now, $2 the tasks, $3 new expiry, $4 worker, $5 ids of the new runs, $6 their tokens, $7 the
-- failure of a run whose lease expired, $8 how often one answer may be claimed
-- "= any (array(…))": the planner cannot know how few there are, and would read the whole table.
with picked as (
    select id, priority, state, run_id, resumes,
        resumes is not null and (state = 'queued' or resumptions < $8::integer) as again
    from task
    where id = any ($2::uuid[])
        and (
            (
                state = 'queued' and run_after <= $1
                and (reserved_until is null or reserved_until <= $1 or parked_by = $4)
            )
            or (
                state = 'running' and leased_until <= $1 and cancel_requested_at is null
                and (attempt < max_attempts or (resumes is not null and resumptions < $8))
            )
        )
    order by priority desc, id
    for no key update skip locked
),
minted as (
    select picked.id, picked.again, picked.resumes,
        picked.state = 'running' and not picked.again as expired, picked.run_id as old_run_id,
        case when picked.again then picked.run_id else fresh.run_id end as run_id, fresh.token
    from (
        select *, row_number() over (order by priority desc, id) as number from picked
    ) as picked
    join unnest($5::uuid[], $6::uuid[]) with ordinality as fresh (run_id, token, number)
        on fresh.number = picked.number
),
claimed as (
    update task
    set state = 'running', attempt = attempt + case when minted.again then 0 else 1 end,
        run_id = minted.run_id,
        lease_token = minted.token, lease_owner = $4, leased_until = $3,
        parked_by = null, reserved_until = null,
        resumes = case when minted.again then task.resumes end,
        resumptions = case when minted.again then resumptions + 1 else 0 end,
        failure = case when minted.expired then $7::text::jsonb else failure end,
        started_at = coalesce(started_at, $1), version = version + 1
    from minted
    where task.id = minted.id and task.id = any (array(select id from minted))
    returning task.*
),
lost as (
    update run
    set outcome = 'lost', failure = $7::text::jsonb, ended_at = $1
    where id = any (array(select old_run_id from minted where expired)) and outcome is null
),
begun as (
    insert into run (
        id, project_id, task_id, attempt, goal, agent, site, labels, worker, trace_id, started_at
    )
    select run_id, project_id, id, attempt, spec ->> 'goal', agent, site, labels, $4,
        -- later attempts have traces of their own
        case when attempt = 1 then split_part(traceparent, '-', 2) end, $1
    from claimed
    where resumes is null
),
-- a run that goes on with an answer stays the same run
resumed as (
    update run
    set worker = $4
    where id = any (array(select run_id from claimed where resumes is not null))
),
-- the answers of a run that nobody could go on with
wiped as (
    update escalation
    set session = null, input = null
    where run_id = any (array(select old_run_id from minted where expired))
        and (session is not null or input is not null)
),
event as (
    insert into task_event (task_id, kind, data, at)
    select id, 'run.started',
        jsonb_strip_nulls(jsonb_build_object(
            'run_id', run_id, 'attempt', attempt, 'escalation_id', resumes
        )), $1
    from claimed
)
select id, project_id, run_id as "run_id!", attempt, max_attempts, lease_token as "token!", spec,
    secrets, traceparent, tracestate, resumes,
    (select claimed.run_after from minted where minted.id = claimed.id and not minted.expired)
        as "due_at?"
from claimed
order by priority desc, id
