//! How sites are, as the store counts it.

use crate::support::memory::{Told, content, memory};
use crate::support::{World, failed, spec, succeeded};
use chrono::NaiveDate;
use domain::clock::Clock;
use domain::escalation::{Answer, Ask, EscalationKind, ResumePoint};
use domain::failure::ErrorClass;
use domain::fleet::{ReasonCode, SiteState, Span};
use domain::ports::{Distillery, Leases};
use domain::run::{RunEnd, Waiting};
use std::time::Duration;
use store::{MemoryStore, SiteOverview};
use testkit::embedder::WordEmbedder;

const DAY: Duration = Duration::from_hours(24);

fn date(month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, month, day).unwrap()
}

async fn site(world: &World, name: &str) -> SiteOverview {
    world.store.sites().find(world.project, name).await.unwrap().expect("it is known")
}

/// Runs that end well or badly, a day's worth.
async fn runs(world: &World, memory: &MemoryStore, told: &Told<'_>, ends: &[bool]) {
    for well in ends {
        let lease = told.begin(world).await;
        let end = if *well { succeeded() } else { failed() };
        world.store.finish(&lease, &end, None).await.unwrap();
        memory.learn(lease.run_id).await.unwrap();
    }
}

/// Asks about the step that failed.
async fn ask(world: &World, told: &Told<'_>) -> domain::ports::Lease {
    let lease = Told { heals: false, ..*told }.begin(world).await;
    let ask = Ask {
        kind: EscalationKind::Step,
        question: "where is it?".to_owned(),
        after: Some(2),
        plan_step: Some(1),
        wanted: None,
        situation: Some(told.situation()),
        candidates: Vec::new(),
        tried: Vec::new(),
        resume: ResumePoint { steps: 3, ..ResumePoint::default() },
    };
    let waiting = Waiting { ask, session: None, seconds: 3600 };
    world.store.finish(&lease, &RunEnd::Waiting(Box::new(waiting)), None).await.unwrap();
    lease
}

#[tokio::test]
async fn what_a_site_was_like_before_is_compared_with_the_last_week() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told { site: "a.example", ..Told::default() };
    runs(&world, &memory, &told, &[true; 8]).await;
    let fine = site(&world, "a.example").await;
    assert_eq!((fine.runs, fine.succeeded, fine.failed), (8, 8, 0));
    assert_eq!((fine.facts.recent.failures, fine.facts.recent.overcome), (8, 8));
    assert_eq!((fine.health.state, fine.patterns), (SiteState::Ok, 1));

    // On the seventh day after they are no longer recent, on the thirty-fifth no longer compared with.
    world.clock.advance(6 * DAY);
    assert_eq!(site(&world, "a.example").await.facts.recent.succeeded, 8);
    world.clock.advance(DAY);
    let before = site(&world, "a.example").await.facts;
    assert_eq!((before.recent.succeeded, before.before.succeeded), (0, 8));
    assert_eq!(before.before.overcome, 8);
    runs(&world, &memory, &told, &[true, true, true, false, false, false]).await;
    let fell = site(&world, "a.example").await;
    assert_eq!(fell.health.reasons[0].code, ReasonCode::SuccessFell, "{:?}", fell.health);
    assert_eq!((fell.health.state, fell.runs), (SiteState::Watch, 14));
    assert_eq!((fell.first_day, fell.last_day), (Some(date(1, 1)), Some(date(1, 8))));
    runs(&world, &memory, &told, &[false]).await;
    assert_eq!(site(&world, "a.example").await.health.state, SiteState::ActionNeeded);
    world.clock.advance(28 * DAY);
    let later = site(&world, "a.example").await;
    assert_eq!(later.facts.before.succeeded, 3, "only the later runs");
    assert_eq!(later.health.reasons[0].code, ReasonCode::Quiet);
    assert_eq!(later.runs, 15);

    let before = content(&world).await;
    memory.reindex(None).await.unwrap();
    assert_eq!(content(&world).await, before);
}

#[tokio::test]
async fn a_question_makes_its_site_known_and_needs_somebody() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    runs(&world, &memory, &Told { site: "a.example", ..Told::default() }, &[true]).await;
    let told = Told { site: "b.example", ..Told::default() };
    ask(&world, &told).await;
    world.clock.advance(Duration::from_mins(5));
    let sites = world.store.sites().list(world.project).await.unwrap();
    let told: Vec<_> = sites.iter().map(|it| (&*it.site, it.health.state)).collect();
    assert_eq!(told, [("a.example", SiteState::Ok), ("b.example", SiteState::ActionNeeded)]);
    let waits = &sites[1];
    assert_eq!((waits.facts.questions.open, waits.runs, waits.first_day), (1, 0, None));
    assert!(waits.health.reasons[0].text.contains("for 5 minutes"), "{:?}", waits.health);
}

#[tokio::test]
async fn what_a_human_gave_up_is_watched_until_something_works() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told { site: "a.example", ..Told::default() };
    let lease = ask(&world, &told).await;
    let waiting = world.task(lease.task_id).await.waiting.unwrap();
    let gave_up = Answer::GiveUp { reason: None };
    let desk = world.store.escalations();
    desk.answer(world.project, waiting.escalation_id, &gave_up, "ops").await.unwrap();
    memory.learn(lease.run_id).await.unwrap();
    let given_up = site(&world, "a.example").await;
    assert_eq!(given_up.facts.given_up, 1);
    let codes: Vec<_> = given_up.health.reasons.iter().map(|reason| reason.code).collect();
    assert_eq!(codes, [ReasonCode::NoneSucceeded, ReasonCode::GivenUp]);
    world.clock.advance(13 * DAY);
    assert_eq!(site(&world, "a.example").await.facts.given_up, 1);
    world.clock.advance(DAY + Duration::from_secs(1));
    assert_eq!(site(&world, "a.example").await.facts.given_up, 0, "somebody is asked again");
}

#[tokio::test]
async fn something_that_works_after_all_ends_the_watch() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told { site: "a.example", ..Told::default() };
    let lease = ask(&world, &told).await;
    let waiting = world.task(lease.task_id).await.waiting.unwrap();
    let gave_up = Answer::GiveUp { reason: None };
    let desk = world.store.escalations();
    desk.answer(world.project, waiting.escalation_id, &gave_up, "ops").await.unwrap();
    memory.learn(lease.run_id).await.unwrap();
    assert_eq!(site(&world, "a.example").await.facts.given_up, 1);
    world.clock.advance(Duration::from_mins(1));
    runs(&world, &memory, &told, &[true]).await;
    assert_eq!(site(&world, "a.example").await.facts.given_up, 0);
}

#[tokio::test]
async fn a_remedy_that_stopped_working_is_watched_for_a_week() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told { site: "a.example", ..Told::default() };
    runs(&world, &memory, &told, &[true]).await;
    world.clock.advance(Duration::from_mins(1));
    let broken = Told { heal_fails: true, ..told };
    runs(&world, &memory, &broken, &[false]).await;
    let lapsed = site(&world, "a.example").await;
    assert_eq!(lapsed.facts.lapsed, 1);
    assert_eq!(lapsed.health.reasons[0].code, ReasonCode::RemediesLapsed);
    // What was flagged as wrong is no loss.
    let found = world.store.memories();
    let all = store::MemoryRequest { limit: 9, after: None };
    let entries = found.list(world.project, &store::MemoryFilter::default(), &all).await.unwrap();
    let id = entries.items[0].known.id;
    found.flag(world.project, id, "wrong", "ops").await.unwrap();
    assert_eq!(site(&world, "a.example").await.facts.lapsed, 0);
    found.unflag(world.project, id, "ops").await.unwrap();
    assert_eq!(site(&world, "a.example").await.facts.lapsed, 1);
    world.clock.advance(8 * DAY);
    assert_eq!(site(&world, "a.example").await.facts.lapsed, 0);
}

#[tokio::test]
async fn days_are_of_one_site_and_one_project() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    for agent in ["a", "b"] {
        let told = Told { site: "a.example", agent, ..Told::default() };
        runs(&world, &memory, &told, &[true, false]).await;
    }
    runs(&world, &memory, &Told { site: "b.example", ..Told::default() }, &[true]).await;
    world.clock.advance(2 * DAY);
    let unhealed = Told { site: "a.example", heals: false, ..Told::default() };
    runs(&world, &memory, &unhealed, &[false]).await;
    let span = Span { since: date(1, 1), until: date(1, 3) };
    let sites = world.store.sites();
    let days = sites.days(world.project, "a.example", span).await.unwrap();
    let told: Vec<_> = days
        .iter()
        .map(|it| (it.day, it.runs, it.period.succeeded, it.period.failures, it.period.overcome))
        .collect();
    assert_eq!(told, [(date(1, 1), 4, 2, 4, 4), (date(1, 3), 1, 0, 1, 0)]);
    let first = Span { until: date(1, 1), ..span };
    assert_eq!(sites.days(world.project, "a.example", first).await.unwrap().len(), 1);

    let other = world.store.projects().get_or_create("other").await.unwrap();
    assert_eq!(sites.list(other).await.unwrap(), []);
    assert_eq!(sites.find(other, "a.example").await.unwrap(), None);
    assert_eq!(sites.days(other, "a.example", span).await.unwrap(), []);
    assert_eq!(sites.find(world.project, "c\0.example").await.unwrap(), None);
}

/// What fails and nothing gets past: what for, how often, in how many runs.
async fn unsolved(world: &World, name: &str) -> Vec<(String, u64, u64)> {
    let found = world.store.sites().unsolved(world.project, name, 10).await.unwrap();
    found.into_iter().map(|it| (it.situation.intent, it.seen, it.runs)).collect()
}

#[tokio::test]
async fn what_nothing_gets_past_is_told_until_something_does() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told { site: "a.example", ..Told::default() };
    let old = Told { intent: "pay {{inputs.user}}", target: "#pay", heals: false, ..told };
    runs(&world, &memory, &old, &[false; 3]).await;
    world.clock.advance(8 * DAY);
    let search = Told { intent: "search", target: "#search", heals: false, ..told };
    let lost = Told { intent: "log in", target: "#log-in", heal_fails: true, ..told };
    let healed = Told { intent: "save", target: "#keep", ..told };
    runs(&world, &memory, &lost, &[false]).await;
    runs(&world, &memory, &search, &[false, false]).await;
    runs(&world, &memory, &healed, &[true]).await;
    runs(&world, &memory, &Told { site: "b.example", ..search }, &[false]).await;

    let sites = world.store.sites();
    let expected = [("search", 2, 2), ("log in", 1, 1), ("pay {{inputs.user}}", 3, 3)];
    let expected = expected.map(|(intent, seen, runs)| (intent.to_owned(), seen, runs));
    assert_eq!(unsolved(&world, "a.example").await, expected);
    let first = sites.unsolved(world.project, "a.example", 1).await.unwrap();
    assert_eq!((first.len(), &*first[0].situation.page), (1, "/users/add"));
    assert!(first[0].last_seen_at > world.clock.now() - DAY);
    let run = world.store.runs().find(world.project, first[0].last_run_id.unwrap()).await;
    assert_eq!(run.unwrap().unwrap().site, "a.example");
    let other = world.store.projects().get_or_create("other").await.unwrap();
    assert_eq!(sites.unsolved(other, "a.example", 10).await.unwrap(), []);

    // A remedy that works, and the plan's own way that works again.
    let solved = Told { heals: true, ..search };
    runs(&world, &memory, &solved, &[true]).await;
    assert_eq!(unsolved(&world, "a.example").await, expected[1..]);
    // What does not help any more is as good as nothing.
    world.clock.advance(Duration::from_mins(1));
    let broken = Told { heal_fails: true, ..search };
    runs(&world, &memory, &broken, &[false]).await;
    assert_eq!(unsolved(&world, "a.example").await[0], ("search".to_owned(), 4, 4));
}

#[tokio::test]
async fn runs_are_counted_up_to_a_thousand_and_the_last_one_is_told() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told { site: "a.example", heals: false, ..Told::default() };
    runs(&world, &memory, &told, &[false]).await;
    let mut connection = world.database.connection().await;
    let last = sqlx::query_scalar("select id from run").fetch_one(&mut connection).await.unwrap();
    sqlx::query(
        "with copied as (
            insert into run (
                id, project_id, task_id, attempt, goal, agent, site, labels, worker, outcome,
                failure, started_at, ended_at
            )
            select lpad(n::text, 32, '0')::uuid, project_id, task_id, attempt, goal, agent, site,
                labels, worker, outcome, failure, started_at, ended_at
            from run, generate_series(1, 1100) as n
            returning id
        )
        insert into search_hit (run_id, seq, text_id, healed)
        select copied.id, seq, text_id, healed
        from search_hit, copied
        where seq >= 0",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let found = world.store.sites().unsolved(world.project, "a.example", 10).await.unwrap();
    assert_eq!((found.len(), found[0].seen, found[0].runs), (1, 1, 1000));
    assert_eq!(found[0].last_run_id.map(domain::id::RunId::as_uuid), Some(last));
}

#[tokio::test]
async fn what_cannot_be_read_is_left_out_of_what_nothing_gets_past() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told { site: "a.example", heals: false, ..Told::default() };
    runs(&world, &memory, &told, &[false]).await;
    runs(&world, &memory, &Told { class: ErrorClass::Timeout, ..told }, &[false]).await;
    let mut connection = world.database.connection().await;
    sqlx::raw_sql("update situation set error_class = 'eclipse' where error_class = 'timeout'")
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(unsolved(&world, "a.example").await, [("save the user".to_owned(), 1, 1)]);
    assert_eq!(world.store.memory_trouble().unreadable, 1);
}

#[tokio::test]
async fn runs_that_were_cut_off_are_no_failures_of_the_site() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    world.queue(spec("a.example")).await;
    let lease = world.claim_one().await;
    world.store.finish(&lease, &RunEnd::Released, None).await.unwrap();
    memory.learn(lease.run_id).await.unwrap();
    let site = site(&world, "a.example").await;
    assert_eq!((site.runs, site.facts.recent.told()), (1, 0));
    assert_eq!(site.health.reasons[0].code, ReasonCode::Quiet);
    assert!(site.last_day.is_some_and(|day| day == world.clock.now().date_naive()));
}
