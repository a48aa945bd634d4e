-- leases.finish: only for who holds the lease. Nothing is queued again that was to be cancelled. An
-- attempt that is given back before the answer it was claimed for is used up goes on waiting for a
-- claim: its run stays open.
-- $1 task, $2 token, $3 now, $4 new state, $5 whether that is the end, $6 attempts given back,
-- $7 when it may be claimed again, $8 result of the task, $9 whether its failure stays, $10 its
-- failure, $11 outcome, $12 failure and $13 result of the run, $14 kind and $15 data of the event
with ended as (
    update task
    set state = $4, run_after = coalesce($7, run_after),
        attempt = attempt - case when resumes is null or $4 <> 'queued' then $6 else 0 end,
        resumes = case when $6 > 0 and $4 = 'queued' then resumes end,
        result = coalesce($8::text::jsonb, result),
        failure = case when $9 then failure else $10::text::jsonb end,
        secrets = case when $5 then null else secrets end,
        finished_at = case when $5 then $3 end,
        lease_token = null, lease_owner = null, leased_until = null,
        version = version + 1
    where id = $1 and lease_token = $2 and state = 'running' and leased_until > $3
        and ($4 <> 'queued' or cancel_requested_at is null)
    returning id, run_id, resumes
),
ended_run as (
    update run
    set outcome = $11, failure = $12::text::jsonb, result = $13::text::jsonb, ended_at = $3,
        steps = (select coalesce(max(seq) + 1, 0) from step where step.run_id = run.id)
    from ended
    where run.id = ended.run_id and ended.resumes is null
),
wiped as (
    update escalation
    set session = null, input = null
    from ended
    where escalation.task_id = ended.id and ended.resumes is null
        and (session is not null or input is not null)
),
event as (
    insert into task_event (task_id, kind, data, at)
    select id, $14, $15::text::jsonb, $3
    from ended
)
select count(*) as "ended!" from ended
