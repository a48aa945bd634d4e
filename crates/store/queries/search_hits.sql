-- search.hits: one page of the runs in which passages stand, each run once, where it fits best. What
-- is looked up per run must stay that: `offset 0` keeps the planner from reading all runs instead.
-- A passage whose score is another where it was overcome is given twice.
-- $1 project, $2 agent, $3 outcome, $4 label, $5 begun at this time or later, $6 before, $7 healed, $8
-- passages, best first, and $9 their scores, $10 score and $11 run where the page before ended, $12
-- how many, $13 whether that score is the one where the run got past it, or succeeded; null: of both,
-- $14 the least id of a run that may have begun then
with candidate as materialized (
    select id, score, overcome, rank
    from unnest($8::uuid[], $9::integer[], $13::boolean[])
        with ordinality as it (id, score, overcome, rank)
),
page as materialized (
    select candidate.id, candidate.score, hit.run_id, hit.seq
    from candidate
    cross join lateral (
        select place.run_id, place.seq
        from search_place as place
        where place.text_id = candidate.id and project_id = $1
            and ($2::text is null or agent = $2)
            and ($3::text is null or outcome = $3)
            and ($4::text is null or labels @> $4::text::jsonb)
            and ($5::timestamptz is null or started_at >= $5)
            and ($6::timestamptz is null or started_at < $6)
            and ($7::boolean is null or healed = $7)
            and place.run_id >= $14
            and (
                candidate.overcome is null
                or candidate.overcome
                = (outcome is not distinct from 'succeeded' or seq >= 0 and healed)
            )
            and (
                $10::integer is null or candidate.score < $10
                or candidate.score = $10 and place.run_id < $11::uuid
            )
            and not exists (
                select
                from search_place as other
                join candidate as better on better.id = other.text_id
                where other.run_id = place.run_id
                    and (better.rank, other.seq) < (candidate.rank, place.seq)
                    and ($7::boolean is null or other.healed = $7)
                    and (
                        better.overcome is null
                        or better.overcome
                        = (
                            other.outcome is not distinct from 'succeeded'
                            or other.seq >= 0 and other.healed
                        )
                    )
                offset 0
            )
        order by place.run_id desc
        limit $12
    ) as hit
    order by candidate.score desc, hit.run_id desc
    limit $12
)
select page.id as "text_id!", page.score as "score!", run_id as "run_id!", seq as "seq!",
    healed as "healed!"
from page
join search_place as place using (run_id, seq)
order by page.score desc, run_id desc
