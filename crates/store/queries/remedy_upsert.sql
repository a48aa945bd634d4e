-- memory.upsert_remedies: what it looks like is that of its last use, where it comes from its first;
-- a use that worked goes before any that did not, and any use before a report; by the order of runs'
-- ids, whenever they are distilled
-- $1 project, $2 run or recall, $3 to $10 the remedies, $11 whether it is a report
insert into remedy (
    id, situation_id, project_id, content, content_worked, content_reported, content_run_id,
    content_step, origin_worked, origin_reported, origin_run_id, origin_step, created_at
)
select it.id, it.situation_id, $1, it.content::jsonb, it.last_worked, $11, $2, it.last_step,
    it.first_worked, $11, $2, it.first_step, it.first_at
from unnest(
    $3::uuid[], $4::uuid[], $5::text[], $6::boolean[], $7::integer[], $8::boolean[],
    $9::integer[], $10::timestamptz[]
) as it (
    id, situation_id, content, last_worked, last_step, first_worked, first_step, first_at
)
on conflict on constraint remedy_pkey do update
set (content, content_worked, content_reported, content_run_id, content_step) = (
        select newer.content, newer.worked, newer.reported, newer.run_id, newer.step
        from (
            values
                (
                    remedy.content, remedy.content_worked, remedy.content_reported,
                    remedy.content_run_id, remedy.content_step
                ),
                (
                    excluded.content, excluded.content_worked, excluded.content_reported,
                    excluded.content_run_id, excluded.content_step
                )
        ) as newer (content, worked, reported, run_id, step)
        order by newer.worked desc, newer.reported, newer.run_id desc, newer.step desc
        limit 1
    ),
    (origin_worked, origin_reported, origin_run_id, origin_step, created_at) = (
        select older.worked, older.reported, older.run_id, older.step, older.at
        from (
            values
                (
                    remedy.origin_worked, remedy.origin_reported, remedy.origin_run_id,
                    remedy.origin_step, remedy.created_at
                ),
                (
                    excluded.origin_worked, excluded.origin_reported, excluded.origin_run_id,
                    excluded.origin_step, excluded.created_at
                )
        ) as older (worked, reported, run_id, step, at)
        order by older.worked desc, older.reported, older.run_id, older.step
        limit 1
    )
