-- trace.append: steps, artifacts and events in one statement, only for who holds the lease. The row
-- lock makes a claim wait for us or us for it; whoever comes second sees what the first one did.
-- $1 task, $2 token, $3 now, $4 to $14 the steps, $15 their events, $16 to $21 the artifacts, $22 to
-- $29 the words in which the failed ones are found
with held as (
    select id, project_id, run_id, resumes
    from task
    where id = $1 and lease_token = $2 and state = 'running' and leased_until > $3
    for no key update
),
new_step as (
    insert into step (
        run_id, seq, intent, page, decision, action, failure, observation, fingerprint, extracted,
        started_at, duration_ms
    )
    select held.run_id, it.seq, it.intent, it.page, it.decision::jsonb, it.action::jsonb,
        it.failure::jsonb, it.observation::jsonb, it.fingerprint::jsonb, it.extracted::jsonb,
        it.started_at, it.duration_ms
    from held
    cross join unnest(
        $4::integer[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::text[], $12::text[], $13::timestamptz[], $14::bigint[]
    ) as it (
        seq, intent, page, decision, action, failure, observation, fingerprint, extracted,
        started_at, duration_ms
    )
    on conflict on constraint step_pkey do nothing
    returning seq
),
new_artifact as (
    insert into artifact (id, run_id, step, kind, name, media_type, content, created_at)
    select it.id, held.run_id, it.step, it.kind, it.name, it.media_type, it.content, $3
    from held
    cross join unnest(
        $16::uuid[], $17::integer[], $18::text[], $19::text[], $20::text[], $21::bytea[]
    ) as it (id, step, kind, name, media_type, content)
    join new_step on new_step.seq = it.step
),
event as (
    insert into task_event (task_id, kind, data, at)
    select held.id, 'step.recorded', it.data::jsonb, $3
    from held
    cross join unnest($4::integer[], $15::text[]) as it (seq, data)
    join new_step on new_step.seq = it.seq
    order by it.seq
),
new_text as (
    insert into search_text (
        id, project_id, kind, site, page, error_class, title, message, text
    )
    select it.id, held.project_id, 'step', it.site, it.page, it.error_class, it.title, it.message,
        it.text
    from held
    cross join unnest(
        $22::integer[], $23::uuid[], $24::text[], $25::text[], $26::text[], $27::text[], $28::text[],
        $29::text[]
    ) as it (seq, id, site, page, error_class, title, message, text)
    join new_step on new_step.seq = it.seq
    order by it.id
    on conflict on constraint search_text_pkey do nothing
    returning id
),
waiting as (
    insert into search_waiting (text_id, added_at)
    select id, $3
    from new_text
),
hit as (
    insert into search_hit (run_id, seq, text_id)
    select held.run_id, it.seq, it.id
    from held
    cross join unnest($22::integer[], $23::uuid[]) as it (seq, id)
    join new_step on new_step.seq = it.seq
    on conflict on constraint search_hit_pkey do nothing
),
-- the first step after an answer uses it up; one that only puts a new session where the old one stood
-- does not, or a crash right after it would lose the answer. What was typed stays until the run ends:
-- whoever goes on after a later question has to know it, to keep it out of the trace.
acted as (
    select
    from new_step
    join unnest($4::integer[], $7::text[]) as it (seq, decision) using (seq)
    where it.decision::jsonb ->> 'source' <> 'restore'
),
used as (
    update task
    set resumes = null
    from held
    where task.id = held.id and held.resumes is not null and exists (select from acted)
),
wiped as (
    update escalation
    set session = null
    from held
    where escalation.id = held.resumes and exists (select from acted)
)
select exists (select from held) as "held!"
