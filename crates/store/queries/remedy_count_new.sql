-- memory.count_new: the counts of remedies that have none yet, from all their marks; what is only
-- reported is counted apart
-- $1 remedies
insert into remedy_stat (
    remedy_id, vouched, tried, worked, failed, unverified, runs, agents, last_worked_at,
    last_failed_at, reported_worked, reported_failed, reported_unverified, reported_agents,
    reported_last_worked_at, reported_last_failed_at
)
select mark.remedy_id,
    max(array_position(array['reported', 'verified', 'human'], trust))
        filter (where verdict <> 'failed'),
    max(array_position(array['reported', 'verified', 'human'], trust)),
    count(*) filter (where verdict = 'worked' and seen),
    count(*) filter (where verdict = 'failed' and seen),
    count(*) filter (where verdict = 'unverified' and seen),
    count(distinct run_id) filter (where verdict = 'worked' and seen),
    count(distinct agent) filter (where verdict = 'worked' and seen),
    max(at) filter (where verdict = 'worked' and seen),
    max(at) filter (where verdict = 'failed' and seen),
    count(distinct run_id) filter (where verdict = 'worked' and not seen),
    count(distinct run_id) filter (where verdict = 'failed' and not seen),
    count(distinct run_id) filter (where verdict = 'unverified' and not seen),
    count(distinct agent) filter (where verdict = 'worked' and not seen),
    max(at) filter (where verdict = 'worked' and not seen),
    max(at) filter (where verdict = 'failed' and not seen)
from (
    select *, trust <> 'reported' as seen
    from remedy_mark
    where remedy_id = any ($1)
) as mark
join remedy on remedy.id = mark.remedy_id
where not exists (select from remedy_stat where remedy_stat.remedy_id = mark.remedy_id)
group by mark.remedy_id
