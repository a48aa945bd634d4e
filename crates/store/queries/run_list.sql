-- runs.list: newest first; a filter that is null does not filter. $13 is the least id of a run that may
-- have begun at $10: what is before it is not read
select id, project_id, task_id, attempt, goal, agent, site, labels, worker, outcome,
    failure, result, trace_id, started_at, ended_at,
    coalesce(steps, (select max(seq) + 1 from step where run_id = run.id), 0) as "steps!"
from run
where project_id = $1
    and ($2::uuid is null or id < $2)
    and ($3::uuid is null or task_id = $3)
    and ($4::text is null or site = $4)
    and ($5::text is null or agent = $5)
    and ($6::text is null or outcome = $6)
    and ($7::boolean is null or (outcome is null) = $7)
    and ($8::text is null or error_class = $8)
    and ($9::text is null or labels @> $9::text::jsonb)
    and ($10::timestamptz is null or started_at >= $10)
    and ($11::timestamptz is null or started_at < $11)
    and id >= $13
order by id desc
limit $12
