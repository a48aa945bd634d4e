-- A run that goes by a remembered plan says whose: when it fails, that counts against the plan. No
-- foreign key: the run that is replayed may be removed before the one that replays it.
alter table run add column replays uuid;
alter table goal_run add column replays uuid;
create index goal_run_replays on goal_run (replays) where replays is not null;

-- Only what reached a goal is kept as a plan; of other runs it is enough to know which plan it was.
alter table goal_run drop constraint goal_run_plan_check;
update goal_run set plan = null where outcome <> 'succeeded';
alter table goal_run add constraint goal_run_plan_check check (
    plan is null or (plan_key is not null and outcome = 'succeeded')
);
