-- memory.restore: what removed traces had taught, as memory; without vectors, which are made again
-- $1 project
with new_situation as (
    insert into situation (
        id, project_id, site, page, error_class, action, target, target_key, intent, message, text,
        first_run_id, first_step, embedded
    )
    select id, project_id, site, page, error_class, action, target, target_key, intent, message,
        text, first_run_id, first_step, false
    from kept.situation
    where project_id = $1
),
new_situation_stat as (
    insert into situation_stat (situation_id, seen, last_seen_at)
    select situation_id, seen, last_seen_at
    from kept.situation_stat
    join kept.situation on situation.id = situation_stat.situation_id
    where project_id = $1
),
new_remedy as (
    insert into remedy (
        id, situation_id, project_id, content, content_worked, content_run_id, content_step,
        origin_worked, origin_run_id, origin_step, created_at
    )
    select id, situation_id, project_id, content, content_worked, content_run_id, content_step,
        origin_worked, origin_run_id, origin_step, created_at
    from kept.remedy
    where project_id = $1
),
new_mark as (
    insert into remedy_mark (remedy_id, run_id, seq, project_id, agent, verdict, trust, at)
    select remedy_id, run_id, seq, project_id, agent, verdict, trust, at
    from kept.remedy_mark
    where project_id = $1
),
new_remedy_stat as (
    insert into remedy_stat (
        remedy_id, vouched, tried, worked, failed, unverified, runs, agents, last_worked_at,
        last_failed_at
    )
    select remedy_id, vouched, tried, worked, failed, unverified, runs, agents, last_worked_at,
        last_failed_at
    from kept.remedy_stat
    join kept.remedy on remedy.id = remedy_stat.remedy_id
    where project_id = $1
),
new_working as (
    insert into working_locator (
        project_id, site, page, action, target_key, target, intent, fingerprint, effect, worked,
        last_worked_at, last_run_id
    )
    select project_id, site, page, action, target_key, target, intent, fingerprint, effect, worked,
        last_worked_at, last_run_id
    from kept.working_locator
    where project_id = $1
),
new_goal as (
    insert into goal (id, project_id, site, goal_key)
    select id, project_id, site, goal_key
    from kept.goal
    where project_id = $1
),
new_day as (
    insert into site_day (
        project_id, day, site, agent, runs, succeeded, failed, failures, overcome, foreseen, reused,
        reuse_failed, reuse_wrong
    )
    select project_id, day, site, agent, runs, succeeded, failed, failures, overcome, foreseen,
        reused, reuse_failed, reuse_wrong
    from kept.site_day
    where project_id = $1
),
new_day_heal as (
    insert into site_day_heal (project_id, day, site, agent, healed_by, tactic, heals)
    select project_id, day, site, agent, healed_by, tactic, heals
    from kept.site_day_heal
    where project_id = $1
)
insert into goal_run (
    run_id, goal_id, project_id, agent, outcome, failure_kind, plan, plan_key, ended_at, replays
)
select run_id, goal_id, project_id, agent, outcome, failure_kind, plan, plan_key, ended_at, replays
from kept.goal_run
where project_id = $1
