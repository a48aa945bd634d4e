-- search.by_words: passages with enough of the words, through the index of words. Those with all of
-- them first; of the others only what has one of the rarest: whoever has enough of them has one.
-- $1 project, $2 site, $3 page, $4 class of error, $5 agent, $6 outcome, $7 label, $8 begun at this
-- time or later, $9 before, $10 healed, $11 all words and phrases, $12 the rarest or the phrases, $13
-- the words, $14 how many there must be, $15 how many passages are ranked, $16 how many are found,
-- $17 the least id of a run that may have begun then
with found as (
    (
        select id
        from search_text as it
        where words @@ $11::text::tsquery and project_id = $1
            and ($2::text is null or site = $2)
            and ($3::text is null or page = $3 or starts_with(page, $3 || '?'))
            and ($4::text is null or error_class = $4)
            and exists (
                select
                from search_place as place
                where place.text_id = it.id
                    and ($5::text is null or agent = $5)
                    and ($6::text is null or outcome = $6)
                    and ($7::text is null or labels @> $7::text::jsonb)
                    and ($8::timestamptz is null or started_at >= $8)
                    and ($9::timestamptz is null or started_at < $9)
                    and ($10::boolean is null or healed = $10)
                    and run_id >= $17
                offset 0
            )
        limit $15
    )
    union
    (
        select id
        from search_text as it
        where words @@ $12::text::tsquery and project_id = $1
            and ($2::text is null or site = $2)
            and ($3::text is null or page = $3 or starts_with(page, $3 || '?'))
            and ($4::text is null or error_class = $4)
            and (
                select count(*)
                from unnest($13::text[]) as word
                where it.words @@ quote_literal(word)::tsquery
            ) >= $14
            and exists (
                select
                from search_place as place
                where place.text_id = it.id
                    and ($5::text is null or agent = $5)
                    and ($6::text is null or outcome = $6)
                    and ($7::text is null or labels @> $7::text::jsonb)
                    and ($8::timestamptz is null or started_at >= $8)
                    and ($9::timestamptz is null or started_at < $9)
                    and ($10::boolean is null or healed = $10)
                    and run_id >= $17
                offset 0
            )
        limit $15
    )
)
select id as "id!"
from found
join search_text as it using (id)
cross join lateral (
    select count(*) filter (where it.words @@ quote_literal(word)::tsquery) as said,
        count(*) filter (where it.words @@ (quote_literal(word) || ':A')::tsquery) as titled
    from unnest($13::text[]) as word
) as fit
order by said desc, titled desc, id
limit $16
