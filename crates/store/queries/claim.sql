-- leases.claim: due tasks and expired leases take the same road, site by site
-- $1 now, $2 how many, $3 how many per site, $4 "nothing may have started on the site after this"
-- (null: no pace), $5 new expiry, $6 worker, $7 ids of the new runs, $8 their tokens,
-- $9 the failure of a run whose lease expired
with recursive
busy as materialized (
    select id, project_id, site, priority, leased_until > $1 as alive,
        leased_until <= $1 and attempt < max_attempts and cancel_requested_at is null as expired
    from task
    where state = 'running'
),
-- every site with queued tasks: one index probe each, however long the queue
waiting as (
    (
        select project_id, site
        from task
        where state = 'queued'
        order by project_id, site
        limit 1
    )
    union all
    select next.project_id, next.site
    from waiting
    cross join lateral (
        select project_id, site
        from task
        where state = 'queued' and (project_id, site) > (waiting.project_id, waiting.site)
        order by project_id, site
        limit 1
    ) as next
),
-- how many may start on each; a site that is full drops out here, before anything is limited
place as (
    select project_id, site,
        least(
            case when $4::timestamptz is null then $2::bigint else 1 end,
            $3::bigint - (
                select count(*)
                from busy
                where alive and busy.project_id = at.project_id and busy.site = at.site
            )
        ) as free
    from (
        select project_id, site from waiting
        union
        select project_id, site from busy where expired
    ) as at
    where $4::timestamptz is null
        or coalesce(
            (
                select started_at
                from run
                where run.project_id = at.project_id and run.site = at.site
                order by id desc
                limit 1
            ) <= $4,
            true
        )
),
candidate as (
    select first.id
    from place
    cross join lateral (
        (
            select id, priority
            from task
            where state = 'queued' and run_after <= $1
                and project_id = place.project_id and site = place.site
            order by priority desc, id
            limit place.free
        )
        union all
        select id, priority
        from busy
        where expired and project_id = place.project_id and site = place.site
        order by priority desc, id
        limit place.free
    ) as first
    where place.free > 0
),
-- What somebody else holds a lock on is being cancelled or written to: it is not due after all.
-- "= any (array(…))" here and below: the planner cannot know how few there are, and would rather
-- read the whole table.
picked as (
    select task.id, task.priority, task.state, task.run_id
    from task
    where task.id = any (array(select id from candidate))
        and (
            (task.state = 'queued' and task.run_after <= $1)
            or (
                task.state = 'running' and task.leased_until <= $1
                and task.attempt < task.max_attempts and task.cancel_requested_at is null
            )
        )
    order by task.priority desc, task.id
    limit $2
    for update of task skip locked
),
minted as (
    select picked.id, picked.state = 'running' as expired, picked.run_id as old_run_id,
        fresh.run_id, fresh.token
    from (
        select *, row_number() over (order by priority desc, id) as number from picked
    ) as picked
    join unnest($7::uuid[], $8::uuid[]) with ordinality as fresh (run_id, token, number)
        on fresh.number = picked.number
),
claimed as (
    update task
    set state = 'running', attempt = attempt + 1, run_id = minted.run_id,
        lease_token = minted.token, lease_owner = $6, leased_until = $5,
        failure = case when minted.expired then $9::text::jsonb else failure end,
        started_at = coalesce(started_at, $1), version = version + 1
    from minted
    where task.id = minted.id and task.id = any (array(select id from minted))
    returning task.*
),
lost as (
    update run
    set outcome = 'lost', failure = $9::text::jsonb, ended_at = $1
    where id = any (array(select old_run_id from minted where expired)) and outcome is null
),
begun as (
    insert into run (
        id, project_id, task_id, attempt, goal, agent, site, labels, worker, started_at
    )
    select run_id, project_id, id, attempt, spec ->> 'goal', agent, site, labels, $6, $1
    from claimed
),
event as (
    insert into task_event (task_id, kind, data, at)
    select id, 'run.started', jsonb_build_object('run_id', run_id, 'attempt', attempt), $1
    from claimed
)
select id, project_id, run_id as "run_id!", attempt, max_attempts, lease_token as "token!", spec,
    secrets, traceparent
from claimed
order by priority desc, id
