//! Keyset pages and filters.

use crate::support::{World, failed, spec, succeeded};
use domain::clock::Clock;
use domain::failure::{ErrorClass, TaskFailure};
use domain::id::{RunId, TaskId};
use domain::ports::Leases;
use domain::run::{Outcome, RunEnd};
use domain::task::TaskState;
use serde_json::json;
use std::time::Duration;
use store::{PageRequest, RunFilter, TaskFilter};

const ALL: PageRequest = PageRequest { limit: 100, after: None };

async fn tasks(world: &World, filter: TaskFilter) -> Vec<TaskId> {
    let page = world.store.tasks().list(world.project, &filter, &ALL).await;
    page.unwrap().items.into_iter().map(|task| task.id).collect()
}

async fn runs(world: &World, filter: RunFilter) -> Vec<RunId> {
    let page = world.store.runs().list(world.project, &filter, &ALL).await;
    page.unwrap().items.into_iter().map(|run| run.id).collect()
}

#[tokio::test]
async fn pages_neither_repeat_nor_skip_while_tasks_arrive() {
    let world = World::new().await;
    let mut expected = Vec::new();
    for _ in 0..7 {
        expected.insert(0, world.queue(spec("shop.example")).await);
    }
    let mut seen = Vec::new();
    let mut request = PageRequest { limit: 3, after: None };
    let mut sizes = Vec::new();
    loop {
        let page = world
            .store
            .tasks()
            .list(world.project, &TaskFilter::default(), &request)
            .await
            .unwrap();
        sizes.push(page.items.len());
        seen.extend(page.items.iter().map(|task| task.id));
        world.queue(spec("shop.example")).await;
        match page.next {
            Some(next) => request.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, expected);
    assert_eq!(sizes, [3, 3, 1]);
}

#[tokio::test]
async fn a_full_last_page_has_no_next() {
    let world = World::new().await;
    for _ in 0..3 {
        world.queue(spec("shop.example")).await;
    }
    let request = PageRequest { limit: 3, after: None };
    let page =
        world.store.tasks().list(world.project, &TaskFilter::default(), &request).await.unwrap();
    assert_eq!((page.items.len(), page.next), (3, None));
}

#[tokio::test]
async fn tasks_are_filtered_by_everything_given() {
    let world = World::new().await;
    let mut labelled = spec("a.example");
    labelled.labels.insert("team".to_owned(), "qa".to_owned());
    labelled.labels.insert("env".to_owned(), "prod".to_owned());
    labelled.agent = "other".to_owned();
    let first = world.queue(labelled).await;
    world.clock.advance(Duration::from_secs(10));
    let second = world.queue(spec("b.example")).await;
    let at = world.clock.now();
    world.store.tasks().cancel(world.project, second).await.unwrap();

    let label = |name: &str, value: &str| TaskFilter {
        label: Some((name.to_owned(), value.to_owned())),
        ..TaskFilter::default()
    };
    assert_eq!(tasks(&world, TaskFilter::default()).await, [second, first]);
    assert_eq!(tasks(&world, label("team", "qa")).await, [first]);
    assert_eq!(tasks(&world, label("team", "\0")).await, []);
    assert_eq!(tasks(&world, label("qa", "team")).await, []);
    let cases = [
        (TaskFilter { state: Some(TaskState::Cancelled), ..TaskFilter::default() }, second),
        (TaskFilter { site: Some("a.example".to_owned()), ..TaskFilter::default() }, first),
        (TaskFilter { agent: Some("other".to_owned()), ..TaskFilter::default() }, first),
        (TaskFilter { created_after: Some(at), ..TaskFilter::default() }, second),
        (TaskFilter { created_before: Some(at), ..TaskFilter::default() }, first),
    ];
    for (filter, expected) in cases {
        assert_eq!(tasks(&world, filter.clone()).await, [expected], "{filter:?}");
    }
    let both = TaskFilter {
        site: Some("a.example".to_owned()),
        state: Some(TaskState::Cancelled),
        ..TaskFilter::default()
    };
    assert_eq!(tasks(&world, both).await, []);
}

#[tokio::test]
async fn runs_are_filtered_by_everything_given() {
    let world = World::new().await;
    let mut labelled = spec("a.example");
    labelled.labels.insert("team".to_owned(), "qa".to_owned());
    let task = world.queue(labelled).await;
    let first = world.claim_one().await;
    let blocked = TaskFailure {
        class: Some(ErrorClass::LoginRequired),
        ..TaskFailure::infrastructure("log in first")
    };
    let end = RunEnd::Failed(blocked, json!({}));
    world.store.finish(&first, &end, Some(world.clock.now())).await.unwrap();
    world.clock.advance(Duration::from_secs(10));
    let at = world.clock.now();
    let second = world.claim_one().await;
    world.store.finish(&second, &succeeded(), None).await.unwrap();
    world.queue(spec("b.example")).await;
    let third = world.claim_one().await;

    let (one, two, three) = (first.run_id, second.run_id, third.run_id);
    let any = RunFilter::default;
    assert_eq!(runs(&world, any()).await, [three, two, one]);
    let cases = [
        (RunFilter { task: Some(task), ..any() }, vec![two, one]),
        (RunFilter { site: Some("b.example".to_owned()), ..any() }, vec![three]),
        (RunFilter { agent: Some("nobody".to_owned()), ..any() }, vec![]),
        (RunFilter { outcome: Some(Outcome::Succeeded), ..any() }, vec![two]),
        (RunFilter { running: Some(true), ..any() }, vec![three]),
        (RunFilter { running: Some(false), ..any() }, vec![two, one]),
        (RunFilter { error_class: Some(ErrorClass::LoginRequired), ..any() }, vec![one]),
        (RunFilter { label: Some(("team".to_owned(), "qa".to_owned())), ..any() }, vec![two, one]),
        (RunFilter { started_after: Some(at), ..any() }, vec![three, two]),
        (RunFilter { started_before: Some(at), ..any() }, vec![one]),
    ];
    for (filter, expected) in cases {
        assert_eq!(runs(&world, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn runs_whose_ids_are_older_than_a_time_by_hours_are_not_read_to_find_those_since() {
    let world = World::new().await;
    let mut begun = Vec::new();
    for _ in 0..3 {
        world.queue(spec("a.example")).await;
        begun.push(world.claim_one().await.run_id);
        world.clock.advance(Duration::from_mins(50));
    }
    // As if all of them had begun now.
    let now = world.clock.now();
    let mut connection = world.database.connection().await;
    sqlx::query("update run set started_at = $1").bind(now).execute(&mut connection).await.unwrap();
    let filter = RunFilter { started_after: Some(now), ..RunFilter::default() };
    assert_eq!(runs(&world, filter).await, [begun[2]]);
}

#[tokio::test]
async fn runs_are_read_in_pages() {
    let world = World::new().await;
    world.queue(spec("a.example")).await;
    let mut expected = Vec::new();
    for _ in 0..2 {
        let lease = world.claim_one().await;
        expected.insert(0, lease.run_id);
        world.store.finish(&lease, &failed(), Some(world.clock.now())).await.unwrap();
    }
    let mut request = PageRequest { limit: 1, after: None };
    let mut seen = Vec::new();
    loop {
        let page =
            world.store.runs().list(world.project, &RunFilter::default(), &request).await.unwrap();
        seen.extend(page.items.iter().map(|run| run.id));
        match page.next {
            Some(next) => request.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn events_are_read_from_where_one_left_off() {
    let world = World::new().await;
    let task = world.queue(spec("a.example")).await;
    let lease = world.claim_one().await;
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    let events = world.store.events();
    let all = events.list_after(task, 0, 10).await.unwrap();
    assert_eq!(all.len(), 3);
    assert!(all.is_sorted_by_key(|event| event.id));
    let rest = events.list_after(task, all[0].id, 1).await.unwrap();
    assert_eq!(rest, all[1..2]);
    assert_eq!(events.list_after(task, all[2].id, 10).await.unwrap(), []);
}
