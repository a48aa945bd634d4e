-- A graph finds the nearest only where its links lead there. Made with pgvector's `ef_construction` of
-- 64, the graph of a million situations brought 90 of 100 nearest back; made with 200, and asked for as
-- long, 98 of 100. What it costs is paid once for every vector: four times as long to take it in.
--
-- https://github.com/pgvector/pgvector#hnsw
--
-- Whoever reads goes on reading while the new graphs are made beside the old ones; whoever writes here
-- waits. Made concurrently they would not have to, but another process that waits for its turn to
-- migrate would then be waited for.

-- Beyond this a graph under way no longer fits into memory, and grows many times slower: some 400,000
-- vectors of 384 numbers. Workers beside it would want as much shared memory, more than containers have.
set local maintenance_work_mem = '512MB';
set local max_parallel_maintenance_workers = 0;

create index situation_vector_384_new on situation_vector
    using hnsw ((embedding::halfvec(384)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 384;
create index situation_vector_768_new on situation_vector
    using hnsw ((embedding::halfvec(768)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 768;
create index situation_vector_1024_new on situation_vector
    using hnsw ((embedding::halfvec(1024)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 1024;
create index situation_vector_1536_new on situation_vector
    using hnsw ((embedding::halfvec(1536)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 1536;
create index situation_vector_3072_new on situation_vector
    using hnsw ((embedding::halfvec(3072)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 3072;

drop index situation_vector_384;
drop index situation_vector_768;
drop index situation_vector_1024;
drop index situation_vector_1536;
drop index situation_vector_3072;

alter index situation_vector_384_new rename to situation_vector_384;
alter index situation_vector_768_new rename to situation_vector_768;
alter index situation_vector_1024_new rename to situation_vector_1024;
alter index situation_vector_1536_new rename to situation_vector_1536;
alter index situation_vector_3072_new rename to situation_vector_3072;
