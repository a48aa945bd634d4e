-- memory.site: what the targets of a plan meant before, how they are known to fail, and how often
-- runs asked memory on this site since the day began
-- $1 project, $2 site, $3 actions and $4 keys of the targets, $5 midnight
with wanted as (
    select distinct action, target_key
    from unnest($3::text[], $4::uuid[]) as wanted (action, target_key)
),
working as (
    select page, action, target, intent, fingerprint, effect, worked, last_worked_at
    from working_locator
    join wanted using (action, target_key)
    where project_id = $1 and site = $2
    order by page, action, target_key
),
known as (
    select remembered.*
    from remembered
    join wanted using (action, target_key)
    where project_id = $1 and site = $2
    order by id
)
select
    (select coalesce(jsonb_agg(to_jsonb(working)), '[]') from working) as "working!",
    (select coalesce(jsonb_agg(to_jsonb(known)), '[]') from known) as "situations!",
    (
        select count(*)
        from recall
        where project_id = $1 and site = $2 and asked_at >= $5 and run_id is not null
    ) as "heals_today!"
