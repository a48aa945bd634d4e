-- memory.add_day: adds a run to its day
-- $1 project, $2 day, $3 site, $4 agent, $5 and $6 whether it succeeded or failed, $7 failures, $8 of
-- those overcome, $9 foreseen, $10 reused, $11 of those failed and $12 wrong
insert into site_day as kept (
    project_id, day, site, agent, runs, succeeded, failed, failures, overcome, foreseen, reused,
    reuse_failed, reuse_wrong
)
values ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict on constraint site_day_pkey do update
set runs = kept.runs + 1,
    succeeded = kept.succeeded + excluded.succeeded,
    failed = kept.failed + excluded.failed,
    failures = kept.failures + excluded.failures,
    overcome = kept.overcome + excluded.overcome,
    foreseen = kept.foreseen + excluded.foreseen,
    reused = kept.reused + excluded.reused,
    reuse_failed = kept.reuse_failed + excluded.reuse_failed,
    reuse_wrong = kept.reuse_wrong + excluded.reuse_wrong
