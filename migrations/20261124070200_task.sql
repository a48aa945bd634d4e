-- The task row is the queue: what a client sees and what a worker leases are one row, so they can
-- never disagree.
--
-- Who writes it, and what that costs:
--   insert     once.
--   claim      changes state: a new version in every index (cannot be avoided, the row leaves the
--              queue's index).
--   heartbeat  changes leased_until, the most frequent write. No index holds leased_until, and pages
--              keep room (fillfactor), so it is a heap-only update that touches no index.
--   finish     changes state once more.
-- The large columns (spec, secrets, result) move out of line by themselves when they are large, and
-- updates do not copy them again.
create table task (
    id uuid constraint task_pkey primary key,
    project_id uuid not null constraint task_project_fkey references project (id),

    -- what was asked; site, agent, labels and priority are copies to filter and to order by
    spec jsonb not null,
    site text collate "C" not null,
    agent text not null,
    labels jsonb not null,
    priority integer not null,
    secret_names text[] not null,
    -- XChaCha20-Poly1305 with the task's id as associated data; wiped at the end
    secrets bytea,
    traceparent text,
    idempotency_key text,
    fingerprint bytea,

    -- where it stands
    state text not null,
    run_after timestamptz not null,
    attempt integer not null default 0,
    max_attempts integer not null,
    cancel_requested_at timestamptz,
    -- the run under way, or the last one; no foreign key, since run points back
    run_id uuid,
    result jsonb,
    failure jsonb,
    -- counts what a client can see change: its entity tag
    version bigint not null default 1,

    -- who may write about it, and until when
    lease_token uuid,
    lease_owner text,
    leased_until timestamptz,

    created_at timestamptz not null,
    started_at timestamptz,
    finished_at timestamptz,

    constraint task_state_check check (
        state in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')
    ),
    constraint task_attempt_check check (attempt between 0 and max_attempts),
    constraint task_idempotency_check check (
        (idempotency_key is null) = (fingerprint is null)
    ),
    constraint task_lease_check check (
        (state = 'running') = (lease_token is not null)
        and (state = 'running') = (lease_owner is not null)
        and (state = 'running') = (leased_until is not null)
    ),
    constraint task_end_check check (
        (state in ('succeeded', 'failed', 'cancelled')) = (finished_at is not null)
        and (finished_at is null or secrets is null)
    )
) with (
    fillfactor = 80,
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_analyze_scale_factor = 0.05
);

-- The queue, in the order in which it is served. run_after comes last, so that what is not due is
-- skipped inside the index.
create index task_due on task (priority desc, id, run_after) where state = 'queued';

-- The queue, site by site. Each site has its own limits, and one that is full must not stand in the
-- way of the others: when the head of the queue is all of full sites, a claim goes from site to site
-- and takes the first few of each. That costs by the number of sites, not by the length of the
-- queue.
create index task_queued on task (project_id, site, priority desc, id, run_after)
    where state = 'queued';

-- What runs: a handful of rows, read to count per site and to find expired leases.
create index task_running on task (project_id, site) where state = 'running';

-- Lists, newest first.
create index task_project on task (project_id, id desc);

-- One task per key a client chose.
create unique index task_idempotency_key on task (project_id, idempotency_key)
    where idempotency_key is not null;

-- What happened to a task, for event streams that resume. An event is only ever inserted under its
-- task's row lock, so the ids of one task grow in the order of their commits: a reader that goes on
-- after the last id it saw misses nothing.
create table task_event (
    id bigint generated always as identity,
    task_id uuid not null constraint task_event_task_fkey references task (id) on delete cascade,
    kind text not null,
    data jsonb not null,
    at timestamptz not null,
    constraint task_event_pkey primary key (task_id, id),
    constraint task_event_kind_check check (
        kind in (
            'task.queued', 'run.started', 'step.recorded', 'task.requeued', 'task.cancelling',
            'task.succeeded', 'task.failed', 'task.cancelled'
        )
    )
);
