-- The same for what runs are found by.

set local maintenance_work_mem = '512MB';
set local max_parallel_maintenance_workers = 0;

create index search_vector_384_new on search_vector
    using hnsw ((embedding::halfvec(384)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 384;
create index search_vector_768_new on search_vector
    using hnsw ((embedding::halfvec(768)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 768;
create index search_vector_1024_new on search_vector
    using hnsw ((embedding::halfvec(1024)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 1024;
create index search_vector_1536_new on search_vector
    using hnsw ((embedding::halfvec(1536)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 1536;
create index search_vector_3072_new on search_vector
    using hnsw ((embedding::halfvec(3072)) halfvec_cosine_ops) with (ef_construction = 200)
    where vector_dims(embedding) = 3072;

drop index search_vector_384;
drop index search_vector_768;
drop index search_vector_1024;
drop index search_vector_1536;
drop index search_vector_3072;

alter index search_vector_384_new rename to search_vector_384;
alter index search_vector_768_new rename to search_vector_768;
alter index search_vector_1024_new rename to search_vector_1024;
alter index search_vector_1536_new rename to search_vector_1536;
alter index search_vector_3072_new rename to search_vector_3072;
