-- The role that dashboards read with: `psql --file=reader.sql` as the owner of Waymark's tables, with
-- WAYMARK_READER_PASSWORD in the environment. May be run again; after an upgrade it should be.
--
-- It sees how many runs there were and how they ended, and where questions wait. It does not see
-- plans, inputs, traces, memory, keys, or what is asked.
\set ON_ERROR_STOP on
\getenv password WAYMARK_READER_PASSWORD
\if :{?password}
\else
    do $$ begin raise exception 'WAYMARK_READER_PASSWORD is not set'; end $$;
\endif

select not exists (select from pg_roles where rolname = 'waymark_reader') as missing \gset
\if :missing
    create role waymark_reader;
\endif
alter role waymark_reader login password :'password' connection limit 10;
alter role waymark_reader set default_transaction_read_only = on;
alter role waymark_reader set statement_timeout = '15s';

begin;
revoke all on all tables in schema public from waymark_reader;
grant usage on schema public to waymark_reader;
grant select on site_day, site_day_heal to waymark_reader;
grant select (id, name) on project to waymark_reader;
grant select (project_id, site, state, asked_at, deadline) on escalation to waymark_reader;
grant select (project_id, site, state) on memory_list to waymark_reader;
commit;
