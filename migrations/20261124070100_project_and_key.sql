-- A project owns everything else; nothing crosses it. A key opens one project.
--
-- Ids are UUIDv7 minted by the service, here and everywhere: they sort by time, so "newest first"
-- and keyset pages need no second column, and a large table can later be cut into ranges of its own
-- key.
create table project (
    id uuid constraint project_pkey primary key,
    name text not null constraint project_name_key unique,
    created_at timestamptz not null
);

-- Of a key's secret only the SHA-256 is kept: 32 random bytes need no slow hash, and a look-up by
-- hash compares nothing that an attacker could time. Keys are revoked, never deleted, so that what
-- once had access can still be told.
create table api_key (
    id uuid constraint api_key_pkey primary key,
    project_id uuid not null constraint api_key_project_fkey references project (id),
    name text not null,
    prefix text not null,
    secret_hash bytea not null constraint api_key_secret_hash_key unique,
    scopes text[] not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    constraint api_key_secret_hash_check check (octet_length(secret_hash) = 32)
);

create index api_key_project on api_key (project_id, id desc);
