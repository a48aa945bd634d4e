-- memory.count_reported: what reports come to, from all of their marks; runs count for themselves
-- $1 remedies
update remedy_stat as stat
set reported_worked = told.worked, reported_failed = told.failed,
    reported_unverified = told.unverified, reported_agents = told.agents,
    reported_last_worked_at = told.last_worked_at, reported_last_failed_at = told.last_failed_at,
    vouched = greatest(stat.vouched, told.vouched), tried = greatest(stat.tried, 1)
from (
    select remedy_id,
        count(distinct run_id) filter (where verdict = 'worked') as worked,
        count(distinct run_id) filter (where verdict = 'failed') as failed,
        count(distinct run_id) filter (where verdict = 'unverified') as unverified,
        count(distinct agent) filter (where verdict = 'worked') as agents,
        max(at) filter (where verdict = 'worked') as last_worked_at,
        max(at) filter (where verdict = 'failed') as last_failed_at,
        max(1) filter (where verdict <> 'failed') as vouched
    from remedy_mark
    where remedy_id = any ($1) and trust = 'reported'
    group by remedy_id
) as told
where stat.remedy_id = told.remedy_id
