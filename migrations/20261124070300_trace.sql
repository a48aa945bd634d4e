-- The trace: a run is one attempt, a step is one decision, action and observation, an artifact is
-- what is too large for a step. A run row is written twice (begun, ended); steps and artifacts are
-- facts, written once and never updated. Nothing here has a vector: what is embedded is distilled
-- from these rows into small tables of its own.
create table run (
    id uuid constraint run_pkey primary key,
    project_id uuid not null constraint run_project_fkey references project (id),
    task_id uuid not null constraint run_task_fkey references task (id) on delete cascade,
    attempt integer not null,
    goal text not null,
    agent text not null,
    site text collate "C" not null,
    labels jsonb not null,
    worker text not null,
    outcome text,
    failure jsonb,
    error_class text generated always as (failure ->> 'class') stored,
    result jsonb,
    -- counted by who ends it; of one that runs or was lost, the steps themselves are asked, since
    -- its last step may be committed at the very moment in which it is lost
    steps integer,
    started_at timestamptz not null,
    ended_at timestamptz,
    constraint run_outcome_check check (
        outcome in ('succeeded', 'failed', 'cancelled', 'released', 'lost')
    ),
    constraint run_end_check check (
        (outcome is null) = (ended_at is null) and (outcome is not null or steps is null)
    )
) with (fillfactor = 90);

-- Lists, newest first; by site also the claim's question "when did the last run begin here?".
create index run_project on run (project_id, id desc);
create index run_site on run (project_id, site, id desc);
create index run_task on run (task_id, id desc);

-- Append-only, and the one table that grows without end. Its key begins with a time-ordered id, so
-- it can be partitioned by ranges of run_id (old ranges dropped whole) without changing the key.
create table step (
    run_id uuid not null constraint step_run_fkey references run (id) on delete cascade,
    seq integer not null,
    intent text not null,
    page text not null,
    decision jsonb not null,
    action jsonb not null,
    failure jsonb,
    observation jsonb not null,
    fingerprint jsonb,
    extracted jsonb,
    started_at timestamptz not null,
    duration_ms bigint not null,
    constraint step_pkey primary key (run_id, seq),
    constraint step_seq_check check (seq >= 0)
);

-- Content keeps the default storage: pictures do not compress, which Postgres notices after the
-- first kilobyte; snapshots are text and shrink to a tenth for a tenth of a millisecond.
create table artifact (
    id uuid constraint artifact_pkey primary key,
    run_id uuid not null,
    step integer not null,
    kind text not null,
    name text,
    media_type text not null,
    content bytea not null,
    created_at timestamptz not null,
    constraint artifact_step_fkey foreign key (run_id, step) references step (run_id, seq)
        on delete cascade,
    constraint artifact_kind_check check (kind in ('screenshot', 'snapshot', 'download'))
);

create index artifact_step on artifact (run_id, step);
