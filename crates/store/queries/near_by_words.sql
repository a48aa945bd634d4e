-- memory.near_by_words: the best of one site by words. Any word of a situation stands in half of them
-- all, so the index of words is fenced off there: the site is read, and only until there is enough.
-- $1 project, $2 site, $3 intent, $4 text, $5 class of error, $6 how many are ranked, $7 how many
with any_word as materialized (
    select string_agg(quote_literal(lexeme), ' | ')::tsquery as query
    from unnest(tsvector_to_array(to_tsvector('english', $4))) as lexeme
),
found as (
    (
        select id, error_class, words
        from situation
        where project_id = $1 and site = $2 and words @@ plainto_tsquery('english', $3)
        limit $6
    )
    union
    (
        select here.id, here.error_class, here.words
        from any_word
        cross join (
            select id, error_class, words
            from situation
            where project_id = $1 and site = $2
            offset 0
        ) as here
        where here.words @@ any_word.query
        limit $6
    )
)
select id as "id!"
from found, any_word
order by error_class = $5 desc, ts_rank(words, any_word.query, 1) desc, id
limit $7
