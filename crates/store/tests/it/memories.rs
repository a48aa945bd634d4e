//! What people see of memory, and what they mark as wrong.

use crate::support::memory::{Told, content, memory, situations_of};
use crate::support::{World, failed, succeeded};
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;
use domain::failure::ErrorClass;
use domain::id::RemedyId;
use domain::memory::{MemoryEntry, MemoryState, Proof, Tactic, Trust, Voucher, judge};
use domain::ports::{Distillery, Leases, Memory};
use std::time::Duration;
use store::{MemoryFilter, MemoryRequest, MemoryStore};
use testkit::embedder::WordEmbedder;
use uuid::Uuid;

const ALL: MemoryRequest = MemoryRequest { limit: 100, after: None };
const MINUTE: Duration = Duration::from_mins(1);

async fn list(world: &World, filter: MemoryFilter) -> Vec<MemoryEntry> {
    world.store.memories().list(world.project, &filter, &ALL).await.unwrap().items
}

async fn find(world: &World, id: RemedyId) -> MemoryEntry {
    world.store.memories().find(world.project, id).await.unwrap().expect("it is there")
}

/// Five memories on two sites, one minute after the other.
async fn five(world: &World, memory: &MemoryStore) {
    for (number, (site, page, class)) in [
        ("a.example", "/", ErrorClass::ElementNotFound),
        ("a.example", "/users/add", ErrorClass::ElementNotFound),
        ("a.example", "/", ErrorClass::AmbiguousMatch),
        ("b.example", "/", ErrorClass::ElementNotFound),
        ("b.example", "/users/add", ErrorClass::Detached),
    ]
    .into_iter()
    .enumerate()
    {
        let intent = format!("save the user {number}");
        let told = Told { site, page, class, intent: &intent, ..Told::default() };
        memory.learn(told.run(world).await).await.unwrap();
        world.clock.advance(MINUTE);
    }
}

fn intents(entries: &[MemoryEntry]) -> Vec<&str> {
    entries.iter().map(|it| it.situation.intent.rsplit(' ').next().unwrap()).collect()
}

#[tokio::test]
async fn what_changed_last_comes_first_and_pages_neither_repeat_nor_skip() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    five(&world, &memory).await;
    let all = list(&world, MemoryFilter::default()).await;
    assert_eq!(intents(&all), ["4", "3", "2", "1", "0"]);
    let mut seen = Vec::new();
    let mut request = MemoryRequest { limit: 2, after: None };
    loop {
        let filter = MemoryFilter::default();
        let page = world.store.memories().list(world.project, &filter, &request).await.unwrap();
        seen.extend(page.items);
        request.after = match page.next {
            Some(next) => Some(next),
            None => break,
        };
    }
    assert_eq!(seen, all);
    let full = MemoryRequest { limit: 5, after: None };
    let page = world.store.memories().list(world.project, &MemoryFilter::default(), &full).await;
    assert_eq!(page.unwrap().next, None, "a full last page has no next");

    // Used again, it comes to the front.
    let again = Told { site: "a.example", page: "/", intent: "save the user 0", ..Told::default() };
    memory.learn(again.run(&world).await).await.unwrap();
    let all = list(&world, MemoryFilter::default()).await;
    assert_eq!(intents(&all), ["0", "4", "3", "2", "1"]);
    assert_eq!((all[0].known.proof.worked, all[0].seen), (2, 2));
}

#[tokio::test]
async fn memories_are_filtered_by_everything_given() {
    let world = World::new().await;
    five(&world, &memory(&world, &WordEmbedder::new())).await;
    let filter = MemoryFilter::default;
    for (filter, expected) in [
        (MemoryFilter { site: Some("a.example".into()), ..filter() }, vec!["2", "1", "0"]),
        (MemoryFilter { page: Some("/".into()), ..filter() }, vec!["3", "2", "0"]),
        (MemoryFilter { page: Some("/?".into()), ..filter() }, vec![]),
        (MemoryFilter { error_class: Some(ErrorClass::Detached), ..filter() }, vec!["4"]),
        (
            MemoryFilter { tactic: Some(Tactic::RetryWithVariation), ..filter() },
            vec!["4", "3", "2", "1", "0"],
        ),
        (MemoryFilter { tactic: Some(Tactic::Escalation), ..filter() }, vec![]),
        (MemoryFilter { trust: Some(Voucher::Human), ..filter() }, vec![]),
        (MemoryFilter { states: vec![MemoryState::Pattern], ..filter() }, vec![]),
        (
            MemoryFilter {
                states: vec![MemoryState::Pattern, MemoryState::Proven],
                site: Some("b.example".into()),
                page: Some("/".into()),
                trust: Some(Voucher::Verified),
                ..filter()
            },
            vec!["3"],
        ),
        (MemoryFilter { site: Some("a\0".into()), ..filter() }, vec![]),
    ] {
        assert_eq!(intents(&list(&world, filter.clone()).await), expected, "{filter:?}");
    }
}

#[tokio::test]
async fn what_no_run_has_seen_to_work_is_listed_as_unverified_until_one_does() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let lease = Told { heal_fails: true, ..Told::default() }.begin(&world).await;
    world.store.finish(&lease, &failed(), None).await.unwrap();
    memory.learn(lease.run_id).await.unwrap();
    let by = |voucher| MemoryFilter { trust: Some(voucher), ..MemoryFilter::default() };
    assert_eq!(list(&world, by(Voucher::Unverified)).await.len(), 1);
    assert_eq!(list(&world, by(Voucher::Verified)).await, []);

    world.clock.advance(MINUTE);
    memory.learn(Told::default().run(&world).await).await.unwrap();
    assert_eq!(list(&world, by(Voucher::Unverified)).await, []);
    assert_eq!(list(&world, by(Voucher::Verified)).await.len(), 1);
}

#[tokio::test]
async fn nothing_is_seen_or_flagged_from_another_project() {
    let world = World::new().await;
    five(&world, &memory(&world, &WordEmbedder::new())).await;
    let id = list(&world, MemoryFilter::default()).await[0].known.id;
    let other = world.store.projects().get_or_create("other").await.unwrap();
    let memories = world.store.memories();
    let seen = memories.list(other, &MemoryFilter::default(), &ALL).await.unwrap();
    assert_eq!(seen.items, []);
    assert_eq!(memories.find(other, id).await.unwrap(), None);
    assert_eq!(memories.agents(other, id).await.unwrap(), [""; 0]);
    assert!(!memories.flag(other, id, "not mine", "them").await.unwrap());
    assert!(memories.flag(world.project, id, "wrong", "ops").await.unwrap());
    assert!(!memories.unflag(other, id, "them").await.unwrap());
    assert_eq!(find(&world, id).await.state(), MemoryState::Flagged);
}

#[tokio::test]
async fn three_runs_make_a_pattern_and_say_whom_it_helped() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let since = world.clock.now();
    for agent in ["b", "a", "b"] {
        let told = Told { agent, ..Told::default() };
        memory.learn(told.run(&world).await).await.unwrap();
        world.clock.advance(MINUTE);
    }
    let patterns = MemoryFilter { states: vec![MemoryState::Pattern], ..MemoryFilter::default() };
    let found = list(&world, patterns).await;
    let [pattern] = &found[..] else { panic!("{found:?}") };
    assert_eq!((pattern.state(), pattern.since), (MemoryState::Pattern, since));
    assert_eq!(pattern.changed_at, since + TimeDelta::minutes(2));
    let agents = world.store.memories().agents(world.project, pattern.known.id).await.unwrap();
    assert_eq!(agents, ["a", "b"]);
}

/// Whether anything offers it: advice, and what a replay goes by.
async fn served(world: &World, memory: &MemoryStore, told: &Told<'_>) -> (bool, bool) {
    let question = told.question(None);
    let remembered = memory.recall(world.project, &question).await.unwrap();
    let offered = !judge(&question, remembered, world.clock.now()).offered.is_empty();
    let key = domain::memory::goal_key(told.goal, &Told::inputs());
    let plans = memory.plans(world.project, told.site, &key, None).await.unwrap();
    (offered, !plans.is_empty())
}

#[tokio::test]
async fn a_flagged_memory_is_served_to_nobody_until_the_flag_is_taken_back() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told::default();
    memory.learn(told.run(&world).await).await.unwrap();
    let id = list(&world, MemoryFilter::default()).await[0].known.id;
    assert_eq!(served(&world, &memory, &told).await, (true, true));

    world.clock.advance(MINUTE);
    let memories = world.store.memories();
    assert!(memories.flag(world.project, id, "clicks the wrong one", "ops").await.unwrap());
    let flagged_at = world.clock.now();
    for _ in 0..2 {
        let entry = find(&world, id).await;
        assert_eq!((entry.state(), entry.known.trust), (MemoryState::Flagged, Trust::Flagged));
        let flag = entry.flag.unwrap();
        assert_eq!(
            (&*flag.reason, &*flag.by, flag.at),
            ("clicks the wrong one", "ops", flagged_at)
        );
        assert_eq!(entry.changed_at, flagged_at);
        assert_eq!(served(&world, &memory, &told).await, (false, false));
        // Not even a use changes that, nor a rebuild.
        memory.learn(told.run(&world).await).await.unwrap();
        memory.reindex(Some(world.project)).await.unwrap();
    }
    let before = content(&world).await;
    world.clock.advance(MINUTE);
    assert!(memories.unflag(world.project, id, "ops").await.unwrap());
    assert!(memories.unflag(world.project, id, "ops").await.unwrap(), "again changes nothing");
    let entry = find(&world, id).await;
    assert_eq!((entry.flag.as_ref(), entry.known.trust), (None, Trust::Verified));
    assert_eq!(entry.changed_at, flagged_at + TimeDelta::minutes(1));
    assert_eq!(served(&world, &memory, &told).await, (true, true));
    let after = content(&world).await;
    assert_ne!(before, after);
    memory.reindex(None).await.unwrap();
    assert_eq!(content(&world).await, after, "that it was taken back is a fact, too");
}

#[tokio::test]
async fn what_worked_since_takes_the_place_of_what_failed() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let broken = Told { heal_fails: true, ..Told::default() };
    memory.learn(Told::default().run(&world).await).await.unwrap();
    let id = list(&world, MemoryFilter::default()).await[0].known.id;
    world.clock.advance(MINUTE);
    let lease = broken.begin(&world).await;
    world.store.finish(&lease, &failed(), None).await.unwrap();
    memory.learn(lease.run_id).await.unwrap();
    assert_eq!(find(&world, id).await.superseded_by, None);
    assert_eq!(find(&world, id).await.state(), MemoryState::Retired);

    // Another remedy of the same situation works after that.
    world.clock.advance(MINUTE);
    let newer = Uuid::from_u128(77);
    let mut connection = world.database.connection().await;
    for copy in [
        "insert into remedy select $2, situation_id, project_id, content, content_worked,
            content_run_id, content_step, origin_worked, origin_run_id, origin_step, created_at
        from remedy where id = $1",
        "insert into remedy_mark select $2, run_id, seq, project_id, agent, 'worked', trust, $3
        from remedy_mark where remedy_id = $1 limit 1",
        "insert into remedy_stat (remedy_id, vouched, tried, worked, failed, unverified, runs, agents,
            last_worked_at, last_failed_at)
        select $2, vouched, tried, 1, 0, 0, 1, 1, $3, null
        from remedy_stat where remedy_id = $1",
    ] {
        let copied = sqlx::query(copy).bind(id.as_uuid()).bind(newer);
        let copied = if copy.contains("$3") { copied.bind(world.clock.now()) } else { copied };
        copied.execute(&mut connection).await.unwrap();
    }
    assert_eq!(find(&world, id).await.superseded_by, Some(RemedyId::from_uuid(newer)));
    let listed = list(&world, MemoryFilter::default()).await;
    assert_eq!(listed[0].superseded_by, Some(RemedyId::from_uuid(newer)));
}

/// Rows of every standing, as an older version left them.
async fn older(world: &World) -> Vec<(RemedyId, Proof)> {
    let at = |day: Option<i64>| day.map(|day| DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(day));
    let mut known = Vec::new();
    for (worked, failed, unverified) in (0..9).flat_map(|worked| {
        (0..5).flat_map(move |failed| [(worked, failed, 0), (worked, failed, 1)])
    }) {
        for (last_worked, last_failed) in [(Some(5), Some(6)), (Some(6), Some(5))] {
            known.push(Proof {
                worked,
                failed,
                unverified,
                runs: worked,
                agents: 1,
                last_worked_at: at(last_worked.filter(|_| worked > 0)),
                last_failed_at: at(last_failed.filter(|_| failed > 0)),
                ..Proof::default()
            });
        }
    }
    let mut connection = world.database.connection().await;
    let mut ids = Vec::new();
    for (number, proof) in (1000..).zip(&known) {
        let id = Uuid::from_u128(number);
        let count = |count: u32| i32::try_from(count).unwrap();
        sqlx::query(
            "with kept as (
                insert into remedy
                select $1, situation_id, project_id, content, content_worked, content_run_id,
                    content_step, origin_worked, origin_run_id, origin_step, created_at
                from remedy
                order by created_at
                limit 1
                returning id
            )
            insert into remedy_stat (remedy_id, vouched, tried, worked, failed, unverified, runs,
                agents, last_worked_at, last_failed_at)
            select id, 2, 2, $2, $3, $4, $5, 1, $6, $7 from kept",
        )
        .bind(id)
        .bind(count(proof.worked))
        .bind(count(proof.failed))
        .bind(count(proof.unverified))
        .bind(count(proof.runs))
        .bind(proof.last_worked_at)
        .bind(proof.last_failed_at)
        .execute(&mut connection)
        .await
        .unwrap();
        ids.push(RemedyId::from_uuid(id));
    }
    ids.into_iter().zip(known).collect()
}

#[tokio::test]
async fn what_was_remembered_before_there_was_a_list_is_listed_where_it_stands() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    memory.learn(Told::default().run(&world).await).await.unwrap();
    let known = older(&world).await;
    let migration = include_str!("../../../../migrations/20261129030000_memory_list.sql");
    let (_, fill) = migration.split_once("insert into memory_list").unwrap();
    let vouched = include_str!("../../../../migrations/20261129171000_list_voucher.sql");
    let mut connection = world.database.connection().await;
    let fill = format!("delete from memory_list; insert into memory_list{fill} {vouched}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(&mut connection).await.unwrap();
    let mut states = std::collections::BTreeSet::new();
    for (id, proof) in known {
        let (state, vouched_by): (String, String) =
            sqlx::query_as("select state, trust from memory_list where remedy_id = $1")
                .bind(id.as_uuid())
                .fetch_one(&mut connection)
                .await
                .unwrap();
        let expected = MemoryState::of(Trust::Verified, &proof);
        assert_eq!(state, expected.as_str(), "{proof:?}");
        assert_eq!(vouched_by, Voucher::of(Trust::Verified, &proof).as_str(), "{proof:?}");
        states.insert(state);
    }
    assert_eq!(states.len(), 5, "{states:?}");
}

#[tokio::test]
async fn a_memory_that_cannot_be_read_does_not_hide_the_others() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    five(&world, &memory).await;
    let id = list(&world, MemoryFilter::default()).await[1].known.id;
    let mut connection = world.database.connection().await;
    sqlx::query(
        "update remedy set content = '{\"approach\": \"telepathy\", \"steps\": []}' where id = $1",
    )
    .bind(id.as_uuid())
    .execute(&mut connection)
    .await
    .unwrap();
    let request = MemoryRequest { limit: 2, after: None };
    let filter = MemoryFilter::default();
    let page = world.store.memories().list(world.project, &filter, &request).await.unwrap();
    assert_eq!(intents(&page.items), ["4"]);
    let rest = MemoryRequest { limit: 9, after: page.next };
    let rest = world.store.memories().list(world.project, &filter, &rest).await.unwrap();
    assert_eq!(intents(&rest.items), ["2", "1", "0"]);
    assert!(world.store.memories().find(world.project, id).await.is_err());
}

#[tokio::test]
async fn a_run_that_uses_a_flagged_memory_counts_without_lifting_the_flag() {
    let world = World::new().await;
    let memory = memory(&world, &WordEmbedder::new());
    let told = Told::default();
    memory.learn(told.run(&world).await).await.unwrap();
    let known = situations_of(&memory, &world, &told).await;
    let (situation, remedy) = (known[0].id, known[0].remedies[0].id);
    let lease = Told { foreseen: Some((situation, remedy)), ..told }.begin(&world).await;
    world.store.memories().flag(world.project, remedy, "meanwhile", "ops").await.unwrap();
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    memory.learn(lease.run_id).await.unwrap();
    let entry = find(&world, remedy).await;
    assert_eq!((entry.state(), entry.known.proof.worked), (MemoryState::Flagged, 2));
    let flagged = MemoryFilter { states: vec![MemoryState::Flagged], ..MemoryFilter::default() };
    assert_eq!(list(&world, flagged).await.len(), 1);
}
