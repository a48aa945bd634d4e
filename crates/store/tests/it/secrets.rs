//! The secrets of tasks at rest.

use crate::support::{World, claim, failed, spec, succeeded};
use domain::failure::FailureKind;
use domain::id::TaskId;
use domain::ports::Leases;
use domain::run::{Outcome, RunEnd};
use domain::task::TaskState;
use std::time::Duration;
use store::{Inserted, SecretKey, StoreError};

const VALUE: &str = "correct horse battery";

async fn queue_with_secret(world: &World) -> TaskId {
    let mut task = world.new_task(spec("shop.example"));
    task.secrets.insert("password".to_owned(), VALUE.to_owned());
    assert!(!format!("{task:?}").contains(VALUE));
    match world.store.tasks().insert(task).await.unwrap() {
        Inserted::New(task) => {
            assert_eq!(task.secret_names, ["password"]);
            task.id
        }
        other => panic!("{other:?}"),
    }
}

/// Everything the database holds about tasks, as text.
async fn dump(world: &World) -> String {
    let mut connection = world.database.connection().await;
    let mut text = String::new();
    for query in [
        "select coalesce(string_agg(task::text || encode(secrets, 'escape'), ' '), '') from task",
        "select coalesce(string_agg(task_event::text, ' '), '') from task_event",
        "select coalesce(string_agg(run::text, ' '), '') from run",
    ] {
        let part: String = sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
        text.push_str(&part);
    }
    text
}

async fn has_secrets(world: &World) -> bool {
    let mut connection = world.database.connection().await;
    sqlx::query_scalar("select secrets is not null from task")
        .fetch_one(&mut connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn secrets_reach_the_worker_and_are_never_in_clear() {
    let world = World::new().await;
    queue_with_secret(&world).await;
    assert!(!dump(&world).await.contains("correct"));
    let lease = world.claim_one().await;
    assert_eq!(lease.secrets["password"], VALUE);
    assert!(!format!("{lease:?}").contains(VALUE));
    assert!(!dump(&world).await.contains("correct"));
}

#[tokio::test]
async fn secrets_are_wiped_at_the_end_and_not_before() {
    for (end, retry, wiped) in [
        (succeeded(), false, true),
        (failed(), false, true),
        (RunEnd::Cancelled, false, true),
        (failed(), true, false),
        (RunEnd::Released, false, false),
    ] {
        let world = World::new().await;
        queue_with_secret(&world).await;
        let lease = world.claim_one().await;
        let retry_at = retry.then_some(lease.until);
        world.store.finish(&lease, &end, retry_at).await.unwrap();
        assert_eq!(has_secrets(&world).await, !wiped, "{end:?}");
    }
}

#[tokio::test]
async fn secrets_are_wiped_when_a_task_is_cancelled_or_reaped() {
    let world = World::new().await;
    let task = queue_with_secret(&world).await;
    world.store.tasks().cancel(world.project, task).await.unwrap();
    assert!(!has_secrets(&world).await);

    let world = World::new().await;
    let task = queue_with_secret(&world).await;
    world.claim_one().await;
    world.store.tasks().cancel(world.project, task).await.unwrap();
    assert!(has_secrets(&world).await);
    world.expire_leases();
    world.store.reap().await.unwrap();
    assert!(!has_secrets(&world).await);
}

/// Puts the sealed secrets of the task out of order, or back into it.
async fn garble(world: &World) {
    let mut connection = world.database.connection().await;
    sqlx::query("update task set secrets = set_byte(secrets, 30, 255 - get_byte(secrets, 30))")
        .execute(&mut connection)
        .await
        .unwrap();
}

#[tokio::test]
async fn secrets_that_do_not_open_fail_that_attempt_with_a_sentence() {
    let world = World::new().await;
    let task = queue_with_secret(&world).await;
    garble(&world).await;
    assert!(world.store.claim(&claim(9)).await.unwrap().is_empty());

    let queued = world.task(task).await;
    assert_eq!(queued.state, TaskState::Queued);
    let failure = queued.failure.unwrap();
    assert_eq!(failure.kind, FailureKind::Infrastructure);
    assert!(failure.message.contains("secret key"), "{}", failure.message);
    let run = world.run(queued.run_id.unwrap()).await;
    assert_eq!(run.outcome, Some(Outcome::Failed));

    garble(&world).await;
    world.clock.advance(Duration::from_mins(5));
    let lease = world.claim_one().await;
    assert_eq!((lease.attempt, &*lease.secrets["password"]), (2, VALUE));
}

async fn forget_key(world: &World) {
    let mut connection = world.database.connection().await;
    sqlx::query("delete from secret_key_check").execute(&mut connection).await.unwrap();
}

#[tokio::test]
async fn a_process_with_another_key_does_not_start() {
    let world = World::new().await;
    let task = queue_with_secret(&world).await;
    let other = SecretKey::generate().unwrap();
    let refused = world.database.connect_with_key(world.clock.clone(), other).await.unwrap_err();
    assert!(matches!(refused, StoreError::AnotherKey), "{refused:?}");
    assert!(refused.to_string().contains("WAYMARK_SECRET_KEY"), "{refused}");
    assert_eq!(world.task(task).await.attempt, 0);
    world.database.store(world.clock.clone()).await.close().await;
}

#[tokio::test]
async fn the_first_key_is_kept_unless_it_does_not_open_what_is_there() {
    let world = World::new().await;
    forget_key(&world).await;
    let other = || async {
        let key = SecretKey::generate().unwrap();
        world.database.connect_with_key(world.clock.clone(), key).await.unwrap()
    };
    // An empty database belongs to whoever migrates it first.
    let first = other().await;
    let second = other().await;
    first.migrate().await.unwrap();
    assert!(matches!(second.migrate().await.unwrap_err(), StoreError::AnotherKey));
    forget_key(&world).await;
    // A database from before there were marks belongs to the key that opens its secrets.
    queue_with_secret(&world).await;
    assert!(matches!(other().await.migrate().await.unwrap_err(), StoreError::AnotherKey));
    world.store.migrate().await.unwrap();
}
