-- sites.unsolved: what fails on a site and nothing gets past, the most frequent of late first
-- $1 project, $2 site, $3 since when is of late, $4 how many, $5 how many steps that failed so are
-- looked at to count their runs
with unsolved as materialized (
    select id, page, error_class, action, target, intent, message, seen, last_seen_at
    from situation
    join situation_stat on situation_id = id
    -- what was only told of was met by no run
    where project_id = $1 and site = $2 and seen > 0
        and not exists (
            select
            from remedy
            join memory_list as list on list.remedy_id = remedy.id
            where remedy.situation_id = situation.id and list.state in ('pattern', 'proven')
        )
        -- the plan's own way may work there again
        and not exists (
            select
            from working_locator as own
            where own.project_id = $1 and own.site = $2 and own.action = situation.action
                and own.target_key = situation.target_key and own.page = situation.page
                and own.last_worked_at > last_seen_at
        )
    order by last_seen_at >= $3 desc, seen desc, last_seen_at desc, id
    limit $4
)
select unsolved.id as "id!", unsolved.page as "page!", unsolved.error_class as "error_class!",
    action as "action!", target, intent as "intent!", unsolved.message as "message!",
    seen as "seen!", last_seen_at as "last_seen_at!", runs as "runs!", last_run_id as "last_run_id?"
from unsolved
-- as passages say it
cross join lateral (
    select trim(
        regexp_replace(
            regexp_replace(intent, '\{\{(inputs|secrets)\.|\}\}', '', 'g'), '\s+', ' ', 'g'
        )
    ) as title
) as told
-- by the hash of their titles, as the index has them
cross join lateral (
    select array_agg(id) as passages
    from search_text as passage
    where passage.project_id = $1 and passage.site = $2
        and hashtextextended(passage.title, 0) = hashtextextended(told.title, 0)
        and passage.title = told.title and kind = 'step'
        and passage.page = unsolved.page and passage.error_class = unsolved.error_class
) as said
cross join lateral (
    select count(distinct run_id) as runs
    from (select run_id from search_hit where text_id = any (passages) limit $5) as few
) as met
left join lateral (
    select newest.run_id as last_run_id
    from unnest(passages) as passage
    cross join lateral (
        select run_id from search_hit where text_id = passage order by run_id desc limit 1
    ) as newest
    order by newest.run_id desc
    limit 1
) as last on true
order by last_seen_at >= $3 desc, seen desc, last_seen_at desc, id
