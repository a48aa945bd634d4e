-- A process with another secret key than the one that the secrets of tasks are encrypted with can
-- do nothing with them, and used to find that out task by task, at the cost of an attempt each. So
-- the database keeps a mark of the key: a keyed hash of a constant, which says nothing about the
-- key but tells whether somebody has the same one. It is written by the first process that starts;
-- every other one compares and refuses to start when it differs.
create table secret_key_check (
    one boolean constraint secret_key_check_pkey primary key default true,
    mark bytea not null,
    constraint secret_key_check_one_check check (one),
    constraint secret_key_check_mark_check check (octet_length(mark) = 32)
);
