//! Tasks as a client sees them.

use crate::support::{World, spec, succeeded};
use domain::event::EventKind;
use domain::id::TaskId;
use domain::ports::Leases;
use domain::task::{Task, TaskState};
use store::{Cancelled, Idempotency, Inserted, NewTask};

fn keyed(world: &World, key: &str, fingerprint: u8) -> NewTask {
    let mut task = world.new_task(spec("shop.example"));
    task.idempotency = Some(Idempotency { key: key.to_owned(), fingerprint: [fingerprint; 32] });
    task
}

async fn insert(world: &World, task: NewTask) -> Inserted {
    world.store.tasks().insert(task).await.unwrap()
}

async fn cancel(world: &World, id: TaskId) -> Cancelled {
    world.store.tasks().cancel(world.project, id).await.unwrap()
}

#[tokio::test]
async fn a_task_is_read_as_it_was_written() {
    let world = World::new().await;
    let mut new = world.new_task(spec("shop.example"));
    new.spec.labels.insert("team".to_owned(), "qa".to_owned());
    new.spec.inputs.insert("user".to_owned(), "ada \"ü\" \\u0000".to_owned());
    let Inserted::New(task) = insert(&world, new.clone()).await else { panic!("should be new") };
    assert_eq!(task.spec, new.spec);
    assert_eq!((task.state, task.attempt, task.version), (TaskState::Queued, 0, 1));
    assert_eq!(world.task(task.id).await, task);
    assert_eq!(world.events(task.id).await, [EventKind::Queued]);
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_task() {
    let world = World::new().await;
    let Inserted::New(task) = insert(&world, keyed(&world, "k", 1)).await else {
        panic!("should be new")
    };
    let again = insert(&world, keyed(&world, "k", 1)).await;
    assert_eq!(again, Inserted::Replayed(task.clone()));
    // also when it has moved on meanwhile
    let lease = world.claim_one().await;
    world.store.finish(&lease, &succeeded(), None).await.unwrap();
    let again = insert(&world, keyed(&world, "k", 1)).await;
    assert_eq!(again, Inserted::Replayed(world.task(task.id).await));
}

#[tokio::test]
async fn a_key_used_for_another_request_is_a_conflict() {
    let world = World::new().await;
    insert(&world, keyed(&world, "k", 1)).await;
    assert_eq!(insert(&world, keyed(&world, "k", 2)).await, Inserted::Conflict);
    let other_key = insert(&world, keyed(&world, "k2", 1)).await;
    assert!(matches!(other_key, Inserted::New(_)));
    let mut elsewhere = keyed(&world, "k", 2);
    elsewhere.project_id = world.store.projects().get_or_create("other").await.unwrap();
    assert!(matches!(insert(&world, elsewhere).await, Inserted::New(_)));
    assert_eq!(world.claim(9).await.len(), 3);
}

#[tokio::test]
async fn what_postgres_cannot_hold_is_replaced() {
    let world = World::new().await;
    let mut task = keyed(&world, "a\0b", 1);
    task.spec.goal = "a\0b".to_owned();
    task.spec.agent = "\0".to_owned();
    task.spec.labels.insert("l\0".to_owned(), "\0".to_owned());
    task.secrets.insert("s\0".to_owned(), "v\0".to_owned());
    let Inserted::New(task) = insert(&world, task).await else { panic!("should be new") };
    assert_eq!(task.spec.goal, "a\u{fffd}b");
    let lease = world.claim_one().await;
    assert_eq!(lease.secrets["s\0"], "v\0");
}

#[tokio::test]
async fn cancelling_a_queued_task_ends_it_at_once() {
    let world = World::new().await;
    let id = world.queue(spec("shop.example")).await;
    let Cancelled::Ended(task) = cancel(&world, id).await else { panic!("should have ended") };
    assert_eq!(task.state, TaskState::Cancelled);
    assert!(task.finished_at.is_some());
    assert_eq!(world.events(id).await, [EventKind::Queued, EventKind::Cancelled]);
    assert!(world.claim(1).await.is_empty());
    assert_eq!(cancel(&world, id).await, Cancelled::AlreadyEnded(task));
}

#[tokio::test]
async fn cancelling_twice_asks_once() {
    let world = World::new().await;
    let id = world.queue(spec("shop.example")).await;
    world.claim_one().await;
    let first = cancel(&world, id).await;
    assert!(matches!(first, Cancelled::Requested(Task { version: 3, .. })));
    assert_eq!(cancel(&world, id).await, first);
    assert_eq!(world.events(id).await.len(), 3);
}

#[tokio::test]
async fn tasks_do_not_cross_projects() {
    let world = World::new().await;
    let id = world.queue(spec("shop.example")).await;
    let other = world.store.projects().get_or_create("other").await.unwrap();
    let tasks = world.store.tasks();
    assert_eq!(tasks.find(other, id).await.unwrap(), None);
    assert_eq!(tasks.cancel(other, id).await.unwrap(), Cancelled::NotFound);
    assert_eq!(world.task(id).await.state, TaskState::Queued);
}

#[tokio::test]
async fn a_project_is_made_once() {
    let world = World::new().await;
    let projects = world.store.projects();
    assert_eq!(projects.get_or_create("acme").await.unwrap(), world.project);
    let found = projects.find_by_name("acme").await.unwrap();
    assert_eq!(found, Some(world.project));
    assert_eq!(projects.find_by_name("nobody").await.unwrap(), None);
}

#[tokio::test]
async fn a_corrupt_row_is_named() {
    let world = World::new().await;
    let id = world.queue(spec("shop.example")).await;
    let mut connection = world.database.connection().await;
    sqlx::query("update task set spec = '{}'").execute(&mut connection).await.unwrap();
    let error = world.store.tasks().find(world.project, id).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with(&format!("task {id}: column spec")), "{text}");
}
