-- retentions.count_overdue_memory
-- $1 project, $2 since when of no use
with stale as (
    select situation.id
    from situation
    join situation_stat as stat on stat.situation_id = situation.id
    where situation.project_id = $1 and stat.last_seen_at < $2
        and not exists (
            select
            from remedy
            join remedy_mark as mark on mark.remedy_id = remedy.id
            where remedy.situation_id = situation.id and mark.at >= $2
        )
)
select
    (select count(*) from stale) as "situations!",
    (select count(*) from remedy where situation_id in (select id from stale)) as "remedies!",
    (
        select count(*)
        from working_locator
        where project_id = $1 and last_worked_at < $2
    ) as "working_locators!",
    (
        select count(*)
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
    ) as "goals!"
