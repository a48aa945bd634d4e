-- retentions.remove_artifacts: those of the next tasks that ended long enough ago
-- $1 project, $2 ended after, $3 ended before, $4 how many tasks, $5 how many artifacts
with looked_at as (
    select id, finished_at
    from task
    where project_id = $1 and finished_at > $2 and finished_at < $3
    order by finished_at
    -- with those that ended at the same moment: the next batch begins after it
    fetch first ($4) rows with ties
),
doomed as (
    select artifact.id, octet_length(content) as bytes
    from looked_at
    join run on run.task_id = looked_at.id
    join artifact on artifact.run_id = run.id
    limit $5
),
gone as (
    delete from artifact
    using doomed
    where artifact.id = doomed.id
    returning doomed.bytes
)
select
    (select count(*) from looked_at) as "tasks!",
    (select max(finished_at) from looked_at) as last,
    (select count(*) from gone) as "artifacts!",
    (select coalesce(sum(bytes), 0) from gone) as "bytes!"
