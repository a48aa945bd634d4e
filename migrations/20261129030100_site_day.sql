-- What the runs of a day add up to, by site and agent: how a site is and whether the fleet learns is
-- read from these few rows, however many runs there were. Derived: each run is added when it is
-- distilled, and `waymark reindex` counts all of them again. Runs from before this table are counted
-- by the next reindex.
create table site_day (
    project_id uuid not null constraint site_day_project_fkey references project (id),
    day date not null,
    site text collate "C" not null,
    agent text not null,
    runs integer not null,
    succeeded integer not null,
    failed integer not null,
    failures integer not null,
    overcome integer not null,
    foreseen integer not null,
    reused integer not null,
    reuse_failed integer not null,
    reuse_wrong integer not null,
    constraint site_day_pkey primary key (project_id, day, site, agent)
) with (fillfactor = 80);

create index site_day_site on site_day (project_id, site, day);

-- Ways past a failure that worked: by where they came from and what they did.
create table site_day_heal (
    project_id uuid not null constraint site_day_heal_project_fkey references project (id),
    day date not null,
    site text collate "C" not null,
    agent text not null,
    healed_by text not null,
    tactic text not null,
    heals integer not null,
    constraint site_day_heal_pkey primary key (project_id, day, site, agent, healed_by, tactic)
) with (fillfactor = 80);

-- Tasks that ended, in the order in which they did, with what figures about them need: the index alone
-- answers. Written once, when the task ends.
create index task_ended on task (project_id, finished_at)
    include (site, agent, state, attempt, started_at)
    where finished_at is not null;

-- Questions by the day they were asked, and those that wait on each site.
create index escalation_asked on escalation (project_id, asked_at) include (site, run_id);
create index escalation_waits on escalation (project_id, site) include (asked_at)
    where state = 'open';
