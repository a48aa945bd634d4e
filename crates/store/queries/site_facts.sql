-- sites.facts: what each site is judged by, or one of them
-- $1 project, $2 site, $3 the last day that is not recent, $4 the last day before the weeks before it,
-- $5 since when a remedy that failed did so lately, $6 since when a step that was given up is so still
-- All days are added up, for what happened in all: half a second for a million rows of `site_day`, which
-- are as many as days by sites by agents, however many runs there were.
with day as (
    select site, sum(runs) as runs, sum(succeeded) as succeeded, sum(failed) as failed,
        coalesce(sum(succeeded) filter (where day > $3), 0) as recent_succeeded,
        coalesce(sum(failed) filter (where day > $3), 0) as recent_failed,
        coalesce(sum(failures) filter (where day > $3), 0) as recent_failures,
        coalesce(sum(overcome) filter (where day > $3), 0) as recent_overcome,
        coalesce(sum(succeeded) filter (where day > $4 and day <= $3), 0) as before_succeeded,
        coalesce(sum(failed) filter (where day > $4 and day <= $3), 0) as before_failed,
        coalesce(sum(failures) filter (where day > $4 and day <= $3), 0) as before_failures,
        coalesce(sum(overcome) filter (where day > $4 and day <= $3), 0) as before_overcome,
        min(day) as first_day, max(day) as last_day
    from site_day
    where project_id = $1 and ($2::text is null or site = $2)
    group by site
),
question as (
    select site, count(*) as open, min(asked_at) as oldest
    from escalation
    where project_id = $1 and state = 'open' and ($2::text is null or site = $2)
    group by site
),
pattern as (
    select site, count(*) as patterns
    from memory_list
    where project_id = $1 and state = 'pattern' and ($2::text is null or site = $2)
    group by site
),
-- what failed last and is without a successor
broken as materialized (
    select list.site, list.state, list.approach, known.worked, known.last_failed_at,
        situation.action, situation.target_key, situation.page
    from memory_list as list
    join known_remedy as known on known.id = list.remedy_id
    join situation on situation.id = known.situation_id
    where list.project_id = $1 and ($2::text is null or list.site = $2)
        and (
            (list.state = 'retired' and list.changed_at >= $5)
            or (list.state = 'dead_end' and list.approach = 'give_up' and list.changed_at >= $6)
        )
        and not exists (
            select
            from known_remedy as other
            where other.situation_id = known.situation_id and other.id <> known.id
                and other.trust <> 'flagged' and other.last_worked_at > known.last_failed_at
        )
),
lapsed as (
    select site, count(*) as lapsed
    from broken
    where state = 'retired' and worked > 0 and last_failed_at >= $5
    group by site
),
-- the plan's own way may work there again
given_up as (
    select site, count(*) as given_up
    from broken
    where state = 'dead_end' and last_failed_at >= $6
        and not exists (
            select
            from working_locator as own
            where own.project_id = $1 and own.site = broken.site and own.action = broken.action
                and own.target_key = broken.target_key and own.page = broken.page
                and own.last_worked_at > broken.last_failed_at
        )
    group by site
)
select site as "site!", coalesce(runs, 0) as "runs!", coalesce(succeeded, 0) as "succeeded!",
    coalesce(failed, 0) as "failed!",
    coalesce(recent_succeeded, 0) as "recent_succeeded!",
    coalesce(recent_failed, 0) as "recent_failed!",
    coalesce(recent_failures, 0) as "recent_failures!",
    coalesce(recent_overcome, 0) as "recent_overcome!",
    coalesce(before_succeeded, 0) as "before_succeeded!",
    coalesce(before_failed, 0) as "before_failed!",
    coalesce(before_failures, 0) as "before_failures!",
    coalesce(before_overcome, 0) as "before_overcome!",
    first_day as "first_day?", last_day as "last_day?", coalesce(open, 0) as "open!",
    oldest as "oldest?", coalesce(patterns, 0) as "patterns!", coalesce(lapsed, 0) as "lapsed!",
    coalesce(given_up, 0) as "given_up!"
from day
full join question using (site)
left join pattern using (site)
left join lapsed using (site)
left join given_up using (site)
order by site
