-- What a human decided stays a human's word, whatever agents outside report of it: that a step is given
-- up is tried by nobody, and so vouched for by no run.
create or replace view known_remedy as
select remedy.id, remedy.situation_id, remedy.project_id, remedy.content, remedy.origin_run_id,
    remedy.origin_step, remedy.created_at,
    case
        when memory_flag.remedy_id is not null then 'flagged'
        when stat.tried = 3 and coalesce(stat.vouched, 1) = 1 then 'human'
        else (array['reported', 'verified', 'human'])[coalesce(stat.vouched, stat.tried)]
    end as trust,
    stat.worked, stat.failed, stat.unverified, stat.runs, stat.agents, stat.last_worked_at,
    stat.last_failed_at, remedy.origin_reported,
    jsonb_build_object(
        'worked', stat.reported_worked,
        'failed', stat.reported_failed,
        'unverified', stat.reported_unverified,
        'agents', stat.reported_agents,
        'last_worked_at', stat.reported_last_worked_at,
        'last_failed_at', stat.reported_last_failed_at
    ) as reported
from remedy
join remedy_stat as stat on stat.remedy_id = remedy.id
left join memory_flag
    on memory_flag.remedy_id = remedy.id and memory_flag.project_id = remedy.project_id;
