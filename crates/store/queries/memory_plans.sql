-- memory.plans: the distinct plans of the newest successful runs of this goal, or of one that is near
-- by meaning, on this site; with how the newest runs of each plan went, those of this goal that replayed
-- it and failed among them. A run that failed for want of a browser or of time says nothing about its
-- plan. What a flagged remedy did in a run is part of the plan it amounts to, so that is not served
-- either. Nothing here reads more rows because there were more runs: of each goal and of each plan an
-- index leads to the newest.
-- $1 project, $2 site, $3 goal, $4 its meaning, $5 model and $6 length of that, $7 how near
with near as (
    select id, goal_key, similarity
    from (
        select id, goal_key,
            case
                when goal_key = $3 then 1
                when model = $5 and vector_dims(embedding) = $6 then 1 - (embedding <=> $4)
            end as similarity
        from goal
        where project_id = $1 and site = $2
    ) as goal
    where similarity >= $7
),
newest as (
    select near.id, near.goal_key, near.similarity, run.run_id, run.plan, run.plan_key, run.ended_at
    from near
    cross join lateral (
        select run_id, plan, plan_key, ended_at
        from (
            select run_id, plan, plan_key, ended_at
            from goal_run
            where goal_id = near.id and outcome = 'succeeded' and plan is not null
            order by ended_at desc, run_id desc
            limit 1000
        ) as run
        where not exists (
            select
            from remedy_mark as mark
            join memory_flag on memory_flag.remedy_id = mark.remedy_id
            where mark.run_id = run.run_id and mark.verdict <> 'failed'
                and memory_flag.project_id = $1
        )
        order by ended_at desc, run_id desc
        limit 200
    ) as run
),
distinct_plan as (
    select distinct on (id, plan_key) *
    from newest
    order by id, plan_key, ended_at desc, run_id desc
),
best as (
    select *
    from distinct_plan
    order by similarity desc, ended_at desc, run_id desc
    limit 20
)
select best.run_id, best.goal_key as goal, best.plan as "plan!", best.similarity as "similarity!",
    proof.worked as "worked!", proof.failed as "failed!", proof.agents as "agents!",
    proof.last_worked_at, proof.last_failed_at
from best
cross join lateral (
    with own as (
        select run_id, outcome = 'succeeded' as worked, agent, ended_at
        from goal_run
        where goal_id = best.id and plan_key = best.plan_key
            and (outcome = 'succeeded' or failure_kind = 'blocked')
        order by ended_at desc, run_id desc
        limit 200
    )
    select count(*) filter (where worked) as worked, count(*) filter (where not worked) as failed,
        count(distinct agent) filter (where worked) as agents,
        max(ended_at) filter (where worked) as last_worked_at,
        max(ended_at) filter (where not worked) as last_failed_at
    from (
        select run_id, worked, agent, ended_at
        from own
        union all
        select failed.run_id, false, failed.agent, failed.ended_at
        from own as source
        cross join lateral (
            select run_id, agent, ended_at
            from goal_run
            where replays = source.run_id and failure_kind = 'blocked'
                and goal_id in (
                    best.id, (select near.id from near where near.goal_key = $3 limit 1)
                )
            order by ended_at desc, run_id desc
            limit 200
        ) as failed
        where source.worked
        order by ended_at desc, run_id desc
        limit 200
    ) as newest_of_it
) as proof
order by best.similarity desc, best.ended_at desc, best.run_id desc
