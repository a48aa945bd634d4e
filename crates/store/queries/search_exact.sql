-- search.one_by_one: the nearest by meaning among certain runs, exactly. Without the cast of the graphs'
-- expression the planner cannot take a graph; which runs come first is up to it.
-- $1 project, $2 site, $3 page, $4 class of error, $5 agent, $6 outcome, $7 label, $8 begun at this
-- time or later, $9 before, $10 healed, $11 meaning, $12 its model and $13 its length, $14 how many,
-- $15 the least id of a run that may have begun then
select text_id as "id!"
from search_vector as it
where project_id = $1
    and ($2::text is null or site = $2)
    and ($3::text is null or page = $3 or starts_with(page, $3 || '?'))
    and ($4::text is null or error_class = $4)
    and model = $12 and vector_dims(embedding) = $13
    and exists (
        select
        from search_place as place
        where place.text_id = it.text_id
            and ($5::text is null or agent = $5)
            and ($6::text is null or outcome = $6)
            and ($7::text is null or labels @> $7::text::jsonb)
            and ($8::timestamptz is null or started_at >= $8)
            and ($9::timestamptz is null or started_at < $9)
            and ($10::boolean is null or healed = $10)
            and run_id >= $15
    )
order by embedding <=> $11, text_id
limit $14
