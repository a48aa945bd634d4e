-- leases.due_far: what to claim, from the first tasks of every site and among expired leases
-- $1 now, $2 how many, $3 how many per site, $4 "nothing may have started on the site after this"
-- (null: no pace), $5 the worker: what was parked by another one is still reserved for it, $6 how
-- often one answer may be claimed
with recursive
busy as materialized (
    select id, project_id, site, priority, leased_until > $1 as alive,
        leased_until <= $1 and cancel_requested_at is null
            and (attempt < max_attempts or (resumes is not null and resumptions < $6::integer))
            as expired
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
-- how many more may start on each; a site that is full drops out before anything is limited
place as materialized (
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
due as (
    select first.id, first.priority
    from place
    cross join lateral (
        (
            select id, priority
            from task
            where state = 'queued' and run_after <= $1
                and project_id = place.project_id and site = place.site
                and (reserved_until is null or reserved_until <= $1 or parked_by = $5::text)
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
)
select id as "id!"
from due
order by priority desc, id
limit $2
