-- A run may ask a human: its task waits, without a lease, and the run stays open. The answer puts
-- the task back into the queue and the claim goes on with the same run.
--
-- What a task that waits, or was answered, keeps on its own row, where the claim looks anyway:
--   asks, asks_until
--                   the open question and its deadline, for whoever looks at the task
--   parked_by       the worker whose session is still open
--   reserved_until  until then only that worker may claim it; then anybody
--   resumes         the escalation whose answer the next claim goes on with. It stays until the
--                   first step after the answer is recorded: a worker that dies before has not used
--                   the answer up, and the next one goes on with it.
--   resumptions     how often it was claimed for this answer, so that an answer which kills every
--                   worker does not go round for ever
alter table task
    add column asks uuid,
    add column asks_until timestamptz,
    add column parked_by text,
    add column reserved_until timestamptz,
    add column resumes uuid,
    add column resumptions integer not null default 0,
    add constraint task_asks_check check (
        (state = 'waiting') = (asks is not null) and (asks is null) = (asks_until is null)
    ),
    add constraint task_resumes_check check (resumes is null or state in ('queued', 'running'));

-- A question and its answer are facts: they are kept as long as the run is, and memory is distilled
-- from the run that went on with them. `session` (cookies and storage) and `input` (a one-time code)
-- are encrypted like the secrets of tasks, bound to the escalation's id, and wiped as soon as the
-- answer is used up or cannot come any more. Goal, site and agent are the run's.
create table escalation (
    id uuid constraint escalation_pkey primary key,
    project_id uuid not null constraint escalation_project_fkey references project (id),
    task_id uuid not null constraint escalation_task_fkey references task (id) on delete cascade,
    run_id uuid not null constraint escalation_run_fkey references run (id) on delete cascade,
    -- the lease under which it was asked: tells a call that is repeated from one of a zombie
    lease_token uuid not null,
    site text collate "C" not null,
    ask jsonb not null,
    -- no foreign key: a picture may be removed before the question is
    screenshot uuid,
    state text not null,
    asked_at timestamptz not null,
    deadline timestamptz not null,
    answer jsonb,
    answered_at timestamptz,
    answered_by text,
    session bytea,
    input bytea,
    constraint escalation_state_check check (
        state in ('open', 'answered', 'expired', 'cancelled')
    ),
    constraint escalation_answer_check check (
        (state = 'answered') = (answer is not null)
        and (state = 'answered') = (answered_at is not null)
        and (state = 'answered') = (answered_by is not null)
    ),
    constraint escalation_secret_check check (
        state in ('open', 'answered') or (session is null and input is null)
    )
);

-- A task asks one thing at a time. The open ones are few: the desk and the reaper read this.
create unique index escalation_open on escalation (task_id) where state = 'open';
create index escalation_deadline on escalation (deadline) where state = 'open';

-- Lists, newest first; the questions of a task, and of a run when its task ends.
create index escalation_project on escalation (project_id, id desc);
create index escalation_task on escalation (task_id, id desc);
create index escalation_run on escalation (run_id);

alter table task_event drop constraint task_event_kind_check;
alter table task_event add constraint task_event_kind_check check (
    kind in (
        'task.queued', 'run.started', 'step.recorded', 'task.requeued', 'task.waiting',
        'task.answered', 'task.cancelling', 'task.succeeded', 'task.failed', 'task.cancelled'
    )
);
