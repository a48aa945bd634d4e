-- Agents outside ask memory too, and report what became of its advice. What they ask and report are
-- facts; what their reports come to is derived like everything else in memory, and counted apart:
-- somebody's word makes nothing of a remedy that our own workers have not seen it do.

-- A question from outside belongs to no run: it says who asked, and for what.
alter table recall alter column run_id drop not null;
alter table recall alter column after_step drop not null;
alter table recall add column asked jsonb;
alter table recall add constraint recall_asker_check check (
    (run_id is null) = (after_step is null) and (run_id is null) = (asked is not null)
);

-- What became of one piece of advice, by its rank; rank 0 is a remedy that the agent found by itself.
-- Whether it counts follows from the tier in which the remedy was offered, and from whether that was
-- about the very situation that was asked about.
create table recall_outcome (
    recall_id uuid not null
        constraint recall_outcome_recall_fkey references recall (id) on delete cascade,
    rank integer not null,
    project_id uuid not null constraint recall_outcome_project_fkey references project (id),
    agent text not null,
    situation_id uuid not null,
    remedy_id uuid not null,
    tier text,
    outcome text not null,
    remedy jsonb,
    note text,
    reported_at timestamptz not null,
    constraint recall_outcome_pkey primary key (recall_id, rank),
    constraint recall_outcome_outcome_check check (
        outcome in ('worked', 'failed', 'unverified', 'not_tried')
    ),
    constraint recall_outcome_remedy_check check (
        rank >= 0 and (rank = 0) = (remedy is not null) and (rank = 0) = (tier is null)
    )
);

create index recall_outcome_project on recall_outcome (project_id);

-- A report leaves a mark like a run does, with the trust `reported`, the recall in the place of the
-- run and the rank in that of the step. A situation or a remedy may be known by a report alone: then
-- its words and its origin are the report's, until a run meets it, whatever comes first.
alter table situation add column first_reported boolean not null default false;
alter table remedy add column content_reported boolean not null default false;
alter table remedy add column origin_reported boolean not null default false;

-- Counted in questions: one that was reported about twice counts once.
alter table remedy_stat add column reported_worked integer not null default 0;
alter table remedy_stat add column reported_failed integer not null default 0;
alter table remedy_stat add column reported_unverified integer not null default 0;
alter table remedy_stat add column reported_agents integer not null default 0;
alter table remedy_stat add column reported_last_worked_at timestamptz;
alter table remedy_stat add column reported_last_failed_at timestamptz;

create or replace view known_remedy as
select remedy.id, remedy.situation_id, remedy.project_id, remedy.content, remedy.origin_run_id,
    remedy.origin_step, remedy.created_at,
    case
        when memory_flag.remedy_id is not null then 'flagged'
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

create or replace view remembered as
select situation.id, situation.project_id, situation.site, situation.page, situation.error_class,
    situation.action, situation.target, situation.target_key, situation.intent, situation.message,
    situation_stat.seen, situation_stat.last_seen_at, known.remedies
from situation
join situation_stat on situation_stat.situation_id = situation.id
cross join lateral (
    select coalesce(jsonb_agg(to_jsonb(best)), '[]') as remedies
    from (
        select id, content, origin_run_id, origin_step, origin_reported, trust, worked, failed,
            unverified, runs, agents, last_worked_at, last_failed_at, reported
        from known_remedy
        where known_remedy.situation_id = situation.id
        order by worked desc, failed desc, id
        limit 50
    ) as best
) as known;

-- Asking memory has a scope of its own. A key that was made for everything stays one.
update api_key
set scopes = scopes || '{memory:ask}'::text[]
where scopes @> '{tasks:write,tasks:read,traces:read,escalations:answer,keys:admin}'::text[];
