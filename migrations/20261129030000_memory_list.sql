-- What lists of memories are filtered and ordered by: one narrow row for each remedy, kept beside it
-- with every use and every flag. Derived like the rest of memory. Page, class and so on are copies of
-- the situation's, because a list over a million memories can afford no join; where the memory stands
-- is what `domain` makes of its counts, so that the rule is in one place.
create table memory_list (
    remedy_id uuid constraint memory_list_pkey primary key
        constraint memory_list_remedy_fkey references remedy (id) on delete cascade,
    project_id uuid not null,
    site text collate "C" not null,
    page text not null,
    error_class text not null,
    approach text not null,
    trust text not null,
    state text not null,
    -- when it was last used, flagged or unflagged
    changed_at timestamptz not null,
    constraint memory_list_state_check check (
        state in ('pattern', 'proven', 'unproven', 'retired', 'dead_end', 'flagged')
    )
) with (fillfactor = 80);

-- Last change first: of a project, of a site (what works there, and what does not), and of what stands
-- somewhere (patterns by site, flagged ones). What those look for is in the index itself.
create index memory_list_project on memory_list (project_id, changed_at desc, remedy_id desc);
create index memory_list_site on memory_list (project_id, site, changed_at desc, remedy_id desc)
    include (state);
create index memory_list_state on memory_list (project_id, state, changed_at desc, remedy_id desc)
    include (site);

-- When a remedy was last used, without reading all its marks.
create index remedy_mark_at on remedy_mark (remedy_id, at desc);

-- A flag that was taken back: a fact like the flag, kept so that what was served when can be told.
create table lifted_flag (
    project_id uuid not null constraint lifted_flag_project_fkey references project (id),
    remedy_id uuid not null,
    why text not null,
    by text not null,
    at timestamptz not null,
    lifted_by text not null,
    lifted_at timestamptz not null,
    constraint lifted_flag_pkey primary key (remedy_id, lifted_at)
);

insert into memory_list (
    remedy_id, project_id, site, page, error_class, approach, trust, state, changed_at
)
select known.id, known.project_id, situation.site, situation.page, situation.error_class,
    known.content ->> 'approach', known.trust,
    case
        when known.trust = 'flagged' then 'flagged'
        when worked = 0 and unverified = 0 and failed > 0 then 'dead_end'
        when failed > worked and worked + failed >= 3 then 'retired'
        when last_failed_at > coalesce(last_worked_at, '-infinity') and failed * 2 >= worked
            then 'retired'
        when runs >= 3 and worked > 0
            and (
                worked + 1.9208 - 1.96 * sqrt(worked * failed / (worked + failed)::float8 + 0.9604)
            ) / (worked + failed + 3.8416) >= 0.4
            then 'pattern'
        when worked > 0 then 'proven'
        else 'unproven'
    end,
    greatest(
        (select max(at) from remedy_mark where remedy_id = known.id),
        (select at from memory_flag where remedy_id = known.id),
        known.created_at
    )
from known_remedy as known
join situation on situation.id = known.situation_id;
