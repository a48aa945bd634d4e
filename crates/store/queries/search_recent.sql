-- search.by_common_words: words that stand in a great many passages. The index of words would be read
-- from end to end; instead the newest runs are looked through, which is where such words are met.
-- $1 project, $2 site, $3 page, $4 class of error, $5 agent, $6 outcome, $7 label, $8 begun at this
-- time or later, $9 before, $10 healed, $11 any of the words, or the phrases; null for whatever there
-- is, $12 the words, $13 how many there must be, $14 how many runs, $15 how many passages are found,
-- $16 the least id of a run that may have begun then
with recent as materialized (
    select id, row_number() over (order by id desc) as place
    from run
    where project_id = $1
        and ($2::text is null or site = $2)
        and ($5::text is null or agent = $5)
        and ($6::text is null or outcome = $6)
        and ($7::text is null or labels @> $7::text::jsonb)
        and ($8::timestamptz is null or started_at >= $8)
        and ($9::timestamptz is null or started_at < $9)
        and id >= $16
    order by id desc
    limit $14
),
met as materialized (
    select text_id as id, min(recent.place) as newest
    from recent
    join search_hit as hit on hit.run_id = recent.id
    where $10::boolean is null
        or $10 = coalesce(
            hit.healed,
            exists (
                select
                from overcome
                where overcome.run_id = hit.run_id and (hit.seq = -1 or overcome.seq = hit.seq)
            )
        )
    group by text_id
)
select id as "id!"
from met
join search_text as it using (id)
cross join lateral (
    select count(*) filter (where it.words @@ quote_literal(word)::tsquery) as said,
        count(*) filter (where it.words @@ (quote_literal(word) || ':A')::tsquery) as titled
    from unnest($12::text[]) as word
) as fit
where ($2::text is null or site = $2)
    and ($3::text is null or page = $3 or starts_with(page, $3 || '?'))
    and ($4::text is null or error_class = $4)
    and ($11::text is null or words @@ $11::text::tsquery)
    and said >= $13
order by said desc, titled desc, newest, id
limit $15
