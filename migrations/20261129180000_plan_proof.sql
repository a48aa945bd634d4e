-- What a plan is worth is read before every run without a plan of its own, so it must not take longer
-- with every run that went well: it is told by the plan's newest runs, and these lead there. Only runs
-- that say something about it: one that failed for want of a browser or of time does not.
drop index goal_run_plan;
create index goal_run_decided on goal_run (goal_id, plan_key, ended_at desc, run_id desc)
    include (outcome, agent)
    where plan_key is not null and (outcome = 'succeeded' or failure_kind = 'blocked');
create index goal_run_blocked on goal_run (replays, ended_at desc, run_id desc)
    include (goal_id, agent)
    where replays is not null and failure_kind = 'blocked';

-- The newest plans of a goal, however often it failed since.
create index goal_run_succeeded on goal_run (goal_id, ended_at desc, run_id desc)
    where outcome = 'succeeded' and plan is not null;

-- Whether a flagged remedy had a hand in a run: by what the run used, not by all that was flagged and
-- all its uses.
create index remedy_mark_run on remedy_mark (run_id);
create index memory_flag_project on memory_flag (project_id);
