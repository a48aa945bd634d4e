-- memory.upsert_situations: the words of a situation are those of the first run that met it, by the
-- order of their ids, whenever it is distilled; a report gives way to any run
-- $1 project, $2 site, $3 run or recall, $4 to $13 the situations, $14 whether it is a report
insert into situation (
    id, project_id, site, page, error_class, action, target, target_key, intent, message, text,
    first_run_id, first_step, first_reported, embedded
)
select it.id, $1, $2, it.page, it.error_class, it.action, it.target::jsonb, it.target_key,
    it.intent, it.message, it.text, $3, it.first_step, $14, false
from unnest(
    $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[], $10::text[],
    $11::text[], $12::text[], $13::integer[]
) as it (
    id, page, error_class, action, target, target_key, intent, message, text, first_step
)
on conflict on constraint situation_pkey do update
set intent = excluded.intent, message = excluded.message, text = excluded.text,
    first_run_id = excluded.first_run_id, first_step = excluded.first_step,
    first_reported = excluded.first_reported,
    embedded = situation.embedded and situation.text = excluded.text
where (excluded.first_reported, excluded.first_run_id, excluded.first_step)
    < (situation.first_reported, situation.first_run_id, situation.first_step)
