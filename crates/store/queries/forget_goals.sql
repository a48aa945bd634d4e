-- memory.forget_goals: those of a site that no run was after, and whose plans no run went by; with
-- their runs and plans
-- $1 project, $2 site, $3 since when, $4 how many
with stale as (
    select id
    from goal
    where project_id = $1 and site = $2
        and not exists (
            select from goal_run where goal_id = goal.id and ended_at >= $3
        )
        and not exists (
            select
            from goal_run as source
            join goal_run as replay on replay.replays = source.run_id
            where source.goal_id = goal.id and replay.ended_at >= $3
        )
    order by id
    limit $4
),
kept as (
    delete from kept.goal where id in (select id from stale)
)
delete from goal
where id in (select id from stale)
returning id
