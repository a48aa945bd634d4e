-- memory.stand: what is known of some remedies, for their rows in the list
-- $1 remedies
select known.id as "id!", known.project_id as "project_id!", situation.site as "site!",
    situation.page as "page!", situation.error_class as "error_class!",
    known.content ->> 'approach' as "approach!", known.trust as "trust!",
    to_jsonb(known) - 'content' as "proof!",
    greatest(
        (select max(at) from remedy_mark where remedy_id = known.id),
        (select at from memory_flag where remedy_id = known.id),
        (select max(lifted_at) from lifted_flag where remedy_id = known.id)
    ) as "changed_at!"
from known_remedy as known
join situation on situation.id = known.situation_id
where known.id = any ($1)
order by known.id
