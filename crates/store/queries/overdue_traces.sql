-- retentions.count_overdue_traces
-- $1 project, $2 before which task, $3 traces that ended before, $4 artifacts that ended before
with ended as (
    select id, finished_at < $3 as whole
    from task
    where project_id = $1 and id < $2 and finished_at < $4
),
its_run as (
    select run.id, whole
    from ended
    join run on run.task_id = ended.id
)
select
    (select count(*) from ended where whole) as "tasks!",
    (select count(*) from its_run where whole) as "runs!",
    (select count(*) from step join its_run on its_run.id = step.run_id where whole) as "steps!",
    count(artifact.id) as "artifacts!",
    coalesce(sum(octet_length(content)), 0) as "bytes!"
from artifact
join its_run on its_run.id = artifact.run_id
