-- memory.count_new: the counts of remedies that have none yet, from all their marks
-- $1 remedies
insert into remedy_stat (
    remedy_id, vouched, tried, worked, failed, unverified, runs, agents, last_worked_at,
    last_failed_at
)
select mark.remedy_id,
    max(array_position(array['reported', 'verified', 'human'], trust))
        filter (where verdict <> 'failed'),
    max(array_position(array['reported', 'verified', 'human'], trust)),
    count(*) filter (where verdict = 'worked'),
    count(*) filter (where verdict = 'failed'),
    count(*) filter (where verdict = 'unverified'),
    count(distinct run_id) filter (where verdict = 'worked'),
    count(distinct agent) filter (where verdict = 'worked'),
    max(at) filter (where verdict = 'worked'),
    max(at) filter (where verdict = 'failed')
from remedy_mark as mark
join remedy on remedy.id = mark.remedy_id
where mark.remedy_id = any ($1)
    and not exists (select from remedy_stat where remedy_stat.remedy_id = mark.remedy_id)
group by mark.remedy_id
