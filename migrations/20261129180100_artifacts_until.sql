-- A sweep goes through tasks in the order in which they ended, and the next one goes on from there: it
-- looks at what has become overdue since, not at everything that ever was.
--   artifacts_until  tasks that ended until then have no artifacts left
-- `artifacts_after` is written by older processes only, which begin anew with every sweep.
alter table retention add column artifacts_until timestamptz;
