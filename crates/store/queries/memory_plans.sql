-- memory.plans: the distinct plans of the newest successful runs of this goal, or of one that is near
-- by meaning, on this site; with how all runs of each plan went, those of this goal that replayed it
-- and failed among them. A run that failed for want of a browser or of time says nothing about its
-- plan. What a flagged remedy did in a run is part of the plan it amounts to, so that is not served
-- either.
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
        from goal_run
        where goal_id = near.id and outcome = 'succeeded' and plan is not null
            and not exists (
                select
                from memory_flag
                join remedy_mark as mark
                    on mark.remedy_id = memory_flag.remedy_id and mark.run_id = goal_run.run_id
                where memory_flag.project_id = $1 and mark.verdict <> 'failed'
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
    proof.worked as "worked!", proof.failed as "failed!", proof.unverified as "unverified!",
    proof.agents as "agents!", proof.last_worked_at, proof.last_failed_at
from best
cross join lateral (
    select count(*) filter (where outcome = 'succeeded') as worked,
        count(*) filter (where failure_kind = 'blocked') as failed,
        count(*) filter (where outcome <> 'succeeded' and failure_kind is distinct from 'blocked')
            as unverified,
        count(distinct agent) filter (where outcome = 'succeeded') as agents,
        max(ended_at) filter (where outcome = 'succeeded') as last_worked_at,
        max(ended_at) filter (where failure_kind = 'blocked') as last_failed_at
    from (
        select outcome, failure_kind, agent, ended_at
        from goal_run
        where goal_id = best.id and plan_key = best.plan_key
        union all
        select failed.outcome, failed.failure_kind, failed.agent, failed.ended_at
        from goal_run as source
        join goal_run as failed on failed.replays = source.run_id
        where source.goal_id = best.id and source.plan_key = best.plan_key
            and source.outcome = 'succeeded' and failed.outcome <> 'succeeded'
            and failed.goal_id in (
                best.id, (select near.id from near where near.goal_key = $3 limit 1)
            )
    ) as its
) as proof
order by best.similarity desc, best.ended_at desc, best.run_id desc
