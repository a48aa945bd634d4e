-- What memory is made of beside the traces, and cannot be made again: the questions that were asked
-- of it (with what was offered, chosen and rejected, and why), and what people marked as wrong.

-- One question to memory, written once, when the decision has been made. Part of the trace; site and
-- time are copies, to count the heals of a site and a day.
create table recall (
    id uuid constraint recall_pkey primary key,
    project_id uuid not null constraint recall_project_fkey references project (id),
    run_id uuid not null constraint recall_run_fkey references run (id) on delete cascade,
    after_step integer not null,
    site text collate "C" not null,
    situation jsonb not null,
    answer jsonb not null,
    asked_at timestamptz not null,
    took_ms bigint not null
);

create index recall_run on recall (run_id, after_step, id);
create index recall_site on recall (project_id, site, asked_at);

-- A remedy that somebody marked as wrong: never served again. By the remedy's id, which is made from
-- its content, so the mark holds when memory is rebuilt. No foreign key: the remedy is derived.
create table memory_flag (
    project_id uuid not null constraint memory_flag_project_fkey references project (id),
    remedy_id uuid not null,
    why text not null,
    by text not null,
    at timestamptz not null,
    constraint memory_flag_pkey primary key (remedy_id)
);
