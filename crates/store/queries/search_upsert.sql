-- search.upsert: the words in which a run and its failed steps are found
-- $1 project, $2 run, $3 now, $4 to $12 the passages
with it as (
    select *
    from unnest(
        $4::integer[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
        $11::text[], $12::text[]
    ) as it (seq, id, kind, site, page, error_class, title, message, text)
),
new_text as (
    insert into search_text (
        id, project_id, kind, site, page, error_class, title, message, text
    )
    select id, $1, kind, site, page, error_class, title, message, text
    from it
    order by id
    on conflict on constraint search_text_pkey do nothing
    returning id
),
waiting as (
    insert into search_waiting (text_id, added_at)
    select id, $3
    from new_text
)
insert into search_hit (run_id, seq, text_id)
select $2, seq, id
from it
on conflict on constraint search_hit_pkey do nothing
