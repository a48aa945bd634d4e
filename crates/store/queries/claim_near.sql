-- leases.due_near: what to claim, from the head of the queue and among expired leases
-- $1 now, $2 how many, $3 how many per site, $4 "nothing may have started on the site after this"
-- (null: no pace), $5 how far to look, $6 the worker: what was parked by another one is still
-- reserved for it, $7 how often one answer may be claimed
with busy as materialized (
    select id, project_id, site, priority, leased_until > $1 as alive,
        leased_until <= $1 and cancel_requested_at is null
            and (attempt < max_attempts or (resumes is not null and resumptions < $7::integer))
            as expired
    from task
    where state = 'running'
),
near as materialized (
    select id, project_id, site, priority
    from task
    where state = 'queued' and run_after <= $1
        and (reserved_until is null or reserved_until <= $1 or parked_by = $6::text)
    order by priority desc, id
    limit $5
),
-- how many more may start on each site
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
        select project_id, site from near
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
due as (
    select id, project_id, site, priority,
        row_number() over (partition by project_id, site order by priority desc, id) as number
    from (
        select id, project_id, site, priority from near
        union all
        select id, project_id, site, priority from busy where expired
    ) as due
),
picked as (
    select due.id
    from due
    join place on place.project_id = due.project_id and place.site = due.site
    where due.number <= place.free
    order by due.priority desc, due.id
    limit $2
)
select array(select id from picked) as "ids!",
    (select count(*) from near) < $5 as "whole!"
