-- How long a project keeps things, and what was removed because of it. No row, or null, is for ever.
--
-- The row of a project is also what processes take turns by: whoever removes a batch holds its lock
-- for as long as that batch's transaction lasts, others pass it by. Nothing has to be cleaned up after
-- one that vanishes.
--   due_at           when to look again: at once after a change, else some time after a sweep
--   report_id        the report of the sweep under way, which goes on after a crash
--   artifacts_after  how far that sweep has looked for artifacts: the tasks up to here have none left
create table retention (
    project_id uuid constraint retention_pkey primary key
        constraint retention_project_fkey references project (id),
    trace_days integer,
    artifact_days integer,
    memory_days integer,
    changed_at timestamptz not null,
    changed_by text not null,
    due_at timestamptz not null,
    swept_at timestamptz,
    report_id uuid,
    artifacts_after uuid,
    constraint retention_days_check check (
        trace_days >= 1 and artifact_days >= 1 and memory_days >= 1
    )
);

-- What one sweep removed: counted in the transaction that removes it, so it is true at any time.
create table retention_report (
    id uuid constraint retention_report_pkey primary key,
    project_id uuid not null
        constraint retention_report_project_fkey references project (id),
    trace_days integer,
    artifact_days integer,
    memory_days integer,
    began_at timestamptz not null,
    ended_at timestamptz,
    removed jsonb not null
);

create index retention_report_project on retention_report (project_id, id desc);

-- What memory has forgotten by its days: what any run taught of it up to then counts no more, however
-- often memory is made anew from traces that are kept for longer. Gone when no run is left that began
-- before then.
create table memory_forgotten (
    project_id uuid not null
        constraint memory_forgotten_project_fkey references project (id),
    -- a situation's or a goal's id, or the hash of a working locator's key
    key uuid not null,
    until timestamptz not null,
    constraint memory_forgotten_pkey primary key (project_id, key)
);

-- What the traces that were removed had taught. Memory outlives its trace: `waymark reindex` begins
-- with these rows instead of with nothing, and distils the traces that are left on top of them. They
-- are facts, then, and in the same shape as the memory they become, since the very statements that
-- write memory write them; there are as many of them as there are things remembered, not as many as
-- there were runs. Vectors are missing: they are made again from the texts.
create schema kept;

create table kept.situation (
    like situation including defaults including generated,
    constraint situation_pkey primary key (id)
);

create table kept.situation_stat (
    like situation_stat including defaults,
    constraint situation_stat_pkey primary key (situation_id),
    constraint situation_stat_situation_fkey foreign key (situation_id)
        references kept.situation (id) on delete cascade
);

create table kept.remedy (
    like remedy including defaults,
    constraint remedy_pkey primary key (id),
    constraint remedy_situation_fkey foreign key (situation_id)
        references kept.situation (id) on delete cascade
);

create table kept.remedy_mark (
    like remedy_mark including defaults,
    constraint remedy_mark_pkey primary key (remedy_id, run_id, seq)
);

create table kept.remedy_stat (
    like remedy_stat including defaults,
    constraint remedy_stat_pkey primary key (remedy_id),
    constraint remedy_stat_remedy_fkey foreign key (remedy_id)
        references kept.remedy (id) on delete cascade
);

create table kept.working_locator (
    like working_locator including defaults,
    constraint working_locator_pkey primary key (project_id, site, action, target_key, page)
);

create table kept.goal (
    like goal including defaults,
    constraint goal_pkey primary key (id)
);

create table kept.goal_run (
    like goal_run including defaults,
    constraint goal_run_pkey primary key (run_id),
    constraint goal_run_goal_fkey foreign key (goal_id)
        references kept.goal (id) on delete cascade
);

create table kept.site_day (
    like site_day including defaults,
    constraint site_day_pkey primary key (project_id, day, site, agent)
);

create table kept.site_day_heal (
    like site_day_heal including defaults,
    constraint site_day_heal_pkey primary key (project_id, day, site, agent, healed_by, tactic)
);

-- Emptying memory and beginning again goes by project; what is forgotten goes by situation and goal.
create index situation_project on kept.situation (project_id);
create index remedy_situation on kept.remedy (situation_id);
create index remedy_mark_project on kept.remedy_mark (project_id);
create index goal_project on kept.goal (project_id);
create index goal_run_goal on kept.goal_run (goal_id);
