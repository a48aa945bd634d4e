-- memory.upsert_working: what an element looks like is what it looked like in the run that ended
-- last; its effect is null as soon as two runs differ
-- $1 project, $2 site, $3 run, $4 when it ended, $5 to $11 the elements
insert into working_locator as kept (
    project_id, site, page, action, target_key, target, intent, fingerprint, effect, worked,
    last_worked_at, last_run_id
)
select $1, $2, it.page, it.action, it.target_key, it.target::jsonb, it.intent,
    it.fingerprint::jsonb, it.effect::jsonb, 1, $4, $3
from unnest(
    $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::text[]
) as it (page, action, target_key, target, intent, fingerprint, effect)
on conflict on constraint working_locator_pkey do update
set worked = kept.worked + 1,
    effect = case when kept.effect = excluded.effect then kept.effect end,
    (target, intent, fingerprint, last_worked_at, last_run_id) = (
        select newer.target, newer.intent, newer.fingerprint, newer.at, newer.run_id
        from (
            values
                (
                    kept.target, kept.intent, kept.fingerprint, kept.last_worked_at,
                    kept.last_run_id
                ),
                (
                    excluded.target, excluded.intent, excluded.fingerprint,
                    excluded.last_worked_at, excluded.last_run_id
                )
        ) as newer (target, intent, fingerprint, at, run_id)
        order by newer.at desc, newer.run_id desc
        limit 1
    )
