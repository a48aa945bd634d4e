-- stats.tasks: the tasks that ended, day by day and (with no day) all of them. The index by their end
-- has everything that is asked here.
-- $1 project, $2 from and $3 until when, $4 site, $5 agent
select day as "day?",
    count(*) filter (where state = 'succeeded') as "succeeded!",
    count(*) filter (where state = 'failed') as "failed!",
    count(*) filter (where state = 'cancelled') as "cancelled!",
    coalesce(sum(attempt) filter (where state <> 'cancelled'), 0) as "attempts!",
    percentile_cont(array[0.5, 0.95]) within group (order by seconds)
        filter (where state <> 'cancelled') as "seconds?: Vec<f64>"
from (
    select (finished_at at time zone 'UTC')::date as day, state, attempt,
        extract(epoch from finished_at - started_at)::float8 as seconds
    from task
    where project_id = $1 and finished_at >= $2 and finished_at < $3
        and ($4::text is null or site = $4)
        and ($5::text is null or agent = $5)
) as ended
group by grouping sets ((day), ())
