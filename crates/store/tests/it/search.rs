//! Searching runs: by words at once, by meaning soon, by goals when they have ended.

mod corpus;

use crate::support::memory::{Told, content, memory};
use crate::support::{World, failed, succeeded};
use domain::clock::Clock;
use domain::failure::ErrorClass;
use domain::id::{ProjectId, RunId};
use domain::ports::{Distillery, Leases};
use domain::run::Outcome;
use domain::search::{SearchMode, Sought};
use std::sync::Arc;
use std::time::Duration;
use store::{
    FoundRun, MemoryStore, RunSearch, SearchError, SearchFilter, SearchPage, SearchRequest,
};
use testkit::embedder::WordEmbedder;
use uuid::Uuid;

struct Searching {
    world: World,
    memory: MemoryStore,
    search: RunSearch,
    embedder: WordEmbedder,
}

impl Searching {
    async fn new() -> Self {
        Self::with(WordEmbedder::new()).await
    }

    async fn with(embedder: WordEmbedder) -> Self {
        let world = World::new().await;
        let memory = memory(&world, &embedder);
        let search = RunSearch::new(world.store.clone(), Arc::new(embedder.clone()));
        Self { world, memory, search, embedder }
    }

    /// A run that fails at a step, gets past it and succeeds; learnt from.
    async fn run(&self, told: &Told<'_>) -> RunId {
        let run = told.run(&self.world).await;
        self.memory.learn(run).await.unwrap();
        self.world.clock.advance(Duration::from_mins(1));
        run
    }

    async fn ask(&self, request: &SearchRequest) -> SearchPage {
        self.search.search(self.world.project, request).await.unwrap()
    }

    async fn find(&self, question: &str) -> Vec<FoundRun> {
        self.ask(&asked(question)).await.items
    }

    async fn filtered(&self, filter: SearchFilter) -> Vec<RunId> {
        let request = SearchRequest { filter, ..asked("save the user") };
        ids(&self.ask(&request).await.items)
    }
}

fn asked(question: &str) -> SearchRequest {
    SearchRequest {
        sought: Sought::read(question).unwrap(),
        mode: SearchMode::Hybrid,
        filter: SearchFilter::default(),
        limit: 50,
        after: None,
    }
}

fn in_mode(question: &str, mode: SearchMode) -> SearchRequest {
    SearchRequest { mode, ..asked(question) }
}

fn ids(found: &[FoundRun]) -> Vec<RunId> {
    found.iter().map(|found| found.run.id).collect()
}

#[tokio::test]
async fn a_failing_step_is_found_by_words_at_once_and_by_meaning_when_it_is_embedded() {
    let searching = Searching::new().await;
    let lease = Told { heals: false, ..Told::default() }.begin(&searching.world).await;
    let found = searching.find("saving users").await;
    assert_eq!(ids(&found), [lease.run_id]);
    assert_eq!((found[0].run.outcome, found[0].matched.seq), (None, Some(2)));
    assert_eq!(found[0].matched.passage.title, "save the user");
    let by_meaning = in_mode("save the user: could not find it", SearchMode::Semantic);
    assert_eq!(searching.ask(&by_meaning).await.items, []);

    let lag = searching.world.store.search_lag().await.unwrap();
    assert_eq!((lag.waiting, lag.oldest.unwrap().num_seconds()), (1, 0));
    searching.world.clock.advance(Duration::from_secs(7));
    let lag = searching.world.store.search_lag().await.unwrap();
    assert_eq!(lag.oldest.unwrap().num_seconds(), 7);
    searching.memory.catch_up().await.unwrap();
    let lag = searching.world.store.search_lag().await.unwrap();
    assert_eq!((lag.waiting, lag.oldest), (0, None));
    let found = searching.ask(&by_meaning).await;
    assert_eq!((ids(&found.items), found.mode), (vec![lease.run_id], SearchMode::Semantic));
    assert!(found.items[0].score.value() > 0.8, "{found:?}");
}

#[tokio::test]
async fn a_run_is_found_by_its_goal_when_it_has_ended() {
    let searching = Searching::new().await;
    let told = Told { goal: "register Ada Lovelace as a member", ..Told::default() };
    let lease = told.begin(&searching.world).await;
    assert_eq!(searching.find("register members").await, []);
    searching.world.store.finish(&lease, &failed(), None).await.unwrap();
    assert_eq!(searching.world.store.search_lag().await.unwrap().waiting, 2);
    searching.memory.catch_up().await.unwrap();
    let found = searching.find("register members").await;
    assert_eq!(ids(&found), [lease.run_id]);
    assert_eq!(found[0].matched.seq, None);
    assert!(found[0].matched.passage.text.ends_with("failed, browser or network trouble"));
    assert_eq!(searching.world.store.search_lag().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn without_an_embedder_words_are_compared_and_the_answer_says_so() {
    let searching = Searching::new().await;
    let run = searching.run(&Told::default()).await;
    searching.embedder.fail(true);
    let page = searching.ask(&asked("save the user")).await;
    assert_eq!((ids(&page.items), page.mode), (vec![run], SearchMode::Text));
    let semantic = in_mode("save the user", SearchMode::Semantic);
    let refused = searching.search.search(searching.world.project, &semantic).await.unwrap_err();
    assert!(matches!(refused, SearchError::NoMeaning), "{refused:?}");
    let by_words = RunSearch::by_words(searching.world.store.clone());
    let page = by_words.search(searching.world.project, &asked("save the user")).await.unwrap();
    assert_eq!((ids(&page.items), page.mode), (vec![run], SearchMode::Text));
}

#[tokio::test]
async fn nothing_crosses_a_project() {
    let searching = Searching::new().await;
    searching.run(&Told::default()).await;
    let other: ProjectId = searching.world.store.projects().get_or_create("other").await.unwrap();
    for mode in [SearchMode::Semantic, SearchMode::Text, SearchMode::Hybrid] {
        for question in ["save the user", "\"save the user\""] {
            let request = in_mode(question, mode);
            let page = searching.search.search(other, &request).await.unwrap();
            assert_eq!(page.items, [], "{question} {mode:?}");
            let filter = SearchFilter { site: Some("shop.example".into()), ..Default::default() };
            let request = SearchRequest { filter, ..request };
            assert_eq!(searching.search.search(other, &request).await.unwrap().items, []);
        }
    }
}

/// Labels a run behind the store's back.
async fn label(world: &World, run: RunId) {
    let mut connection = world.database.connection().await;
    sqlx::query("update run set labels = '{\"team\": \"b\"}' where id = $1")
        .bind(run.as_uuid())
        .execute(&mut connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn every_filter_holds() {
    let searching = Searching::new().await;
    let world = &searching.world;
    let start = Clock::now(&world.clock);
    let plain = searching.run(&Told::default()).await;
    let middle = Clock::now(&world.clock);
    let other = Told {
        agent: "other",
        site: "other.example",
        page: "/members?tab",
        class: ErrorClass::Timeout,
        heals: false,
        ..Told::default()
    };
    let lease = other.begin(world).await;
    world.store.finish(&lease, &failed(), None).await.unwrap();
    searching.memory.learn(lease.run_id).await.unwrap();
    label(world, lease.run_id).await;

    let all = SearchFilter::default();
    let mut both = searching.filtered(all.clone()).await;
    both.sort_unstable();
    assert_eq!(both, [plain, lease.run_id]);
    let site = |site: &str| SearchFilter { site: Some(site.into()), ..all.clone() };
    let page = |page: &str| SearchFilter { page: Some(page.into()), ..all.clone() };
    let class = |class| SearchFilter { error_class: Some(class), ..all.clone() };
    let agent = |agent: &str| SearchFilter { agent: Some(agent.into()), ..all.clone() };
    let outcome = |outcome| SearchFilter { outcome: Some(outcome), ..all.clone() };
    let labelled =
        |value: &str| SearchFilter { label: Some(("team".into(), value.into())), ..all.clone() };
    let healed = |healed| SearchFilter { healed: Some(healed), ..all.clone() };
    for (filter, found) in [
        (site("shop.example"), vec![plain]),
        (site("other.example"), vec![lease.run_id]),
        (page("/users/add"), vec![plain]),
        (page("/members"), vec![lease.run_id]),
        (page("/members?tab"), vec![lease.run_id]),
        (page("/member"), vec![]),
        (page("/members?ta"), vec![]),
        (class(ErrorClass::Timeout), vec![lease.run_id]),
        (class(ErrorClass::Detached), vec![]),
        (agent("nightly"), vec![plain]),
        (agent("nobody"), vec![]),
        (outcome(Outcome::Succeeded), vec![plain]),
        (outcome(Outcome::Failed), vec![lease.run_id]),
        (labelled("b"), vec![lease.run_id]),
        (labelled("c"), vec![]),
        (healed(true), vec![plain]),
        (healed(false), vec![lease.run_id]),
        (SearchFilter { started_after: Some(middle), ..all.clone() }, vec![lease.run_id]),
        (SearchFilter { started_before: Some(middle), ..all.clone() }, vec![plain]),
        (SearchFilter { started_before: Some(start), ..all.clone() }, vec![]),
        (SearchFilter { agent: Some("other".into()), ..site("shop.example") }, vec![]),
    ] {
        for mode in [SearchMode::Semantic, SearchMode::Text, SearchMode::Hybrid] {
            let question = "save the user: could not find it";
            let request = SearchRequest { filter: filter.clone(), ..in_mode(question, mode) };
            let items = searching.ask(&request).await.items;
            // The goals of both are near the question as well; steps are what is asked about here.
            assert_eq!(ids(&items), found, "{mode:?} {filter:?}");
        }
    }
}

#[tokio::test]
async fn runs_whose_ids_are_older_than_a_time_by_hours_are_not_read_to_find_those_since() {
    let searching = Searching::new().await;
    let world = &searching.world;
    let old = searching.run(&Told::default()).await;
    world.clock.advance(Duration::from_hours(2));
    let new = searching.run(&Told::default()).await;
    // As if both had begun now.
    let now = Clock::now(&world.clock);
    let mut connection = world.database.connection().await;
    sqlx::query("update run set started_at = $1").bind(now).execute(&mut connection).await.unwrap();
    assert_eq!(searching.filtered(SearchFilter::default()).await, [new, old]);
    let since = SearchFilter { started_after: Some(now), ..SearchFilter::default() };
    assert_eq!(searching.filtered(since).await, [new]);
}

#[tokio::test]
async fn what_is_quoted_must_occur_as_it_is() {
    let searching = Searching::new().await;
    let now = Told { intent: "click Book now", target: "#a", ..Told::default() };
    let now = searching.run(&now).await;
    let later = Told { intent: "book the room now", target: "#b", ..Told::default() };
    let later = searching.run(&later).await;
    for mode in [SearchMode::Semantic, SearchMode::Text, SearchMode::Hybrid] {
        let quoted = searching.ask(&in_mode("click \"book NOW\"", mode)).await;
        assert_eq!(ids(&quoted.items), [now], "{mode:?}");
    }
    let plain = ids(&searching.find("book now").await);
    assert!(plain.contains(&now) && plain.contains(&later), "{plain:?}");
    for (question, found) in [
        ("\"book\" \"room\"", vec![later]),
        ("\"booking\"", vec![]),
        ("\"ook now\"", vec![]),
        ("\"the room\" with words that stand nowhere", vec![later]),
        ("\"/users/add\"", vec![later, now]),
        ("\"shop.example\"", vec![later, now]),
        ("\"the\"", vec![later]),
    ] {
        let request = in_mode(question, SearchMode::Text);
        let mut hits = ids(&searching.ask(&request).await.items);
        hits.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(hits, found, "{question}");
    }
}

#[tokio::test]
async fn pages_go_on_where_they_ended_whatever_is_recorded_meanwhile() {
    let searching = Searching::new().await;
    let mut expected = Vec::new();
    for number in 0..7 {
        // Two texts, of which each stands in several runs.
        let target = ["#save", "#store"][number % 2];
        expected.push(searching.run(&Told { target, ..Told::default() }).await);
    }
    let question = "save the user #store";
    let whole = searching.find(question).await;
    let mut all = ids(&whole);
    for pair in whole.windows(2) {
        let before = (pair[0].score, pair[0].run.id.as_uuid());
        assert!(before > (pair[1].score, pair[1].run.id.as_uuid()), "best first, then newest");
    }
    for limit in [1, 2, 3, 7] {
        let mut request = SearchRequest { limit, ..asked(question) };
        let mut walked = Vec::new();
        loop {
            let page = searching.ask(&request).await;
            walked.extend(ids(&page.items));
            // Others that fit as well or better.
            searching.run(&Told { target: "#store", ..Told::default() }).await;
            searching.run(&Told { intent: question, ..Told::default() }).await;
            request.after = page.next;
            if request.after.is_none() {
                break;
            }
        }
        walked.retain(|run| expected.contains(run));
        assert_eq!(walked, all, "limit {limit}");
    }
    all.sort_unstable();
    assert_eq!(all, expected);
}

#[tokio::test]
async fn a_page_is_searched_as_the_one_before_it_was() {
    let searching = Searching::new().await;
    for number in 0..4 {
        let target = ["#save", "#store"][number % 2];
        searching.run(&Told { target, ..Told::default() }).await;
    }
    let by_words = RunSearch::by_words(searching.world.store.clone());
    let request = SearchRequest { limit: 2, ..asked("save the user") };
    let project = searching.world.project;
    let expected = ids(&by_words
        .search(project, &SearchRequest { limit: 4, ..request.clone() })
        .await
        .unwrap()
        .items);
    // The meaning could not be had, and now it can: what was begun by words goes on by words.
    let first = by_words.search(project, &request).await.unwrap();
    let rest = SearchRequest { after: first.next, ..request.clone() };
    let second = searching.ask(&rest).await;
    assert_eq!(second.mode, SearchMode::Text);
    assert_eq!([ids(&first.items), ids(&second.items)].concat(), expected);
    // The other way round there is no going on.
    let first = searching.ask(&request).await;
    let rest = SearchRequest { after: first.next, ..request };
    let refused = by_words.search(project, &rest).await.unwrap_err();
    assert!(matches!(refused, SearchError::NoMeaning), "{refused}");
}

#[tokio::test]
async fn a_run_is_found_once_where_it_fits_best() {
    let searching = Searching::new().await;
    // The step fails and so does what is tried instead: two passages, and a third of the goal.
    let told = Told { heal_fails: true, goal: "save the user", ..Told::default() };
    let lease = told.begin(&searching.world).await;
    searching.world.store.finish(&lease, &succeeded(), None).await.unwrap();
    searching.memory.learn(lease.run_id).await.unwrap();
    let hits = searching.find("save the user").await;
    assert_eq!(ids(&hits), [lease.run_id]);
    let other = searching.find("save the user: could not find it. save").await;
    assert_eq!((other.len(), other[0].matched.seq.is_some()), (1, true));
    assert!(!other[0].matched.healed);
}

#[tokio::test]
async fn what_stopped_a_run_comes_before_what_was_overcome_when_a_failure_is_asked_about() {
    let searching = Searching::new().await;
    let world = &searching.world;
    let rooms = Told {
        goal: "find a booking button",
        intent: "search for rooms",
        target: "#find-button",
        ..Told::default()
    };
    let (first, second) = (searching.run(&rooms).await, searching.run(&rooms).await);
    let failing = async |told: Told<'_>| {
        let lease = Told { heals: false, ..told }.begin(world).await;
        world.store.finish(&lease, &failed(), None).await.unwrap();
        searching.memory.learn(lease.run_id).await.unwrap();
        lease.run_id
    };
    let log_in = Told {
        goal: "see who is in",
        intent: "log in",
        target: "#login-button",
        class: ErrorClass::Timeout,
        message: "waiting for the address **/bookings",
        ..Told::default()
    };
    let log_in = failing(log_in).await;
    let attic = Told {
        goal: "see to the attic",
        intent: "reserve the attic",
        target: "#booking-button",
        ..Told::default()
    };
    let attic = failing(attic).await;
    for mode in [SearchMode::Text, SearchMode::Hybrid] {
        // The goal is what is asked for, word by word; logging in is nothing like it, and what it did
        // not find in time was no button.
        let expected = [attic, second, first, log_in];
        let failing = in_mode("failed to find a booking button", mode);
        let found = ids(&searching.ask(&failing).await.items);
        assert_eq!(found, expected, "{mode:?}");
        // Pages go on by the score, which is another where a run got past it.
        let mut walked = Vec::new();
        let mut request = SearchRequest { limit: 1, ..failing };
        loop {
            let page = searching.ask(&request).await;
            walked.extend(ids(&page.items));
            request.after = page.next;
            if request.after.is_none() {
                break;
            }
        }
        assert_eq!(walked, found, "{mode:?}");
    }
    let plain = ids(&searching.find("find a booking button").await);
    assert_eq!(plain[..2], [second, first], "no failure is named");
    // One text, in a run that got past it and in one that did not.
    let stopped = failing(rooms).await;
    let found = searching.find("could not search for rooms").await;
    assert_eq!(ids(&found)[0], stopped);
    assert_eq!(found.iter().filter(|found| found.run.id == stopped).count(), 1);
}

#[tokio::test]
async fn what_was_typed_is_searched_by_nobody() {
    let searching = Searching::new().await;
    let told = Told { goal: "add the user ada", intent: "save ada", ..Told::default() };
    searching.run(&told).await;
    assert_eq!(searching.find("ada").await, []);
    assert_eq!(searching.find("\"ada\"").await, []);
    let found = searching.find("save the user").await;
    assert_eq!(found[0].matched.passage.title, "save user");
    let mut connection = searching.world.database.connection().await;
    let texts: String =
        sqlx::query_scalar("select string_agg(it::text, ' ') from search_text as it")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert!(texts.contains("save user") && !texts.contains("ada"), "{texts}");
}

#[tokio::test]
async fn search_is_made_anew_from_the_traces() {
    let searching = Searching::new().await;
    let world = &searching.world;
    searching.run(&Told::default()).await;
    let open = Told { intent: "close the shop", ..Told::default() }.begin(world).await;
    searching.memory.catch_up().await.unwrap();
    let before = content(world).await;
    assert!(before.contains("close the shop"), "{before}");
    searching.memory.reindex(None).await.unwrap();
    assert_eq!(content(world).await, before);

    let mut connection = world.database.connection().await;
    sqlx::raw_sql("delete from search_text; delete from search_hit")
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(searching.find("close the shop").await, []);
    searching.memory.reindex(Some(world.project)).await.unwrap();
    assert_eq!(content(world).await, before);
    assert_eq!(ids(&searching.find("close the shop").await), [open.run_id]);
    world.store.finish(&open, &succeeded(), None).await.unwrap();
    searching.memory.catch_up().await.unwrap();
    assert_eq!(ids(&searching.find("close the shop").await), [open.run_id]);
}

/// Changes what is kept of a run or a task to what a newer version would have written.
async fn as_newer(world: &World, statement: &'static str, id: Uuid) {
    let mut connection = world.database.connection().await;
    sqlx::query(statement).bind(id).execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_read_keeps_nobody_from_the_rest() {
    let searching = Searching::new().await;
    let world = &searching.world;
    let fine = searching.run(&Told { target: "#keep", ..Told::default() }).await;
    let newer = searching.run(&Told { class: ErrorClass::Timeout, ..Told::default() }).await;
    let skipped = || world.store.memory_trouble().unreadable;
    let both = ids(&searching.find("could not save the user").await);
    assert!(both.contains(&fine) && both.contains(&newer), "{both:?}");
    let passage = "update search_text set error_class = 'eclipse'
        from search_hit where text_id = id and run_id = $1 and seq >= 0";
    as_newer(world, passage, newer.as_uuid()).await;
    assert_eq!(ids(&searching.find("could not save the user").await), [fine]);
    assert_eq!(skipped(), 1);

    let run = "update run set failure = '{\"class\": \"eclipse\"}' where id = $1";
    as_newer(world, run, fine.as_uuid()).await;
    assert_eq!(searching.find("could not save the user").await, []);
    assert_eq!(skipped(), 3);
}

#[tokio::test]
async fn an_open_run_that_cannot_be_read_does_not_end_a_reindex() {
    let searching = Searching::new().await;
    let world = &searching.world;
    let ended = searching.run(&Told::default()).await;
    let newer = Told { intent: "close the shop", ..Told::default() }.begin(world).await;
    let open = Told { intent: "open the shop", ..Told::default() }.begin(world).await;
    let task = "with emptied as (delete from search_hit)
        update task set spec = '{\"wish\": 1}' where id = $1";
    as_newer(world, task, newer.task_id.as_uuid()).await;
    assert_eq!(searching.memory.reindex(None).await.unwrap(), 1);
    assert_eq!(world.store.memory_trouble().unreadable, 1);
    assert_eq!(ids(&searching.find("save the user").await)[0], ended);
    assert_eq!(ids(&searching.find("open the shop").await)[0], open.run_id);
}

#[tokio::test]
async fn a_model_of_any_length_serves() {
    for dimensions in [7, 768, 1024, 1536, 3072] {
        let searching = Searching::with(WordEmbedder::named("m", dimensions)).await;
        let run = searching.run(&Told::default()).await;
        let question = "save the user: could not find it";
        let request = in_mode(question, SearchMode::Semantic);
        assert_eq!(ids(&searching.ask(&request).await.items), [run], "{dimensions}");
        let others = WordEmbedder::named("another", dimensions);
        let others = RunSearch::new(searching.world.store.clone(), Arc::new(others));
        let page = others.search(searching.world.project, &request).await.unwrap();
        assert_eq!(page.items, [], "vectors of two models are never compared");
    }
}

/// Many passages of one run behind the store's back.
async fn crowd(world: &World, project: ProjectId, run: RunId, rows: i32) {
    let mut connection = world.database.connection().await;
    sqlx::query(
        "with fresh as (
            insert into search_text (id, project_id, kind, site, page, title, message, text)
            select gen_random_uuid(), $1, 'step', 'crowd.example', '/', 'rooms ' || n, '', 'rooms'
            from generate_series(1, $3) as n
            returning id
        ),
        hit as (
            insert into search_hit (run_id, seq, text_id)
            select $2, (select max(seq) + 1000 from search_hit) + row_number() over (), id from fresh
        )
        insert into search_vector (text_id, project_id, site, page, model, embedding)
        select id, $1, 'crowd.example', '/', 'words',
            (
                select array_agg(random() - 0.5)
                from generate_series(1, 384)
                where fresh.id is not null
            )::vector(384)::halfvec
        from fresh",
    )
    .bind(project.as_uuid())
    .bind(run.as_uuid())
    .bind(rows)
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::raw_sql("analyze").execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn words_that_stand_everywhere_are_found_in_the_newest_runs() {
    let searching = Searching::new().await;
    let world = &searching.world;
    let old = searching.run(&Told { intent: "count the rooms", ..Told::default() }).await;
    crowd(world, world.project, old, 6000).await;
    let new = searching.run(&Told { intent: "see the rooms", ..Told::default() }).await;
    let question = in_mode("rooms", SearchMode::Text);
    let found = ids(&searching.ask(&question).await.items);
    assert!(found.contains(&new) && found.contains(&old), "{found:?}");
    let rare = searching.ask(&in_mode("see rooms", SearchMode::Text)).await;
    assert_eq!(ids(&rare.items), [new]);
}

#[tokio::test]
async fn a_rare_project_and_a_rare_filter_get_all_there_is() {
    let searching = Searching::new().await;
    let world = &searching.world;
    let other = world.store.projects().get_or_create("other").await.unwrap();
    let run = searching.run(&Told { agent: "rare", ..Told::default() }).await;
    let crowded = searching.run(&Told { site: "x.example", ..Told::default() }).await;
    crowd(world, other, crowded, 3000).await;
    crowd(world, world.project, crowded, 3000).await;
    let filter = SearchFilter { agent: Some("rare".into()), ..SearchFilter::default() };
    let question = in_mode("save the user: could not find it", SearchMode::Semantic);
    let request = SearchRequest { filter, ..question.clone() };
    assert_eq!(ids(&searching.ask(&request).await.items), [run]);
    let all = ids(&searching.ask(&question).await.items);
    assert!(all.contains(&run) && all.contains(&crowded), "{all:?}");
}
