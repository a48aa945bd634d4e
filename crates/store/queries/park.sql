-- leases.park: the run asks and stays open, the task waits; only for who holds the lease, and not
-- if it was to be cancelled. The session of an earlier question is used up; what was typed stays until
-- the run ends.
-- $1 task, $2 token, $3 now, $4 id of the question, $5 the question, $6 until when it can be
-- answered, $7 the session, encrypted, $8 kind and $9 data of the event
with parked as (
    update task
    set state = 'waiting', asks = $4, asks_until = $6, parked_by = lease_owner, resumes = null,
        resumptions = 0, lease_token = null, lease_owner = null, leased_until = null,
        version = version + 1
    where id = $1 and lease_token = $2 and state = 'running' and leased_until > $3
        and cancel_requested_at is null
    returning id, project_id, run_id, site
),
wiped as (
    update escalation
    set session = null
    from parked
    where escalation.task_id = parked.id and session is not null
),
asked as (
    insert into escalation (
        id, project_id, task_id, run_id, lease_token, site, ask, screenshot, state, asked_at,
        deadline, session
    )
    select $4, project_id, id, run_id, $2, site, $5::text::jsonb,
        (
            select artifact.id
            from artifact
            where artifact.run_id = parked.run_id and kind = 'screenshot'
            order by step desc, artifact.id desc
            limit 1
        ),
        'open', $3, $6, $7
    from parked
),
event as (
    insert into task_event (task_id, kind, data, at)
    select id, $8, $9::text::jsonb, $3
    from parked
)
select count(*) as "parked!" from parked
