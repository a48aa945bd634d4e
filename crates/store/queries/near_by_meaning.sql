-- memory.near_by_meaning: the nearest of one site, exactly
-- $1 project, $2 site, $3 class of error, $4 meaning, $5 its model and $6 its length, $7 how many of
-- that class, $8 how many of others
(
    select situation_id as "id!", 1 - (embedding <=> $4) as similarity
    from situation_vector
    where project_id = $1 and site = $2 and error_class = $3
        and model = $5 and vector_dims(embedding) = $6
    order by embedding <=> $4, situation_id
    limit $7
)
union all
(
    select situation_id, 1 - distance
    from (
        (
            select situation_id, embedding <=> $4 as distance
            from situation_vector
            where project_id = $1 and site = $2 and error_class < $3
                and model = $5 and vector_dims(embedding) = $6
            order by embedding <=> $4, situation_id
            limit $8
        )
        union all
        (
            select situation_id, embedding <=> $4
            from situation_vector
            where project_id = $1 and site = $2 and error_class > $3
                and model = $5 and vector_dims(embedding) = $6
            order by embedding <=> $4, situation_id
            limit $8
        )
    ) as other
    order by distance, situation_id
    limit $8
)
