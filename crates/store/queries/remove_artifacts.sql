-- retentions.remove_artifacts: those of the next tasks that ended long enough ago
-- $1 project, $2 after which task, $3 before which, $4 ended before, $5 how many tasks, $6 how many
-- artifacts
with looked_at as (
    select id
    from task
    where project_id = $1 and id > $2 and id < $3 and finished_at < $4
    order by id
    limit $5
),
doomed as (
    select artifact.id, octet_length(content) as bytes
    from looked_at
    join run on run.task_id = looked_at.id
    join artifact on artifact.run_id = run.id
    limit $6
),
gone as (
    delete from artifact
    using doomed
    where artifact.id = doomed.id
    returning doomed.bytes
)
select
    (select count(*) from looked_at) as "tasks!",
    (select id from looked_at order by id desc limit 1) as last,
    (select count(*) from gone) as "artifacts!",
    (select coalesce(sum(bytes), 0) from gone) as "bytes!"
