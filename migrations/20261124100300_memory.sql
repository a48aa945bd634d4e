-- Memory: what is distilled from traces. Everything in this file is derived; `waymark reindex`
-- empties it and makes the same again. Ids are hashes of content, and wherever two runs could tell
-- differently (the words of a situation, the fingerprint of an element) a fixed order of runs
-- decides, not who came first: whatever the order in which runs are distilled, and by however many
-- processes, the content is the same.

-- Which runs still have to be distilled. On the run's row, not in a table of its own, so that the
-- oldest one is found in an index of the few that are left, however many there were.
alter table run add column distilled_at timestamptz;
create index run_undistilled on run (ended_at, id)
    where ended_at is not null and distilled_at is null;

-- A distinct failing situation. Its words and message are those of the first run that met it.
--
-- `words` is English: it folds "books" and "booking", and leaves words of other languages as they
-- are, apart from endings that look English; the same happens to what is searched for, so they
-- still meet. 'simple' would fold nothing.
create table situation (
    id uuid constraint situation_pkey primary key,
    project_id uuid not null constraint situation_project_fkey references project (id),
    site text collate "C" not null,
    page text not null,
    error_class text not null,
    action text not null,
    -- the target as the plan wrote it, and a hash of it (nil without one)
    target jsonb,
    target_key uuid not null,
    intent text not null,
    message text not null,
    -- what is embedded
    text text not null,
    words tsvector not null generated always as (to_tsvector('english', text)) stored,
    first_run_id uuid not null,
    first_step integer not null,
    -- whether it has a row below: false while there was no embedding
    embedded boolean not null
);

create index situation_unembedded on situation (id) where not embedded;
create index situation_site on situation (project_id, site, error_class);
create index situation_target on situation (project_id, site, action, target_key);
create index situation_words on situation using gin (words);

-- What changes with every run that meets it, apart from it.
create table situation_stat (
    situation_id uuid constraint situation_stat_pkey primary key
        constraint situation_stat_situation_fkey references situation (id) on delete cascade,
    seen integer not null,
    last_seen_at timestamptz not null
) with (fillfactor = 80);

-- The meaning of its text. A narrow row of its own that never changes: exact search within a site
-- reads these and nothing else, and an update would enter the graph again. Missing while there was
-- no embedding; `model` says who made it, and vectors of two models are never compared.
--
-- The column has no fixed length, since that is the model's. pgvector indexes need one, so there is
-- an index for each length that models in use have (MiniLM 384, most others the rest); it is empty
-- and costs nothing as long as no model has that length. Vectors of any other length are compared
-- one by one. An expression index can only serve a query with the same cast: a search within a site
-- has none, so the planner cannot take the graph for it, whose answer would lack rows.
create table situation_vector (
    situation_id uuid constraint situation_vector_pkey primary key
        constraint situation_vector_situation_fkey references situation (id) on delete cascade,
    project_id uuid not null,
    site text collate "C" not null,
    error_class text not null,
    model text not null,
    embedding halfvec not null
);

-- In the row, whatever its length: out of line, every comparison would be a look-up.
alter table situation_vector alter column embedding set storage main;

-- Within a site: exact, through this; `cluster situation_vector` orders the table by it.
create index situation_vector_site on situation_vector (project_id, site, error_class);
alter table situation_vector cluster on situation_vector_site;

-- Across sites: only the same class of error says anything there. When the graph gives fewer rows
-- than asked for, because this project's are rare in it, they are compared one by one.
create index situation_vector_class on situation_vector (project_id, error_class);

create index situation_vector_384 on situation_vector
    using hnsw ((embedding::halfvec(384)) halfvec_cosine_ops)
    where vector_dims(embedding) = 384;
create index situation_vector_768 on situation_vector
    using hnsw ((embedding::halfvec(768)) halfvec_cosine_ops)
    where vector_dims(embedding) = 768;
create index situation_vector_1024 on situation_vector
    using hnsw ((embedding::halfvec(1024)) halfvec_cosine_ops)
    where vector_dims(embedding) = 1024;
create index situation_vector_1536 on situation_vector
    using hnsw ((embedding::halfvec(1536)) halfvec_cosine_ops)
    where vector_dims(embedding) = 1536;
create index situation_vector_3072 on situation_vector
    using hnsw ((embedding::halfvec(3072)) halfvec_cosine_ops)
    where vector_dims(embedding) = 3072;

-- What was tried in a situation. Its content (fingerprints, that is) is that of the last run in
-- which it worked, its origin the first one; `content_*` say which they are.
create table remedy (
    id uuid constraint remedy_pkey primary key,
    situation_id uuid not null
        constraint remedy_situation_fkey references situation (id) on delete cascade,
    project_id uuid not null,
    content jsonb not null,
    content_worked boolean not null,
    content_run_id uuid not null,
    content_step integer not null,
    origin_worked boolean not null,
    origin_run_id uuid not null,
    origin_step integer not null,
    created_at timestamptz not null
);

create index remedy_situation on remedy (situation_id);

-- One use of a remedy, once however often its run is distilled. No foreign key to the remedy: a run
-- that used it may be distilled before the run that found it.
create table remedy_mark (
    remedy_id uuid not null,
    run_id uuid not null,
    seq integer not null,
    project_id uuid not null,
    agent text not null,
    verdict text not null,
    trust text not null,
    at timestamptz not null,
    constraint remedy_mark_pkey primary key (remedy_id, run_id, seq),
    constraint remedy_mark_verdict_check check (verdict in ('worked', 'failed', 'unverified')),
    constraint remedy_mark_trust_check check (trust in ('reported', 'verified', 'human'))
);

create index remedy_mark_project on remedy_mark (project_id);
create index remedy_mark_agent on remedy_mark (remedy_id, agent) where verdict = 'worked';

-- What its marks come to. Trust is 1 reported, 2 verified, 3 human: the most among the uses that did
-- not fail, and among all of them. Somebody else's hint that failed here stays a hint.
create table remedy_stat (
    remedy_id uuid constraint remedy_stat_pkey primary key
        constraint remedy_stat_remedy_fkey references remedy (id) on delete cascade,
    vouched smallint,
    tried smallint not null,
    worked integer not null,
    failed integer not null,
    unverified integer not null,
    runs integer not null,
    agents integer not null,
    last_worked_at timestamptz,
    last_failed_at timestamptz
) with (fillfactor = 80);

-- What a question to memory is answered with: remedies with their proof, flags first.
create view known_remedy as
select remedy.id, remedy.situation_id, remedy.project_id, remedy.content, remedy.origin_run_id,
    remedy.origin_step, remedy.created_at,
    case
        when memory_flag.remedy_id is not null then 'flagged'
        else (array['reported', 'verified', 'human'])[coalesce(stat.vouched, stat.tried)]
    end as trust,
    stat.worked, stat.failed, stat.unverified, stat.runs, stat.agents, stat.last_worked_at,
    stat.last_failed_at
from remedy
join remedy_stat as stat on stat.remedy_id = remedy.id
left join memory_flag
    on memory_flag.remedy_id = remedy.id and memory_flag.project_id = remedy.project_id;

-- A situation with everything that was tried in it, best first.
create view remembered as
select situation.id, situation.project_id, situation.site, situation.page, situation.error_class,
    situation.action, situation.target, situation.target_key, situation.intent, situation.message,
    situation_stat.seen, situation_stat.last_seen_at, known.remedies
from situation
join situation_stat on situation_stat.situation_id = situation.id
cross join lateral (
    select coalesce(jsonb_agg(to_jsonb(best)), '[]') as remedies
    from (
        select id, content, origin_run_id, origin_step, trust, worked, failed, unverified, runs,
            agents, last_worked_at, last_failed_at
        from known_remedy
        where known_remedy.situation_id = situation.id
        order by worked desc, failed desc, id
        limit 50
    ) as best
) as known;

-- The elements that targets meant in runs that succeeded. Intent and fingerprint are those of the
-- last one; the effect is null once two runs differed in it.
create table working_locator (
    project_id uuid not null
        constraint working_locator_project_fkey references project (id),
    site text collate "C" not null,
    page text not null,
    action text not null,
    target_key uuid not null,
    target jsonb not null,
    intent text not null,
    fingerprint jsonb not null,
    effect jsonb,
    worked integer not null,
    last_worked_at timestamptz not null,
    last_run_id uuid not null,
    constraint working_locator_pkey primary key (project_id, site, action, target_key, page)
) with (fillfactor = 80);

-- A distinct goal on a site, without the values of inputs, and the runs that were after it: with the
-- plan that each of those that succeeded amounts to, and the plan that the others went by.
create table goal (
    id uuid constraint goal_pkey primary key,
    project_id uuid not null constraint goal_project_fkey references project (id),
    site text collate "C" not null,
    goal_key text not null,
    model text,
    embedding halfvec,
    constraint goal_embedding_check check ((model is null) = (embedding is null))
);

create index goal_site on goal (project_id, site);
create index goal_unembedded on goal (id) where embedding is null;

create table goal_run (
    run_id uuid constraint goal_run_pkey primary key,
    goal_id uuid not null constraint goal_run_goal_fkey references goal (id) on delete cascade,
    project_id uuid not null,
    agent text not null,
    outcome text not null,
    failure_kind text,
    plan jsonb,
    plan_key uuid,
    ended_at timestamptz not null,
    constraint goal_run_plan_check check ((plan is null) = (plan_key is null))
);

create index goal_run_goal on goal_run (goal_id, ended_at desc);
create index goal_run_plan on goal_run (goal_id, plan_key) where plan_key is not null;
create index goal_run_project on goal_run (project_id);
