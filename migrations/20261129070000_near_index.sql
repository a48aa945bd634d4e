-- A search within a site compares every vector of it. They lie scattered over the table, one or two to
-- a page, and the largest sites among a million situations have 15,000: reading them took ten times as
-- long as comparing them. So this index holds them as well: what is asked together lies together, and
-- the table is not read at all.
--
-- An entry of an index has at most 2,700 bytes. Vectors of more than 768 numbers do not fit beside the
-- rest; they are found through `situation_vector_site` and read from the table, as before.
create index situation_vector_near on situation_vector (project_id, site, error_class)
    include (situation_id, model, embedding)
    where vector_dims(embedding) <= 768;

-- Entries are read alone where a vacuum has noted that everybody may see their rows: soon after they
-- are written, not when a fifth of the table is new.
alter table situation_vector set (
    autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 1000
);
