-- Search: in which words a run is found. Derived like memory, and rebuilt with it; nothing in here
-- has a value that somebody typed.
--
-- Situations do not serve: they are distilled when a run has ended, while a failing step is to be
-- found as soon as it is recorded; they leave out what failed while healing, and a start page that
-- did not load; and no step points at them.
--
-- A passage is a distinct text: of failing steps (what one was for, what went wrong, with which
-- element) or of runs (the goal and how it ended). A thousand runs that fail alike are one row here,
-- and no row is ever updated. Its id is made of its content.
create table search_text (
    id uuid constraint search_text_pkey primary key,
    project_id uuid not null constraint search_text_project_fkey references project (id),
    kind text not null,
    site text collate "C" not null,
    -- empty of a run
    page text not null,
    error_class text,
    -- the intent of a step, the goal of a run
    title text not null,
    message text not null,
    -- what is embedded
    text text not null,
    -- punctuation divides words: else an address, or a name with underscores, would be one word
    words tsvector not null generated always as (
        setweight(to_tsvector('english', regexp_replace(title, '[[:punct:]]+', ' ', 'g')), 'A')
        || setweight(
            to_tsvector(
                'english',
                regexp_replace(
                    text || ' ' || message || ' ' || page || ' ' || site || ' '
                    || coalesce(error_class, ''),
                    '[[:punct:]]+', ' ', 'g'
                )
            ),
            'B'
        )
    ) stored,
    constraint search_text_kind_check check (kind in ('step', 'run'))
);

create index search_text_project on search_text (project_id, site);
create index search_text_words on search_text using gin (words);

-- Passages that have no vector yet: a few rows, so that the oldest is found at once and how far
-- behind the vectors are costs nothing to say.
create table search_waiting (
    text_id uuid constraint search_waiting_pkey primary key
        constraint search_waiting_text_fkey references search_text (id) on delete cascade,
    added_at timestamptz not null
);

create index search_waiting_added on search_waiting (added_at, text_id);

-- The meaning of a passage, with what a search filters by, as in situation_vector: the length is the
-- model's, there is a graph for each usual one, and a search without the graph's cast is exact.
create table search_vector (
    text_id uuid constraint search_vector_pkey primary key
        constraint search_vector_text_fkey references search_text (id) on delete cascade,
    project_id uuid not null,
    site text collate "C" not null,
    page text not null,
    error_class text,
    model text not null,
    embedding halfvec not null
);

alter table search_vector alter column embedding set storage main;

create index search_vector_site on search_vector (project_id, site);

create index search_vector_384 on search_vector
    using hnsw ((embedding::halfvec(384)) halfvec_cosine_ops)
    where vector_dims(embedding) = 384;
create index search_vector_768 on search_vector
    using hnsw ((embedding::halfvec(768)) halfvec_cosine_ops)
    where vector_dims(embedding) = 768;
create index search_vector_1024 on search_vector
    using hnsw ((embedding::halfvec(1024)) halfvec_cosine_ops)
    where vector_dims(embedding) = 1024;
create index search_vector_1536 on search_vector
    using hnsw ((embedding::halfvec(1536)) halfvec_cosine_ops)
    where vector_dims(embedding) = 1536;
create index search_vector_3072 on search_vector
    using hnsw ((embedding::halfvec(3072)) halfvec_cosine_ops)
    where vector_dims(embedding) = 3072;

-- Where a passage stands: a step, or (-1) the run itself. Written with the step, in one statement.
-- No foreign key to the passage: sweeping passages that stand nowhere must not make a step fail that
-- is being recorded with one. What points nowhere then points somewhere again when its run has ended.
create table search_hit (
    run_id uuid not null constraint search_hit_run_fkey references run (id) on delete cascade,
    seq integer not null,
    text_id uuid not null,
    -- whether the run got past the failure (of the run itself: past any); null while it is under way
    healed boolean,
    constraint search_hit_pkey primary key (run_id, seq),
    constraint search_hit_seq_check check (seq >= -1)
);

create index search_hit_text on search_hit (text_id, run_id desc);

-- Failed steps that their run got past: a later step did what they were for.
create view overcome as
select failed.run_id, failed.seq
from step as failed
where failed.failure is not null
    and exists (
        select
        from step as later
        where later.run_id = failed.run_id and later.seq > failed.seq and later.failure is null
            and later.decision ->> 'step' = failed.decision ->> 'step'
            and later.decision ->> 'source' <> 'restore'
            and coalesce(later.decision ->> 'own', 'true') = 'true'
    );

-- What the places of a passage are filtered by.
create view search_place as
select hit.text_id, hit.run_id, hit.seq, run.project_id, run.agent, run.outcome, run.labels,
    run.started_at,
    coalesce(
        hit.healed,
        exists (
            select
            from overcome
            where overcome.run_id = hit.run_id and (hit.seq = -1 or overcome.seq = hit.seq)
        )
    ) as healed
from search_hit as hit
join run on run.id = hit.run_id;

-- The runs of one agent: to tell whether a search among them is one among a few.
create index run_agent on run (project_id, agent, id desc);
