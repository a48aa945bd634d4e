-- memory.count_marks: adds the marks of one run to remedies that have counts; before the marks are
-- kept
-- $1 agent, $2 remedies, $3 verdicts, $4 trust, $5 times
with fresh as (
    select remedy_id,
        count(*) filter (where verdict = 'worked') as worked,
        count(*) filter (where verdict = 'failed') as failed,
        count(*) filter (where verdict = 'unverified') as unverified,
        max(array_position(array['reported', 'verified', 'human'], trust))
            filter (where verdict <> 'failed') as vouched,
        max(array_position(array['reported', 'verified', 'human'], trust)) as tried,
        max(at) filter (where verdict = 'worked') as last_worked_at,
        max(at) filter (where verdict = 'failed') as last_failed_at
    from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
        as it (remedy_id, verdict, trust, at)
    group by remedy_id
)
update remedy_stat as stat
set worked = stat.worked + fresh.worked,
    failed = stat.failed + fresh.failed,
    unverified = stat.unverified + fresh.unverified,
    vouched = greatest(stat.vouched, fresh.vouched),
    tried = greatest(stat.tried, fresh.tried),
    runs = stat.runs + case when fresh.worked > 0 then 1 else 0 end,
    agents = stat.agents + case
        when fresh.worked > 0 and not exists (
            select
            from remedy_mark as before
            where before.remedy_id = stat.remedy_id and before.agent = $1
                and before.verdict = 'worked' and before.trust <> 'reported'
        ) then 1
        else 0
    end,
    last_worked_at = greatest(stat.last_worked_at, fresh.last_worked_at),
    last_failed_at = greatest(stat.last_failed_at, fresh.last_failed_at)
from fresh
where stat.remedy_id = fresh.remedy_id
