-- What agents outside asked is removed with the traces of its time, unless something was reported of it.
create index recall_outside on recall (project_id, id) where run_id is null;
