-- escalations.queue_answered: the task goes back to the queue, and for a moment only the worker whose
-- session is still open may claim it; its row is locked by the query before
-- $1 question, $2 task, $3 now, $4 the answer, $5 by whom, $6 an input, encrypted, $7 until when it is
-- reserved, $8 kind and $9 data of the event
with answered as (
    update escalation
    set state = 'answered', answer = $4::text::jsonb, answered_at = $3, answered_by = $5, input = $6
    where id = $1 and state = 'open'
    returning id
),
queued as (
    update task
    set state = 'queued', asks = null, asks_until = null, run_after = $3, reserved_until = $7, resumes = answered.id,
        resumptions = 0, version = version + 1
    from answered
    where task.id = $2 and task.state = 'waiting'
    returning task.id
)
insert into task_event (task_id, kind, data, at)
select id, $8, $9::text::jsonb, $3
from queued
