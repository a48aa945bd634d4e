-- memory.forget_site: a site of which something has been of no use; none while memory is behind the
-- traces
-- $1 project, $2 since when, $3 until when runs that ended have to be distilled
select site
from (
    (
        select situation.site
        from situation
        join situation_stat as stat on stat.situation_id = situation.id
        where situation.project_id = $1 and stat.last_seen_at < $2
            and not exists (
                select
                from remedy
                join remedy_mark as mark on mark.remedy_id = remedy.id
                where remedy.situation_id = situation.id and mark.at >= $2
            )
        limit 1
    )
    union all
    (
        select site
        from working_locator
        where project_id = $1 and last_worked_at < $2
        limit 1
    )
    union all
    (
        select site
        from goal
        where project_id = $1
            and not exists (
                select from goal_run where goal_id = goal.id and ended_at >= $2
            )
            and not exists (
                select
                from goal_run as source
                join goal_run as replay on replay.replays = source.run_id
                where source.goal_id = goal.id and replay.ended_at >= $2
            )
        limit 1
    )
) as stale
where not exists (
    select
    from run
    where project_id = $1 and ended_at < $3 and distilled_at is null
)
limit 1
