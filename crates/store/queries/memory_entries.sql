-- memories.list: a page of what is remembered, last change first, or one of them
-- $1 project, $2 one memory, $3 site, $4 page, $5 class, $6 approaches, $7 trust, $8 state, $9 states,
-- $10 and $11 where the page before ended, $12 how many
with listed as (
    select remedy_id, changed_at
    from memory_list
    where project_id = $1
        and ($2::uuid is null or remedy_id = $2)
        and ($3::text is null or site = $3)
        and ($4::text is null or page = $4 or starts_with(page, $4 || '?'))
        and ($5::text is null or error_class = $5)
        and ($6::text[] is null or approach = any ($6))
        and ($7::text is null or trust = $7)
        and ($8::text is null or state = $8)
        and ($9::text[] is null or state = any ($9))
        and ($10::timestamptz is null or (changed_at, remedy_id) < ($10, $11::uuid))
    order by changed_at desc, remedy_id desc
    limit $12
)
select known.id as "id!", known.situation_id as "situation_id!", to_jsonb(known) as "remedy!: _",
    known.created_at as "created_at!", listed.changed_at as "changed_at!",
    situation.site as "site!", situation.page as "page!",
    situation.error_class as "error_class!", situation.action as "action!", situation.target,
    situation.intent as "intent!", situation.message as "message!",
    situation_stat.seen as "seen!", situation_stat.last_seen_at as "last_seen_at!",
    flag.why as "why?", flag.by as "by?", flag.at as "at?"
from listed
join known_remedy as known on known.id = listed.remedy_id
join situation on situation.id = known.situation_id
join situation_stat on situation_stat.situation_id = situation.id
left join memory_flag as flag on flag.remedy_id = known.id and flag.project_id = $1
order by listed.changed_at desc, listed.remedy_id desc
