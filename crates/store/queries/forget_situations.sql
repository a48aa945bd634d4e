-- memory.forget_situations: those of a site that were not met, and nothing of which was used; with
-- their counters, vectors, remedies and marks
-- $1 project, $2 site, $3 since when, $4 how many
with stale as (
    select situation.id
    from situation
    join situation_stat as stat on stat.situation_id = situation.id
    where situation.project_id = $1 and situation.site = $2 and stat.last_seen_at < $3
        and not exists (
            select
            from remedy
            join remedy_mark as mark on mark.remedy_id = remedy.id
            where remedy.situation_id = situation.id and mark.at >= $3
        )
    order by situation.id
    limit $4
),
known as (
    select id from remedy where situation_id in (select id from stale)
),
noted as (
    insert into memory_forgotten (project_id, key, until)
    select $1, id, $3 from stale
    on conflict on constraint memory_forgotten_pkey do update
    set until = greatest(memory_forgotten.until, excluded.until)
),
marks as (
    delete from remedy_mark where remedy_id in (select id from known)
),
kept_marks as (
    delete from kept.remedy_mark where remedy_id in (select id from known)
),
kept as (
    delete from kept.situation where id in (select id from stale)
),
gone as (
    delete from situation where id in (select id from stale)
)
select (select count(*) from stale) as "situations!", (select count(*) from known) as "remedies!"
