-- A graph finds the nearest only where its links lead there. Made with pgvector's `ef_construction` of
-- 64, the graph of a million situations brought 90 of 100 nearest back; made with 200, and asked for as
-- long, 98 of 100. What it costs is paid once for every vector: four times as long to take it in.
--
-- https://github.com/pgvector/pgvector#hnsw

-- Beyond this a graph under way no longer fits into memory, and grows many times slower: some 400,000
-- vectors of 384 numbers. Workers beside it would want as much shared memory, more than containers have.
set local maintenance_work_mem = '512MB';
set local max_parallel_maintenance_workers = 0;

drop index situation_vector_384;
drop index situation_vector_768;
drop index situation_vector_1024;
drop index situation_vector_1536;
drop index situation_vector_3072;

create index situation_vector_384 on situation_vector
    using hnsw ((embedding::halfvec(384)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 384;
create index situation_vector_768 on situation_vector
    using hnsw ((embedding::halfvec(768)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 768;
create index situation_vector_1024 on situation_vector
    using hnsw ((embedding::halfvec(1024)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 1024;
create index situation_vector_1536 on situation_vector
    using hnsw ((embedding::halfvec(1536)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 1536;
create index situation_vector_3072 on situation_vector
    using hnsw ((embedding::halfvec(3072)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 3072;

drop index search_vector_384;
drop index search_vector_768;
drop index search_vector_1024;
drop index search_vector_1536;
drop index search_vector_3072;

create index search_vector_384 on search_vector
    using hnsw ((embedding::halfvec(384)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 384;
create index search_vector_768 on search_vector
    using hnsw ((embedding::halfvec(768)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 768;
create index search_vector_1024 on search_vector
    using hnsw ((embedding::halfvec(1024)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 1024;
create index search_vector_1536 on search_vector
    using hnsw ((embedding::halfvec(1536)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 1536;
create index search_vector_3072 on search_vector
    using hnsw ((embedding::halfvec(3072)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 3072;
